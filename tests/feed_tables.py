"""Valid rows for any feed, made from its declaration, and the files in which a department would send them."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_never

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from expectations.identity import check_character

COUNTY = "522601"
AS_OF = date(2026, 6, 30)

Row = dict[str, Any]
"""A row of typed values by canonical name, as staging should give it back."""


def identity_number(n: int, born: date = date(1980, 1, 1)) -> str:
    """The n-th of many valid numbers."""
    day = born + timedelta(days=n // 900)
    first = f"{COUNTY}{day:%Y%m%d}{n % 900 + 100:03d}"
    return first + check_character(first)


def value(column: Column, n: int) -> Any:
    """A valid value of a column for the n-th row, different between rows where the type has room."""
    match column.type:
        case IdentityNumber():
            return identity_number(n)
        case Name():
            return "张王李赵吴"[n % 5] + "一二三四五六七八九"[n % 9] + "春夏秋冬"[n % 4]
        case Code(codes=codes):
            return codes.labels[n % len(codes.labels)]
        case Money():
            return Decimal(n % 1000) + Decimal(n % 100) / 100
        case Integer(minimum=low, maximum=high):
            return low + n % (high - low + 1)
        case Year():
            return 2020 + n % 5
        case Month():
            return f"2026-{n % 6 + 1:02d}"
        case Date():
            return date(2018, 3, 5) + timedelta(days=n % 500)
        case YesNo():
            return n % 2 == 0
        case AreaCode():
            return f"{COUNTY}{100 + n % 800}{100 + n % 700}"
        case VillageCode():
            return f"{COUNTY}{100 + n % 5}{200 + n % 7}"
        case CountyCode():
            return COUNTY
        case SchoolYear():
            return f"{2020 + n % 5}-{2021 + n % 5}"
        case Text():
            return f"{column.name[:3].upper()}{n:05d}"
        case _:
            assert_never(column.type)


def rows_of(feed: Feed, count: int, start: int = 0) -> list[Row]:
    """``count`` valid rows with distinct keys, columns in declared order."""
    rows = []
    for n in range(start, start + count):
        row = {c.name: value(c, n) for c in feed.columns}
        for c in feed.columns:
            if c.at_most:
                row[c.name] = min(row[c.name], row[c.at_most])
        rows.append(row)
    return rows


def as_text(value: Any) -> str:
    """A typed value as a clean file holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def text_table(feed: Feed, rows: Sequence[Row]) -> list[list[str]]:
    """The declared headings, then the rows as text."""
    return [[c.title for c in feed.columns], *([as_text(row[c.name]) for c in feed.columns] for row in rows)]


def write_csv(path: Path, table: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write cells as they are."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def file_name(feed: Feed, suffix: str = "csv", as_of: date = AS_OF, part: str = "", county: str = COUNTY) -> str:
    """The name under which a department sends a feed."""
    return f"{feed.name}_{county}_{as_of:%Y%m%d}{part}.{suffix}"


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """Write sheets of cells as they are: text, numbers, dates; None leaves a cell empty."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, table in sheets.items():
            sheet = book.add_worksheet(title)
            for r, row in enumerate(table):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return path


def cell_table(feed: Feed, rows: Sequence[Row]) -> list[list[Any]]:
    """The declared headings, then the rows as a spreadsheet keeps them: numbers and dates, text for the rest."""
    return [[c.title for c in feed.columns], *([_cell(row[c.name]) for c in feed.columns] for row in rows)]


def _cell(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return as_text(value) or None
    return float(value) if isinstance(value, Decimal) else value


def write_parquet(path: Path, table: Sequence[Sequence[str]]) -> Path:
    """Write cells as text columns."""
    heading, *rows = table
    columns = {h: [row[i] for row in rows] for i, h in enumerate(heading)}
    pq.write_table(pa.table({h: pa.array(v, pa.string()) for h, v in columns.items()}), path)
    return path


def name_columns(feed: Feed) -> tuple[str, ...]:
    """Names of the columns that hold people's names."""
    return tuple(column.name for column in feed.columns if isinstance(column.type, Name))
