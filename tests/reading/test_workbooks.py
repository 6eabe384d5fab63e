"""Hidden sheets are read only where nothing else can be, and what a workbook is its first bytes say."""

import struct
import zipfile
from io import BytesIO

import openpyxl
import pytest
from feed_tables import rows_of, text_table
from old_books import write_older_book

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.checking.copying import copy_sheets
from pipelines.reading import UnreadableFileError, open_file
from pipelines.reading.marked_cells import Walk
from pipelines.reading.old_workbooks import with_its_code_page
from pipelines.reading.workbook_limits import refuse_oversized

FEED = FEEDS_BY_NAME["low_income_households"]


def workbook(path, sheets):
    """Sheets as {title: (state, table)}."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, (state, table) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in table:
            sheet.append(row)
    book.save(path)
    return path


TABLE = text_table(FEED, rows_of(FEED, 3))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_beside_a_visible_one_is_not_read_and_named(tmp_path, state):
    sheets = {"名册": ("visible", TABLE), "2025备份": (state, TABLE)}
    opened = open_file(workbook(tmp_path / "x", sheets), "x.xlsx", "xlsx", FEED)
    assert [t.sheet for t in opened.tables] == ["名册"]
    (notice,) = opened.warnings
    assert (notice.reason, notice.sheet) == ("hidden_sheet", "2025备份")
    assert "隐藏" in notice.text
    assert "未读取" in notice.text


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_where_no_other_has_the_headings_and_named(tmp_path, state):
    sheets = {"封面": ("visible", [["低保数据"], ["乡镇", "户数"]]), "名册": (state, TABLE)}
    opened = open_file(workbook(tmp_path / "x", sheets), "x.xlsx", "xlsx", FEED)
    assert [t.sheet for t in opened.tables] == ["名册"]
    assert any("隐藏" in n.text and n.sheet == "名册" for n in opened.warnings)


def test_a_hidden_sheet_does_not_stand_in_for_a_visible_one_whose_heading_is_misspelt(tmp_path):
    misspelt = [["保障情况" if c == "保障状态" else c for c in TABLE[0]], *TABLE[1:]]
    sheets = {"名册": ("visible", misspelt), "2025备份": ("hidden", TABLE)}
    opened = open_file(workbook(tmp_path / "x", sheets), "x.xlsx", "xlsx", FEED)
    assert opened.tables == ()
    assert [(n.heading, n.sheet) for n in opened.problems] == [("保障状态", "名册")]
    assert [n.sheet for n in opened.warnings] == ["2025备份"]


def test_hidden_rows_and_columns_are_data(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"名册": ("visible", TABLE)})
    book = openpyxl.load_workbook(path)
    book["名册"].row_dimensions[3].hidden = True
    book["名册"].column_dimensions["A"].hidden = True
    book.save(path)
    (table,) = open_file(path, "x.xlsx", "xlsx", FEED).tables
    assert sum(len(batch) for batch in table.batches()) == 3


def test_an_old_workbook_that_ends_like_an_archive_is_looked_at_as_an_old_workbook(tmp_path):
    tail = BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("theme.xml", "<x/>")
    path = tmp_path / "x.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(26) + b"\x63\x00" + bytes(1000) + tail.getvalue())
    assert zipfile.is_zipfile(path)
    with pytest.raises(UnreadableFileError):  # its sectors have no size that there is
        refuse_oversized(path)


def records(page):
    """The first records of an old workbook's stream: its begin, one of no matter, the code page."""
    begin = struct.pack("<HHHH", 0x0809, 16, 0x0600, 5) + bytes(12)
    return bytes(512) + begin + struct.pack("<HH", 0x00E1, 2) + b"\xb0\x04" + struct.pack("<HHH", 0x0042, 2, page)


@pytest.mark.parametrize("page", [936, 1252, 54936, 367])
def test_the_code_page_of_a_workbook_of_utf_16_is_put_right_and_nothing_else(page):
    assert with_its_code_page(records(page)) == records(1200)
    assert with_its_code_page(records(1200)) == records(1200)
    assert with_its_code_page(b"no workbook") == b"no workbook"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/elsewhere.xml"])
@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>1</v></c></row>',
        f'<row r="1"><c><v>1</v></c></row><row r="1048576">{"<c><v>1</v></c>" * 900}</row>',
    ],
    ids=["far apart", "without places"],
)
def test_a_small_workbook_that_would_fill_the_memory_is_refused_wherever_its_sheet_lies(tmp_path, part, cells):
    path = tmp_path / "x"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    with pytest.raises(UnreadableFileError):
        refuse_oversized(path)


def test_a_workbook_whose_cells_do_not_say_where_they_stand_is_no_reason_to_refuse_it(tmp_path):
    path = tmp_path / "x"
    rows = "".join(f"<row>{'<c><v>1</v></c>' * 20}</row>" for _ in range(5_000))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    refuse_oversized(path)


def test_rows_that_say_no_number_are_counted_over_all_pieces_of_a_sheet():
    rows = [b"<row><c><v>1</v></c></row>"] * 3
    walk = Walk()
    for piece in (b"".join(rows), b"".join(rows), b'<row><c/><c t="e"><v>#REF!</v></c></row>'):
        walk.through(piece)
    assert walk.marks == {6: [(1, "#REF!")]}


def test_a_row_that_says_no_number_follows_the_last_that_was_passed_over():
    walk = Walk()
    for piece in (b'<row r="1"><c r="A1"/></row><row r="9"><c/></row>', b'<row><c t="e"><v>#REF!</v></c></row>'):
        walk.through(piece)
    assert walk.marks == {9: [(0, "#REF!")]}


PAGES = [(936, "gb18030"), (10008, "gb18030"), (20936, "gb18030"), (54936, "gb18030"), (65001, "utf-8")]


@pytest.mark.parametrize(("page", "encoding"), PAGES)
def test_text_of_two_bytes_in_a_workbook_of_before_1997_is_read_in_its_code_page(tmp_path, page, encoding):
    for feed in FEEDS:
        table = text_table(feed, rows_of(feed, 3))
        path = write_older_book(tmp_path / f"{feed.name}.xls", table, page, encoding)
        (found,) = open_file(path, path.name, "xls", feed).tables
        assert found.sheet == "名册"
        (batch,) = found.batches()
        assert [list(row) for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)] == table[1:]
        assert len(list(copy_sheets(path, "xls", feed)[0].rows)) == 4


def test_bytes_of_an_old_workbook_that_its_code_page_has_not_are_no_text(tmp_path):
    feed = FEEDS_BY_NAME["low_income_members"]
    heading, row = text_table(feed, rows_of(feed, 1))
    path = write_older_book(tmp_path / "x.xls", [heading, ["C1", "张三", *row[2:]]], 936, "gb18030")
    path.write_bytes(path.read_bytes().replace("张三".encode("gb18030"), b"\xd5\xc5\xff\x81"))
    (found,) = open_file(path, path.name, "xls", feed).tables
    (batch,) = found.batches()
    assert "\ufffd" in batch.columns[1][0].as_py()
