"""A copy of the file as a workbook: bad cells coloured and commented, the whole report on a sheet before the rest."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.utility import xl_rowcol_to_cell

from expectations.errors import RequestError
from expectations.feed import Feed
from pipelines.checking.copying import SheetCopy, copy_sheets
from pipelines.checking.report import IDENTITY, CheckReport, Problem
from pipelines.checking.words import verdict
from pipelines.house.limits import Limits
from pipelines.reading import UnreadableFileError
from pipelines.staging import Apart
from pipelines.templates.wording import form_of
from warehouse.lake import Lake, atomic_path, hash_plain

_USUAL: Final = Limits()
RESULT_SHEET: Final = "检查结果"
SHEET_OF_TEXT: Final = "数据"
COLOURS: Final = {"row": "#F8B4B4", "value": "#FFE08A", IDENTITY: "#B7D7F5"}
_EFFECTS: Final = {"row": "整行不能入库", "value": "这一格按空白处理", IDENTITY: "号码按空白处理，需补正"}
_MOST_COMMENTS = 5_000  # a spreadsheet draws each as a shape; what is beyond is coloured and listed all the same
_MOST_LINKS = 50_000  # of 65,530 that a sheet can hold
_COLUMNS_LAID_OUT = 60
_FEW_ROWS = 20_000
_MOST_ROWS = 1_048_576

Marks = dict[tuple[int, int], list[Problem]]


def write_annotated(report: CheckReport, source: Path, target: Path, limits: Limits = _USUAL) -> None:
    """Write the copy, whole or not at all; of a file that breaks off in its data the report alone.

    The file is read in a process of its own, which what it holds may end. Raises RequestError for a zip, for more rows
    than a workbook can hold, and where the copy would replace the file; NotPlainError.
    """
    if target.exists() and target.samefile(source):
        raise RequestError("the copy would replace the file itself", advice="give another name")
    if source.suffix.lower() == ".zip":
        raise RequestError("a zip has no annotated copy", advice="check the files within it one by one")
    if report.accounting and report.accounting.read >= _MOST_ROWS:
        raise RequestError("more rows than a workbook can hold", advice="use --format json")
    with TemporaryDirectory(prefix="liangxian-check-") as folder, atomic_path(target) as temporary:
        # what has been read is what is kept here, whatever becomes of the file
        kept = Lake(Path(folder)).take_original(source, hash_plain(source)[0])
        named = (report, kept, source.suffix.lower().removeprefix("."), temporary, folder)
        try:
            with Apart(limits) as apart:
                apart.ask(_write_copies, *named)
        except UnreadableFileError:
            _write(report, [], temporary, folder)


def _write_copies(report: CheckReport, kept: Path, suffix: str, target: Path, scratch: str) -> None:
    _write(report, copy_sheets(kept, suffix, report.feed) if report.feed else [], target, scratch)


def _write(report: CheckReport, copies: Sequence[SheetCopy], target: Path, scratch: str) -> None:
    rows = report.accounting.read if report.accounting else 0
    options: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options["tmpdir"] = scratch  # gone with the folder, also where the process is ended
    # a large copy is written row by row, which leaves merged cells unmerged
    options["constant_memory"] = rows > _FEW_ROWS
    names = _names([c.name or SHEET_OF_TEXT for c in copies])
    with xlsxwriter.Workbook(str(target), options) as book:
        formats = _Formats(book)
        result = book.add_worksheet(RESULT_SHEET)
        places: dict[int, tuple[str, int, int]] = {}
        marks = [_marks(copy, report, name, places) for copy, name in zip(copies, names, strict=True)]
        _write_result(result, formats, report, places)
        for copy, name, marked in zip(copies, names, marks, strict=True):
            sheet = book.add_worksheet(name)
            _lay_out(sheet, copy, report.feed)
            _write_copy(sheet, formats, copy, marked, merge=not options["constant_memory"])
            if report.feed is not None:
                _comment(sheet, report.feed, marked)


class _Formats:
    """The formats of the copy, each made once."""

    def __init__(self, book: Any) -> None:
        self.plain = book.add_format()
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.marked = {s: book.add_format({"bg_color": c, "border": 1}) for s, c in COLOURS.items()}
        self.marked_day = {
            s: book.add_format({"bg_color": c, "border": 1, "num_format": "yyyy-mm-dd"}) for s, c in COLOURS.items()
        }
        self.head = book.add_format({"bold": True, "bg_color": "#243B53", "font_color": "white"})
        self.title = book.add_format({"bold": True, "font_size": 14})


def _names(wanted: Iterable[str]) -> list[str]:
    """Names of the copied sheets; one that is called like the result sheet gets a number."""
    return [f"{name[:29]}~2" if name == RESULT_SHEET else name for name in wanted]


def _marks(copy: SheetCopy, report: CheckReport, name: str, places: dict[int, tuple[str, int, int]]) -> Marks:
    """Problems of a sheet by cell; ``places`` notes for each problem of the report where its cell stands."""
    out: Marks = {}
    if copy.layout is None:
        return out
    columns = copy.layout.columns
    first = min(h.position for h in columns.values())
    for number, problem in enumerate(report.problems):
        if problem.sheet != copy.name:
            continue
        heading = columns.get(problem.column)  # a column that the file does not have: its row's first cell stands in
        at = (problem.row - 1 + copy.shift, copy.left + (heading.position if heading else first))
        out.setdefault(at, []).append(problem)
        places[number] = (name, *at)
    return out


def _lay_out(sheet: Any, copy: SheetCopy, feed: Feed | None) -> None:
    """Columns wide enough to read, numbers of people whole, headings that stay in sight."""
    sheet.set_column(0, _COLUMNS_LAID_OUT, 13)
    if copy.layout is None or feed is None:
        return
    for name in feed.identity_columns:
        heading = copy.layout.columns.get(name)
        if heading is not None:
            at = copy.left + heading.position
            sheet.set_column(at, at, 21)
    sheet.freeze_panes(copy.layout.row + copy.shift, 0)


def _write_copy(sheet: Any, formats: _Formats, copy: SheetCopy, marks: Marks, *, merge: bool) -> None:
    # a merged range with a mark stays unmerged: each of its rows may have its own
    ranges = [m for m in copy.merged if merge and not any(_holds(m, cell) for cell in marks)]
    corners: dict[tuple[int, int], Any] = {m[0]: None for m in ranges}
    for r, row in enumerate(copy.rows):
        for c, cell in enumerate(row, start=copy.left):
            problems = marks.get((r, c))
            _write_cell(sheet, formats, r, c, cell, problems[0].scope if problems else None)
            if (r, c) in corners:
                corners[r, c] = cell
    for (top, start), (bottom, end) in ranges:
        try:
            sheet.merge_range(top, start, bottom, end, "")
        except OverlappingRange:
            continue  # a broken file says so of two ranges: its cells stand as they are
        _write_cell(sheet, formats, top, start, corners[top, start], None)


def _holds(merged: tuple[tuple[int, int], tuple[int, int]], cell: tuple[int, int]) -> bool:
    (top, left), (bottom, right) = merged
    return top <= cell[0] <= bottom and left <= cell[1] <= right


def _write_cell(sheet: Any, formats: _Formats, r: int, c: int, cell: Any, scope: str | None) -> None:
    style = formats.marked[scope] if scope else formats.plain
    match cell:
        case bool():
            sheet.write_boolean(r, c, cell, style)
        case int() | float() if isfinite(cell):
            sheet.write_number(r, c, cell, style)
        case date() if cell.year > 1900:
            day = formats.marked_day[scope] if scope else formats.day
            sheet.write_datetime(r, c, cell if isinstance(cell, datetime) else datetime.combine(cell, time()), day)
        case None | "":
            if scope:
                sheet.write_blank(r, c, None, style)
        case _:
            sheet.write_string(r, c, str(cell), style)  # never a formula, whatever it begins with


def _comment(sheet: Any, feed: Feed, marks: Marks) -> None:
    for number, ((r, c), problems) in enumerate(sorted(marks.items())):
        if number == _MOST_COMMENTS:
            return
        text = "\n".join(
            f"【{_EFFECTS[p.scope]}】“{p.heading}”：{p.reason_text}。应为：{form_of(feed, feed[p.column])}"
            for p in problems
        )
        sheet.write_comment(r, c, text, {"author": "liangxian", "x_scale": 2.2, "y_scale": 1.2 * len(problems)})


def _write_result(sheet: Any, formats: _Formats, report: CheckReport, places: dict[int, tuple[str, int, int]]) -> None:
    for at, width in enumerate((8, 20, 8, 20, 40, 24, 24, 12)):
        sheet.set_column(at, at, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    lines: list[tuple[str, Any]] = [
        (f"《{report.file}》检查结果", formats.title),
        (verdict(report), None),
        *((f"整批退回：{reason.text}", None) for reason in report.refusals),
        *((f"提示：{warning.text}", None) for warning in report.warnings),
    ]
    for at, (text, style) in enumerate(lines):
        sheet.write_string(at, 0, text, style or formats.plain)
    line = len(lines)
    for at, (scope, effect) in enumerate(_EFFECTS.items()):
        sheet.write_string(line, 1 + 2 * at, effect, formats.marked[scope])
    line += 2
    for at, text in enumerate(("序号", "工作表", "行", "列", "问题", "后果", "内容（脱敏）", "定位")):
        sheet.write_string(line, at, text, formats.head)
    first = line
    for number, p in enumerate(report.problems):
        line += 1
        if line == _MOST_ROWS:
            break
        _write_problem(sheet, formats, line, number, p, places.get(number))
    sheet.autofilter(first, 0, max(line, first + 1), 7)
    sheet.freeze_panes(first + 1, 0)


def _write_problem(
    sheet: Any, formats: _Formats, line: int, number: int, p: Problem, place: tuple[str, int, int] | None
) -> None:
    sheet.write_number(line, 0, number + 1)
    sheet.write_number(line, 2, p.row)
    texts: Sequence[tuple[int, str]] = ((1, p.sheet or ""), (3, p.heading), (4, p.reason_text), (6, p.value))
    for at, text in texts:
        sheet.write_string(line, at, text)
    sheet.write_string(line, 5, _EFFECTS[p.scope], formats.marked[p.scope])
    if place is not None and number < _MOST_LINKS:
        name, r, c = place
        cell = xl_rowcol_to_cell(r, c)
        quoted = name.replace("'", "''")
        sheet.write_url(line, 7, f"internal:'{quoted}'!{cell}", string=cell)
