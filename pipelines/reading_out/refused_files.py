"""退回清单 as a table on a terminal, or as a file that is passed on: CSV, a workbook, JSON."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
from rich.console import Console

from expectations.errors import RequestError
from pipelines.house.records.findings import FateRow, RefusedRow
from pipelines.reading_out.headings import HEADINGS, SCOPES, STATUSES, place_told, scope_word
from pipelines.reading_out.row_fates import print_fates
from pipelines.reading_out.tables import ROWS_SHOWN, is_narrow, make_table, print_counted
from pipelines.reporting.styles import LOCKED_HEAD, RULE, new_workbook
from warehouse.evaluation.exports import write_csv
from warehouse.lake import atomic_path

Format = Literal["table", "csv", "xlsx", "json"]

TITLE: Final = "退回清单"
_MOST_ROWS: Final = 1_000_000
"""Of a sheet: a workbook takes little more."""

_NO_PROBLEM: Final[Sequence[Mapping[str, Any]]] = ({},)

_CREATED: Final = date(
    2026, 1, 1
)  # the list has no day of its own; with a fixed one the same list gives the same bytes


@dataclass(frozen=True)
class _Column:
    """A column of the list: its name among ``HEADINGS``, where its value comes from, its width in a workbook."""

    name: str
    value: Callable[[Mapping[str, Any]], Any]
    width: int

    @property
    def heading(self) -> str:
        """What stands above it in a file, which a department reads."""
        return HEADINGS[self.name]


_COLUMNS: Final = (
    _Column("number", lambda row: row["number"], 7),
    _Column("data", lambda row: row["feed_title"], 16),
    _Column("county", lambda row: row["county"], 8),
    _Column("status", lambda row: STATUSES.get(row["status"], row["status"]), 8),
    _Column("file", lambda row: row["file"], 34),
    _Column("sheet", lambda row: row["sheet"], 12),
    _Column("row", lambda row: row["row"], 8),
    _Column("result", lambda row: row.get("told"), 30),
    _Column("column", lambda row: row.get("heading"), 16),
    _Column("content", lambda row: row.get("value"), 18),
    _Column("reason", lambda row: row.get("reason_text"), 28),
    _Column("mended by", lambda row: row.get("remedy"), 34),
    _Column("left out", lambda row: SCOPES.get(row.get("scope", "")), 8),
    _Column("delivery", lambda row: row["delivery"], 44),
)


def give_out_refused(
    rows: Sequence[RefusedRow], file_format: Format, target: Path | None, console: Console, *, bom: bool
) -> None:
    """The list as a table, or as a file (without a target to standard output). Raises RequestError: see ``_give``."""
    if file_format == "table":
        _print_refused(rows, console)
    elif file_format == "json":
        _give_json(rows, target)
    else:
        _give(rows, file_format, target, bom=bom, leave_out=("result",))


def give_out_fates(
    rows: Sequence[FateRow], file_format: Format, target: Path | None, console: Console, *, bom: bool
) -> None:
    """What became of a row, as sentences or as a file: a line a problem, or one where there is none."""
    if file_format == "table":
        print_fates(rows, console)
    elif file_format == "json":
        _give_json(rows, target)
    else:
        lines = [{**row, **problem} for row in rows for problem in row["problems"] or _NO_PROBLEM]
        _give(lines, file_format, target, bom=bom)


def _print_refused(rows: Sequence[RefusedRow], console: Console) -> None:
    """A table of the first problems, and how many there are; on a narrow terminal file and place in one column."""
    if is_narrow(console):
        headings = ["number", "file and row", "column", "content", "reason"]
        lines = (
            [r["number"], f"{r['file']} {place_told(r['row'], r['sheet'])}", r["heading"], r["value"],
             r["reason_text"]]
            for r in rows[:ROWS_SHOWN]
        )  # fmt: skip
        table = make_table(headings, lines, whole=("number",), numbers=("number",))
    else:
        columns = [c for c in _COLUMNS if c.name not in {"county", "status", "result", "mended by"}]
        told: dict[str, Callable[[Mapping[str, Any]], Any]] = {"left out": lambda row: scope_word(row["scope"])}
        lines = ([told.get(c.name, c.value)(r) for c in columns] for r in rows[:ROWS_SHOWN])
        table = make_table([c.name for c in columns], lines, numbers=("number", "row"))
    print_counted(table, len(rows), console)


def _give(
    rows: Sequence[Mapping[str, Any]],
    file_format: Literal["csv", "xlsx"],
    target: Path | None,
    *,
    bom: bool,
    leave_out: Sequence[str] = (),
) -> None:
    """Write a file, or the same bytes to standard output. Raises RequestError for a workbook onto a terminal."""
    if target is None and file_format == "xlsx" and sys.stdout.isatty():
        raise RequestError("a workbook is no text for a terminal", advice="name a file with --out")
    columns = [c for c in _COLUMNS if c.name not in leave_out]
    with _file_for(target) as path:
        if file_format == "csv":
            write_csv(_as_table(rows, columns), path, bom=bom)
        else:
            _write_book(rows, columns, path)


def _give_json(rows: Sequence[Mapping[str, Any]], target: Path | None) -> None:
    with _file_for(target) as path:
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


@contextmanager
def _file_for(target: Path | None) -> Iterator[Path]:
    """A path to write to, which then is the target, whole; or what is then copied to standard output."""
    if target is not None:
        with atomic_path(target) as path:
            yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        yield path
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _as_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[_Column]) -> pa.Table:
    texts = [pa.array([_text(c.value(row)) for row in rows], pa.string()) for c in columns]
    return pa.table(texts, names=[c.heading for c in columns])


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _write_book(rows: Sequence[Mapping[str, Any]], columns: Sequence[_Column], path: Path) -> None:
    """One sheet, or several where there are more rows than a sheet takes; every cell a text, never a formula."""
    with new_workbook(path, _CREATED, TITLE, len(rows)) as book:
        head = book.style(bold=True, font_color="white", bg_color=LOCKED_HEAD, text_wrap=True, valign="vcenter")
        cell = book.style(text_wrap=True, bottom=1, bottom_color=RULE)
        for number, start in enumerate(range(0, max(len(rows), 1), _MOST_ROWS), start=1):
            sheet = book.sheet(TITLE if number == 1 else f"{TITLE}{number}", TITLE)
            for at, column in enumerate(columns):
                sheet.set_column(at, at, column.width)
                sheet.write_string(0, at, column.heading, head)
            part = rows[start : start + _MOST_ROWS]
            for line, row in enumerate(part, start=1):
                for at, column in enumerate(columns):
                    sheet.write_string(line, at, _text(column.value(row)) or "", cell)
            sheet.autofilter(0, 0, max(len(part), 1), len(columns) - 1)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
