"""One cell in another encoding than its file is named by its row: it is never staged as what it is not."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from covering import COVERING
from feed_tables import file_name, rows_of, text_table, write_csv

from expectations.feed import Code, Name, Text
from expectations.feeds import FEEDS_BY_NAME
from pipelines.staging import Outcome

each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)
ROWS = 8
PLACE = 5
"""The row, as a department counts, that holds the cell."""
TEXTS = ("王伟", "张三丰", "诸葛孔明", "欧阳修德明", "第1小学（分校）")
MARK = "@@@@"


def spoilt(path, feed, column, encoding, other, text):
    """A file in one encoding with one cell in another."""
    table = text_table(feed, rows_of(feed, ROWS))
    table[PLACE - 1][feed.columns.index(column)] = MARK
    write_csv(path, table, encoding=encoding)
    path.write_bytes(path.read_bytes().replace(MARK.encode(), text.encode(other)))


@each_feed
@pytest.mark.parametrize(("encoding", "other"), [("utf-8", "gb18030"), ("utf-8-sig", "gb18030"), ("gb18030", "utf-8")])
def test_a_cell_in_another_encoding_is_named_by_its_row_in_every_text_column(bench, feed, encoding, other):
    for column in (c for c in feed.columns if isinstance(c.type, Text | Name | Code)):
        for text in TEXTS:
            spoilt(bench.path(file_name(feed)), feed, column, encoding, other, text)
            staged = bench.stage()
            if staged.outcome is Outcome.REJECTED:
                assert [(n.reason, n.rows) for n in staged.refusals] == [("undecodable", (PLACE,))]
            else:
                assert (PLACE, column.name) in bench.found(staged), (column.name, text)


def test_the_row_is_that_of_the_other_encoding_wherever_the_reader_stands_when_it_meets_it(bench):
    feed = FEEDS_BY_NAME["low_income_members"]
    rows = rows_of(feed, 40_000)  # more than the reader takes at once
    table = text_table(feed, rows)
    table[30_000][1] = MARK
    path = write_csv(bench.path(file_name(feed)), table, encoding="utf-8")
    path.write_bytes(path.read_bytes().replace(MARK.encode(), "王伟".encode("gb18030")))
    assert [(n.reason, n.rows) for n in bench.stage().refusals] == [("undecodable", (30_001,))]


@each_feed
def test_text_of_parquet_that_is_no_utf8_is_named_by_row_and_column(bench, feed):
    table = text_table(feed, rows_of(feed, ROWS))
    column = next(c for c in feed.columns if isinstance(c.type, Text | Name | Code))
    at = feed.columns.index(column)
    cells = [[row[i].encode() for row in table[1:]] for i in range(len(feed.columns))]
    cells[at][PLACE - 1] = "王伟".encode("gb18030")
    arrays = [pa.Array.from_buffers(pa.string(), ROWS, pa.array(c, pa.binary()).buffers()) for c in cells]
    pq.write_table(pa.Table.from_arrays(arrays, names=table[0]), bench.path(file_name(feed, "parquet")))
    (notice,) = bench.stage().refusals
    assert (notice.reason, notice.rows) == ("undecodable", (PLACE,))
    assert f"“{column.title}”列" in notice.text


@each_feed
def test_latin_text_that_was_gb18030_is_told_in_every_text_column(bench, feed):
    columns = [c for c in feed.columns if isinstance(c.type, Text | Name)]
    # as a database gives the bytes of a column that it takes for Latin: controls for five of them
    latin = "".join(
        b.to_bytes().decode("cp1252" if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")
        for b in "丙仜喆".encode("gb18030")
    )
    assert {"\x81", "†"} <= set(latin)
    table = text_table(feed, rows_of(feed, len(columns) + 1))
    for n, column in enumerate(columns, start=1):
        table[n][feed.columns.index(column)] = latin
    arrays = [pa.array([row[i] for row in table[1:]], pa.string()) for i in range(len(feed.columns))]
    pq.write_table(pa.Table.from_arrays(arrays, names=table[0]), bench.path(file_name(feed, "parquet")))
    found = bench.found(bench.stage())
    assert {(n, c.name) for n, c in enumerate(columns, start=1)} <= found.keys()
    assert {how[1] for how in found.values()} <= {"bad_text", "missing_conditional"}
