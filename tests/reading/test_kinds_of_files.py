"""A file is called what it is, and bytes that do not decode are named by their row."""

import gzip

import pytest
from feed_tables import rows_of, text_table, write_csv, write_parquet, write_xlsx

from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading import open_file

FEED = FEEDS_BY_NAME["low_income_members"]
TABLE = text_table(FEED, rows_of(FEED, 3))


@pytest.mark.parametrize(("suffix", "said"), [("csv", "xlsx"), ("parquet", "xlsx")])
def test_a_renamed_workbook_is_called_one_with_the_ending_to_give_it(tmp_path, suffix, said):
    path = write_xlsx(tmp_path / "x", {"s": TABLE})
    (notice,) = open_file(path, f"x.{suffix}", suffix, FEED).problems
    assert (notice.reason, f"扩展名改为{said}" in notice.text) == ("wrong_kind", True)


def test_parquet_gzip_and_old_workbooks_by_another_name_are_called_what_they_are(tmp_path):
    parquet = write_parquet(tmp_path / "p", TABLE)
    packed, old = tmp_path / "g", tmp_path / "o"
    packed.write_bytes(gzip.compress(b"x"))
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    for path, word in ((parquet, "Parquet"), (packed, "gzip"), (old, "xls")):
        assert word in open_file(path, "x.csv", "csv", FEED).problems[0].text


def test_bytes_that_do_not_decode_are_named_by_their_row(tmp_path):
    path = write_csv(tmp_path / "x", TABLE, encoding="gb18030")
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2] + b"\xff\xff"
    path.write_bytes(b"\r\n".join(lines))
    (notice,) = open_file(path, "x.csv", "csv", FEED).problems
    assert (notice.reason, notice.rows) == ("undecodable", (3,))
