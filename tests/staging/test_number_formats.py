"""A number under a date's format is a date, built-in, Chinese or the workbook's own: in a key it is what was spoilt."""

import re
import zipfile
from datetime import date
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from covering import COVERING
from feed_tables import file_name, rows_of, text_table
from old_books import Styled, write_old_book

from expectations.feed import Date, Money, Month, Name
from pipelines.staging.parsing.columns import is_text_key


def keys_of(feed):
    return [c for c in feed.columns if is_text_key(c) or isinstance(c.type, Name)]


each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)
each_suffix = pytest.mark.parametrize("suffix", ["xls", "xlsx"])
OWN = [
    (3, "m/d"),
    (38, 'm"月"d"日"'),
    (100, "d-mmm"),
    (164, "[$-804]yyyy/m/d;@"),
    (14, "0"),
    (27, "0.00"),
    (58, '0"日"'),
]
"""Formats that workbooks define, several of them under the numbers of built-in ones."""
DAYS = [15, 16, 17, 22, *range(28, 37), *range(50, 58), 3, 38, 100, 164]
NUMBERS = [14, 27, 58]
BUILT_IN = [14, 16, 27, 31, 58]


def write_new_book(path, table, formats):
    """The same as an xlsx workbook: numbers of formats are put into the styles, which no writer would do."""
    book = openpyxl.Workbook()
    for r, row in enumerate(table, start=1):
        for c, value in enumerate(row, start=1):
            cell = book.active.cell(r, c)
            cell.value = int(value) if isinstance(value, Styled) else value
            if isinstance(value, Styled):
                cell.number_format = f'0"format {value.format_id}"'
    aside = path.with_suffix(".aside")
    book.save(aside)
    with zipfile.ZipFile(aside) as plain, zipfile.ZipFile(path, "w") as out:
        for part in plain.namelist():
            content = plain.read(part)
            out.writestr(part, with_numbers(content.decode(), formats) if part == "xl/styles.xml" else content)
    aside.unlink()
    return path


def with_numbers(styles, formats):
    given = dict(re.findall(r'numFmtId="(\d+)" formatCode="[^"]*?format (\d+)', styles.replace("&quot;", "'")))
    own = "".join(f"<numFmt numFmtId={quoteattr(str(n))} formatCode={quoteattr(code)}/>" for n, code in formats)
    styles = re.sub(r"<numFmts.*?</numFmts>|<numFmts[^>]*/>", "", styles)
    styles = re.sub(r'numFmtId="(\d+)"', lambda m: f'numFmtId="{given.get(m[1], m[1])}"', styles)
    return re.sub(r"(<styleSheet[^>]*>)", lambda m: f'{m[1]}<numFmts count="{len(formats)}">{own}</numFmts>', styles)


def send(bench, feed, suffix, table, formats):
    path = bench.path(file_name(feed, suffix))
    if suffix == "xls":
        write_old_book(path, table, formats=formats)
    else:
        write_new_book(path, table, formats)
    return bench.stage()


@each_suffix
@pytest.mark.parametrize("formats", [OWN, OWN[:4]], ids=["own", "built-in"])
@pytest.mark.parametrize("feed", [f for f in COVERING if keys_of(f)], ids=lambda f: f.name)
def test_a_key_that_became_a_date_is_no_serial_number(bench, feed, formats, suffix):
    numbers = DAYS if formats is OWN else [*DAYS, *BUILT_IN]
    keys = keys_of(feed)
    table = text_table(feed, rows_of(feed, len(numbers)))
    for n, format_id in enumerate(numbers, start=1):
        for column in keys:
            table[n][feed.columns.index(column)] = Styled(46024, format_id)
    found = bench.found(send(bench, feed, suffix, table, formats))
    for n, format_id in enumerate(numbers, start=2):
        for column in keys:
            assert found[n, column.name][1] == "bad_text", (column.name, format_id)


@each_suffix
@pytest.mark.parametrize("formats", [OWN, OWN[:4]], ids=["own", "built-in"])
@each_feed
def test_days_are_days_and_numbers_numbers_whatever_the_number_of_their_format(bench, content, feed, formats, suffix):
    numbers = DAYS if formats is OWN else [*DAYS, *BUILT_IN]
    rows = rows_of(feed, len(numbers))
    table = text_table(feed, rows)
    for n, format_id in enumerate(numbers, start=1):
        for at, column in enumerate(feed.columns):
            value = rows[n - 1][column.name]
            if isinstance(column.type, Date | Month):
                day = date.fromisoformat(f"{value}-01" if isinstance(column.type, Month) else str(value))
                table[n][at] = Styled((day - date(1899, 12, 30)).days, format_id)
            elif isinstance(column.type, Money) and formats is OWN:
                rows[n - 1][column.name] = rows[n - 1][column.name] // 1
                table[n][at] = Styled(int(value), NUMBERS[n % 3])
    staged = send(bench, feed, suffix, table, formats)
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows
