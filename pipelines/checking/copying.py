"""A file's cells as they stand in it, row by row, for a copy that looks like it."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import python_calamine

from expectations.feed import Feed
from pipelines.reading import Layout, RawTable, open_file
from pipelines.reading.decoding import decoded, detect_encoding
from pipelines.reading.excel import load_workbook, read_sheet
from pipelines.reading.headings import normalise_heading


@dataclass(frozen=True)
class SheetCopy:
    """One sheet: ``rows`` gives its cells from row 1 on.

    ``layout`` where it holds the feed's table: its positions count from column ``left``, and its row n stands at
    n + ``shift``.
    """

    name: str | None
    rows: Iterator[Sequence[Any]]
    layout: Layout | None
    left: int = 0
    shift: int = 0
    merged: tuple[Any, ...] = field(default=())


def copy_sheets(path: Path, suffix: str, feed: Feed) -> list[SheetCopy]:
    """All sheets of a file that has the feed's table; none where it has not (the reader has refused it)."""
    tables = open_file(path, path.name, suffix, feed).tables
    if not tables:
        return []
    if suffix in ("xlsx", "xls"):
        return _workbook(path, {t.sheet: t.layout for t in tables})
    if suffix == "parquet":
        # its rows count from 1, without the names of the columns
        return [SheetCopy(None, _rows([pq.read_schema(path).names], tables[0]), tables[0].layout, shift=1)]
    return [SheetCopy(None, _rows(_head(path, tables[0].layout), tables[0]), tables[0].layout)]


def _workbook(path: Path, layouts: dict[str | None, Layout]) -> list[SheetCopy]:
    workbook = load_workbook(path)
    copies = []
    for place, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = read_sheet(workbook, path, place)
        left = sheet.start[1] if sheet.start else 0
        rows = sheet.iter_rows() if sheet.height else iter(())
        merged = tuple(sheet.merged_cell_ranges or ())
        copies.append(SheetCopy(metadata.name, rows, layouts.get(metadata.name), left, merged=merged))
    return copies


def _rows(head: list[list[str]], table: RawTable) -> Iterator[Sequence[Any]]:
    yield from head
    for batch in table.batches():
        yield from zip(*(c.to_pylist() for c in batch.columns), strict=True)


def _head(path: Path, layout: Layout) -> list[list[str]]:
    """The records of a delimited file down to its header, cut as the headings say that they were."""
    wanted = {h.position: h.text for h in layout.columns.values()}
    top = "".join(islice(decoded(path, detect_encoding(path)), 2))  # the header stands within the first megabyte
    best: list[list[str]] = []
    most = -1
    for delimiter in (",", "\t", ";"):
        try:
            records = list(islice(csv.reader(io.StringIO(top, newline=""), delimiter=delimiter), layout.row))
        except csv.Error:
            continue
        last = records[-1] if records else []
        fits = sum(1 for at, text in wanted.items() if at < len(last) and normalise_heading(last[at]) == text)
        if fits > most:
            best, most = records, fits
    return best
