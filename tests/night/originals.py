"""A department's own file opened as the department would: the csv module or openpyxl, one row, one heading.

Written apart from pipelines/reading: only headings, synonyms and code lists come from the declarations.
"""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from expectations.feed import Code, Column, Date, IdentityNumber, Integer, Money, Month, Year, YesNo

Cells = Sequence[Sequence[Any]]


@cache
def cells_of(path: Path, name: str, sheet: str | None) -> Cells:
    """Every row of a file (``name`` tells its kind: a kept one has no ending); a merged value holds throughout."""
    if name.endswith(".xlsx"):
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream)
        page = book[sheet] if sheet else book.worksheets[0]
        rows = [list(row) for row in page.iter_rows(values_only=True)]
        for merged in page.merged_cells.ranges:
            for row, column in merged.cells:
                rows[row - 1][column - 1] = page.cell(merged.min_row, merged.min_col).value
        return rows
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    delimiter = max(",;\t", key=text.count)
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def plain(value: Any) -> str:
    """Text without blanks, in normal width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))


def heading(value: Any) -> str:
    """A heading without what departments put around it."""
    return re.sub(r"^\*|\((?:元|万元)\)$", "", plain(value))


@dataclass(frozen=True)
class Found:
    """The cell of a column in a row, and the heading over it as it stands."""

    heading: str
    cell: Any


def find_cell(cells: Cells, row: int, column: Column) -> Found:
    """The cell under the column's heading, or under the first of its synonyms that is there."""
    for wanted in column.headings:
        for above in cells[: row - 1]:
            for place, text in enumerate(above):
                if heading(text) == wanted:
                    line = cells[row - 1]
                    return Found(plain(text), line[place] if place < len(line) else "")
    raise AssertionError(f"no heading for {column.name} above row {row}")


def says(found: Found, column: Column, value: Any) -> bool:
    """Whether the cell says the quoted value (as evidence quotes it: JSON)."""
    text = plain(found.cell)
    match column.type:
        case IdentityNumber():
            return eighteen(text) == value
        case Money():
            return money(text, found.heading) == Decimal(str(value))
        case Integer() | Year():
            return Decimal(text.removesuffix("年")) == Decimal(str(value))
        case YesNo():
            return (text in {"是", "1", "Y", "真"}) == (value in (True, "true", "是"))
        case Date():
            return day(found.cell) == date.fromisoformat(str(value))
        case Month():
            year, month = re.findall(r"^\d{4}|\d{1,2}(?=\D*$)", text)
            return f"{year}-{month:0>2}" == str(value)
        case Code(codes):
            return codes.also.get(text, text) == value
        case _:
            return dotless(text) == dotless(plain(value))


def dotless(text: str) -> str:
    """Text whatever dot a minority name is written with, and with or without ``.0``."""
    return re.sub(r"[·•‧・.]", "", text.removesuffix(".0"))


def eighteen(text: str) -> str:
    """An identity number of 18 characters; one of 15 is of the 20th century."""
    number = text.upper()
    if not re.fullmatch(r"\d{15}", number):
        return number
    number = f"{number[:6]}19{number[6:]}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(w * int(c) for w, c in zip(weights, number, strict=True)) % 11]


def money(text: str, over: str) -> Decimal | None:
    """Yuan, rounded to the fen."""
    in_ten_thousands = text.endswith("万元") or (over.endswith("(万元)") and not text.endswith("元"))
    try:
        amount = Decimal(re.sub(r"[¥,]|万?元$", "", text))
    except InvalidOperation:
        return None
    return (amount * (10_000 if in_ten_thousands else 1)).quantize(Decimal("0.01"))


def day(cell: Any) -> date | None:
    """A date in any of the ways in which departments write it."""
    if isinstance(cell, datetime):
        return cell.date()
    text = plain(cell)
    if re.fullmatch(r"\d{5}(\.0)?", text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    found = re.match(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})", text)
    return date(*map(int, found.groups())) if found else None
