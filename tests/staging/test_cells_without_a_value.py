"""An error cell and a formula without a result are problems of their own, and 1904 is an epoch too."""

import re
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from covering import COVERING
from feed_tables import cell_table, file_name, rows_of, text_table
from old_books import Came, Failed, Lost, write_old_book

from expectations.feed import Date, Month, Text
from expectations.feeds import FEEDS

each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)
EARLY, LATE = date(1899, 12, 30), date(1904, 1, 1)


@each_feed
def test_errors_and_formulas_without_a_result_are_recorded_in_every_column(bench, feed):
    ways = [("#REF!", "error_value"), ("#N/A", "error_value"), ("=1+1", "no_cached_value")]
    cells = [(c, *way) for c in feed.columns for way in ways]
    book = openpyxl.Workbook()
    for row in [["标题"], *text_table(feed, rows_of(feed, len(cells) + 1))]:
        book.active.append(row)
    for n, (column, cell, _) in enumerate(cells, start=3):
        book.active.cell(n, feed.columns.index(column) + 1).value = cell
    book.save(bench.path(file_name(feed, "xlsx")))
    staged = bench.stage()
    found = bench.found(staged)
    for n, (column, cell, reason) in enumerate(cells, start=3):
        is_row = column.must_be_there and not column.is_identity_number
        assert found[n, column.name][:2] == ("row" if is_row else "value", reason), (column.name, cell)
    shown = {p["value"] for p in bench.problems(staged) if p["reason"] in ("error_value", "no_cached_value")}
    assert shown == {"#REF!", "#N/A", "(公式无结果)"}


@each_feed
@pytest.mark.parametrize("calculated", [(), (5,)], ids=["nothing", "something"])
def test_a_zero_that_a_program_writes_for_what_it_does_not_calculate_is_no_result(bench, feed, calculated):
    cells = [c for c in feed.columns if not isinstance(c.type, Text) and not c.is_identity_number]
    book = xlsxwriter.Workbook(str(bench.path(file_name(feed, "xlsx"))))
    sheet = book.add_worksheet()
    table = text_table(feed, rows_of(feed, len(cells) + 1))
    for n, row in enumerate(table):
        sheet.write_row(n, 0, [*row, *(["备注"] if n == 0 else [])])
    for n, column in enumerate(cells, start=1):
        sheet.write_formula(n, feed.columns.index(column), "=1+1")
    for value in calculated:
        sheet.write_formula(1, len(feed.columns), "=2+3", None, value)
    book.close()
    found = {place for place, said in bench.found(bench.stage()).items() if said[1] == "no_cached_value"}
    assert found == (set() if calculated else {(n, column.name) for n, column in enumerate(cells, start=2)})


@each_feed
@pytest.mark.parametrize("is_formatted", [True, False])
def test_a_workbook_that_counts_from_1904_has_the_same_days(bench, content, feed, is_formatted):
    dated = [c for c in feed.columns if isinstance(c.type, Date | Month)]
    rows = rows_of(feed, 3)
    table = cell_table(feed, rows)
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in table:
        book.active.append(row)
    for column in dated:
        at = feed.columns.index(column) + 1
        for n, row in enumerate(rows, start=2):
            text = str(row[column.name])
            day = date.fromisoformat(f"{text}-01" if isinstance(column.type, Month) else text)
            book.active.cell(n, at).value = day if is_formatted else (day - LATE).days
    book.save(bench.path(file_name(feed, "xlsx")))
    staged = bench.stage()
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows


def without_places(sheet):
    """Cells and rows of a sheet that follow one another; those that are not there are there and empty."""
    return re.sub(r'(<(?:row|c)) r="[A-Z]*[0-9]+"', r"\1", sheet)


def without_places_of_cells(sheet):
    return re.sub(r'<c r="[A-Z]+[0-9]+"', "<c", sheet)


def with_a_prefix(sheet):
    named = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet)
    return named.replace("xmlns=", "xmlns:x=")


@pytest.mark.parametrize("way", [without_places, without_places_of_cells, with_a_prefix])
def test_an_error_is_one_however_its_cell_is_written_down(bench, tmp_path, way):
    feed = FEEDS[0]
    cells = [(c, cell) for c in feed.columns for cell in ("#REF!", "=1+1")]
    book = openpyxl.Workbook()
    for row in [["标题"], *text_table(feed, rows_of(feed, len(cells) + 1))]:
        book.active.append(row)
    for n, (column, cell) in enumerate(cells, start=3):
        book.active.cell(n, feed.columns.index(column) + 1).value = cell
    book.save(tmp_path / "plain.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(bench.path(file_name(feed, "xlsx")), "w") as other,
    ):
        for part in plain.namelist():
            content = plain.read(part)
            is_sheet = part == "xl/worksheets/sheet1.xml"
            other.writestr(part, way(content.decode()).encode() if is_sheet else content)
    found = bench.found(bench.stage())
    reasons = {"#REF!": "error_value", "=1+1": "no_cached_value"}
    assert {place: how[1] for place, how in found.items()} == {
        (n, column.name): reasons[cell] for n, (column, cell) in enumerate(cells, start=3)
    }


@pytest.mark.parametrize(
    "name",
    [
        lambda part: part.replace("workbook.xml", "Workbook.xml").replace("sheet1", "Sheet1"),
        lambda part: part.replace("/", "\\"),
        lambda part: re.sub(r"^xl/(workbook.xml|_rels/)", r"book/\1", part),
    ],
    ids=["capitals", "strokes", "elsewhere"],
)
def test_a_workbook_says_what_it_does_however_its_parts_are_named(bench, content, tmp_path, name):
    feed = next(f for f in FEEDS if any(isinstance(c.type, Date) for c in f.columns))
    rows = rows_of(feed, 3)
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in text_table(feed, rows):
        book.active.append(row)
    dated = next(c for c in feed.columns if isinstance(c.type, Date))
    book.active.cell(2, feed.columns.index(dated) + 1).value = (rows[0][dated.name] - LATE).days
    book.active.cell(3, feed.columns.index(dated) + 1).value = "#REF!"
    book.save(tmp_path / "plain.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(bench.path(file_name(feed, "xlsx")), "w") as other,
    ):
        for part in plain.namelist():
            main = name("xl/workbook.xml").encode().replace(b"\\", b"/")
            links = plain.read(part).replace(b"xl/workbook.xml", main) if part == "_rels/.rels" else plain.read(part)
            other.writestr(name(part), links)
    staged = bench.stage()
    found = bench.found(staged)
    assert {place: how[1] for place, how in found.items()} == {(3, dated.name): "error_value"}
    assert content(feed, bench.rows(staged))[0] == rows[0]


@each_feed
def test_errors_of_an_old_workbook_are_recorded_in_every_column(bench, feed):
    ways = ["#REF!", Failed("#DIV/0!"), Failed("#N/A")]
    cells = [(c, way) for c in feed.columns for way in ways]
    table = text_table(feed, rows_of(feed, len(cells) + 1))
    for n, (column, way) in enumerate(cells, start=1):
        table[n][feed.columns.index(column)] = way
    write_old_book(bench.path(file_name(feed, "xls")), [["标题"], *table])
    staged = bench.stage()
    found = bench.found(staged)
    for n, (column, way) in enumerate(cells, start=3):
        is_row = column.must_be_there and not column.is_identity_number
        assert found[n, column.name][:2] == ("row" if is_row else "value", "error_value"), (column.name, way)
    assert {p["value"] for p in bench.problems(staged) if p["reason"] == "error_value"} == set(ways)


@each_feed
@pytest.mark.parametrize("later_epoch", [True, False])
@pytest.mark.parametrize("is_formatted", [True, False])
def test_an_old_workbook_has_the_same_days_whatever_they_count_from(bench, content, feed, later_epoch, is_formatted):
    rows = rows_of(feed, 3)
    table = text_table(feed, rows)
    for column in (c for c in feed.columns if isinstance(c.type, Date | Month)):
        at = feed.columns.index(column)
        for n, row in enumerate(rows, start=1):
            text = str(row[column.name])
            day = date.fromisoformat(f"{text}-01" if isinstance(column.type, Month) else text)
            table[n][at] = day if is_formatted else (day - (LATE if later_epoch else EARLY)).days
    write_old_book(bench.path(file_name(feed, "xls")), table, later_epoch=later_epoch)
    staged = bench.stage()
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows


@each_feed
@pytest.mark.parametrize("way", ["no text", "empty", "zero"])
def test_a_formula_of_an_old_workbook_without_a_result_is_recorded_in_every_column(bench, feed, way):
    table = [["标题"], *text_table(feed, rows_of(feed, len(feed.columns) + 1))]
    for n, column in enumerate(feed.columns, start=2):
        table[n][feed.columns.index(column)] = Lost(way)
    write_old_book(bench.path(file_name(feed, "xls")), table, calculated=way != "zero")
    found = bench.found(bench.stage())
    for n, column in enumerate(feed.columns, start=3):
        is_row = column.must_be_there and not column.is_identity_number
        assert found[n, column.name][:2] == ("row" if is_row else "value", "no_cached_value"), column.name


def test_a_formula_of_an_old_workbook_that_came_to_an_empty_text_is_blank_where_others_came_to_something(bench):
    feed = next(f for f in FEEDS if f.name == "register_households")
    table = text_table(feed, rows_of(feed, 2))
    phone, helper = (next(n for n, c in enumerate(feed.columns) if c.name == name) for name in ("phone", "helper_name"))
    table[1][phone], table[1][helper] = Came(""), Came("王五")
    write_old_book(bench.path(file_name(feed, "xls")), table)
    staged = bench.stage()
    assert bench.problems(staged) == []
    first, _ = bench.rows(staged)
    assert (first["phone"], first["helper_name"]) == (None, "王五")
