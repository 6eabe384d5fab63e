"""Dirty tables as the files that departments send: delimited text or a workbook; says in which row each row stands."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import xlsxwriter

from expectations.feed import Column, Date, Integer, Money, Year
from pipelines.simulator.arrays import Ints
from pipelines.simulator.dirt.forms import IMPOSSIBLE_DATE
from pipelines.simulator.dirt.layouts import Layout

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN = r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$"


@dataclass(frozen=True)
class Sheet:
    """A table ready to be written: headings over columns of text, and rows of columns whose cells are numbers."""

    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    texts: tuple[pa.Array, ...]
    numeric: dict[str, frozenset[int]]

    def __len__(self) -> int:
        return len(self.texts[0])


def write_delimited(sheet: Sheet, layout: Layout, path: Path) -> Ints:
    """Write text; returns the row number of each row as a spreadsheet shows it."""
    headings, texts = _with_extras(sheet, layout)
    table = pa.table(list(texts), names=[str(i) for i in range(len(texts))])
    above = [layout.delimiter.join([title] + [""] * (len(headings) - 1)) for title in layout.titles]
    above.append(layout.delimiter.join(headings))
    below = []
    if layout.total:
        below.append(layout.delimiter.join(["合计"] + [""] * (len(headings) - 1)))
    below += list(layout.notes)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(("\r\n".join(above) + "\r\n").encode(layout.encoding))
        body = layout.encoding.removesuffix("-sig")
        for batch in table.to_batches(max_chunksize=100_000):
            piece = io.BytesIO()
            options = pa.csv.WriteOptions(include_header=False, delimiter=layout.delimiter, quoting_style="needed")
            pa.csv.write_csv(pa.Table.from_batches([batch]), piece, options)
            file.write(piece.getvalue().decode().encode(body))
        file.write("".join(f"{line}\r\n" for line in below).encode(body))
    partial.replace(path)
    return np.arange(len(sheet), dtype=np.int64) + len(above) + 1


def write_workbook(sheet: Sheet, layout: Layout, path: Path) -> Ints:
    """Write an xlsx workbook; returns the row number of each row."""
    headings, texts = _with_extras(sheet, layout)
    partial = path.with_name(path.name + ".partial")
    book = xlsxwriter.Workbook(str(partial), {"strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001  the same bytes every time
    page = book.add_worksheet("Sheet1")
    last = len(headings) - 1
    for row, title in enumerate(layout.titles):
        page.merge_range(row, 0, row, last, title)
    top = len(layout.titles)
    if layout.groups:
        _write_groups(page, top, last, layout.groups)
        top += 1
    for position, text in enumerate(headings):
        page.write_string(top, position, text)
    rows = _places(len(sheet), top + 1, layout.page)
    first = 1 if layout.numbered else 0
    as_date = book.add_format({"num_format": "yyyy-mm-dd"}) if layout.date_cells else None
    for position, values in enumerate(texts):
        own = position - first
        column = sheet.columns[own] if 0 <= own < len(sheet.columns) else None
        numeric = sheet.numeric.get(column.name, frozenset()) if column else frozenset()
        _write_column(page, position, rows, values, column, numeric, as_date)
    if layout.merged:
        _merge_equal(page, rows, sheet, layout, first)
    for mark in range(layout.page, len(sheet), layout.page) if layout.page else ():
        page.write_string(int(rows[mark]) - 1, 0, "本页合计")
    end = int(rows[-1]) + 1 if len(rows) else top + 1
    if layout.total:
        page.write_string(end, 0, "合  计")
        page.write_number(end, last, len(sheet))
        end += 1
    for note in layout.notes:
        page.write_string(end, 0, note)
        end += 1
    book.close()
    partial.replace(path)
    return rows + 1


def _with_extras(sheet: Sheet, layout: Layout) -> tuple[list[str], list[pa.Array]]:
    headings, texts = list(sheet.headings), list(sheet.texts)
    if layout.numbered:
        headings.insert(0, "序号")
        texts.insert(0, pa.array(np.arange(1, len(sheet) + 1)).cast(pa.string()))
    if layout.remarks:
        headings.append("备注")
        texts.append(pa.array(np.where(np.arange(len(sheet)) % 17 == 0, "已核", "")))
    return headings, texts


def _places(count: int, first: int, page: int) -> Ints:
    """Zero-based rows, with one row left out after every page."""
    rows = np.arange(count, dtype=np.int64)
    return first + rows + (rows // page if page else 0)


def _write_groups(page: Any, row: int, last: int, groups: Sequence[str]) -> None:
    edges = np.linspace(0, last + 1, len(groups) + 1).astype(int).tolist()
    for group, start, end in zip(groups, edges[:-1], edges[1:], strict=True):
        page.merge_range(row, start, row, end - 1, group)


def _write_column(
    page: Any,
    position: int,
    rows: Ints,
    values: pa.Array,
    column: Column | None,
    numeric: frozenset[int],
    as_date: Any,
) -> None:
    as_number = column is None or isinstance(column.type, Money | Integer | Year)
    is_date = as_date is not None and column is not None and isinstance(column.type, Date)
    plain = pc.match_substring_regex(values, _PLAIN).to_pylist() if as_number else [False] * len(values)
    for index, (row, text, is_plain) in enumerate(zip(rows.tolist(), values.to_pylist(), plain, strict=True)):
        if is_plain or index in numeric:
            page.write_number(row, position, float(text))
        elif is_date and _ISO_DATE.fullmatch(text) and text != IMPOSSIBLE_DATE:
            page.write_datetime(row, position, datetime.fromisoformat(text), as_date)
        elif text:
            page.write_string(row, position, text)


def _merge_equal(page: Any, rows: Ints, sheet: Sheet, layout: Layout, first: int) -> None:
    """Merge some runs of equal neighbours of one column, as people do with villages."""
    names = [column.name for column in sheet.columns]
    position = names.index(layout.merged)
    texts = sheet.texts[position].to_pylist()
    start = merged = 0
    for index in range(1, len(texts) + 1):
        if index < len(texts) and texts[index] == texts[start]:
            continue
        if index - start > 1 and texts[start] and merged < 30:
            page.merge_range(int(rows[start]), position + first, int(rows[index - 1]), position + first, texts[start])
            merged += 1
        start = index
