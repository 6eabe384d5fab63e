"""One table of text cells in every format in which a department sends it."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from feed_tables import file_name, rows_of, text_table, write_csv, write_xlsx
from old_books import write_old_book

from expectations.feed import Column, Feed

Table = Sequence[Sequence[str]]


def _csv(encoding: str, delimiter: str) -> Callable[[Path, Feed, Table], Path]:
    return lambda folder, feed, table: write_csv(folder / file_name(feed), table, encoding, delimiter)


def _xlsx(folder: Path, feed: Feed, table: Table) -> Path:
    return write_xlsx(folder / file_name(feed, "xlsx"), {"名册": table})


def _xls(folder: Path, feed: Feed, table: Table) -> Path:
    return write_old_book(folder / file_name(feed, "xls"), table, errors=False)


def _parquet(folder: Path, feed: Feed, table: Table) -> Path:
    path = folder / file_name(feed, "parquet")
    heading, *rows = table
    columns = [pa.array([row[i] or None for row in rows], pa.string()) for i in range(len(heading))]
    pq.write_table(pa.Table.from_arrays(columns, names=list(heading)), path)
    return path


def _zip(folder: Path, feed: Feed, table: Table) -> Path:
    path, name = folder / file_name(feed, "zip"), file_name(feed)
    inner = write_csv(folder / "inner", table, "gb18030")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(inner, name)
    inner.unlink()
    return path


WITH_ROWS_ABOVE: dict[str, Callable[[Path, Feed, Table], Path]] = {
    "csv": _csv("utf-8", ","),
    "csv of gb18030": _csv("gb18030", ";"),
    "csv of utf-16": _csv("utf-16", "\t"),
    "xlsx": _xlsx,
    "xls": _xls,
    "zip": _zip,
}
"""Formats in which rows can stand above the headings: write(folder, feed, table) gives the file."""

FORMATS: dict[str, Callable[[Path, Feed, Table], Path]] = {**WITH_ROWS_ABOVE, "parquet": _parquet}
"""All of them; of Parquet the first row are the names of the columns."""


def sheet_in(form: str) -> str | None:
    """The name of the sheet in which the table lies."""
    return "名册" if form in ("xlsx", "xls") else None


def rows_before(form: str) -> int:
    """What is added to the place of a row in the table (from 0) for the number that the department sees."""
    return 0 if form == "parquet" else 1


def with_cells(feed: Feed, cells: Sequence[tuple[Column, Any]]) -> list[list[Any]]:
    """A table whose n-th row has the n-th cell instead of its own, and a clean row at the end."""
    table: list[list[Any]] = text_table(feed, rows_of(feed, len(cells) + 1))
    for n, (column, text) in enumerate(cells, start=1):
        table[n][feed.columns.index(column)] = text
    return table
