"""Workbooks, xlsx and xls: all sheets that have the headings, cells as text, dates as ISO text, numbers marked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import python_calamine

from expectations.feed import Feed
from pipelines.reading.cells import Kind, Kinds
from pipelines.reading.compound_limits import SIGNATURE
from pipelines.reading.errors import UnreadableFileError, encrypted
from pipelines.reading.explaining import explain_header, explain_no_header
from pipelines.reading.headers import Header, find_header
from pipelines.reading.known_errors import with_known_codes, with_known_errors
from pipelines.reading.marked_cells import look_beside
from pipelines.reading.marks import Beside, ErrorCell, Marks, NoResult
from pipelines.reading.merged import Merged
from pipelines.reading.notices import Cause, Notice
from pipelines.reading.old_cells import look_beside_old
from pipelines.reading.old_encodings import Recoded, with_single_bytes
from pipelines.reading.old_formats import with_its_formats
from pipelines.reading.old_workbooks import with_its_code_page
from pipelines.reading.package import odd_structure
from pipelines.reading.tables import (
    BATCH_ROWS,
    HEADER_SEARCH_ROWS,
    MAX_COLUMNS,
    Opened,
    RawBatch,
    RawTable,
)
from pipelines.reading.workbook_limits import refuse_oversized


@dataclass(frozen=True)
class _Sheet:
    """One sheet: its cells from its first row on, the position of its first column, merged cells, header."""

    name: str
    sheet: Any
    merged: Merged
    header: Header | None
    is_hidden: bool
    marks: Callable[[], Marks]


def open_workbook(path: Path, name: str, feed: Feed) -> Opened:
    """The tables of a workbook; raises UnreadableFileError.

    Sheets without the headings are put aside, and said so. Where no sheet has all of them, the one that has most is
    taken for the table, and its missing columns are the problems. A hidden sheet is read only where no visible one
    has the headings; hidden rows and columns are data.
    """
    refuse_oversized(path)
    workbook = load_workbook(path)
    beside = look_beside_old(path) if _is_old(path) else look_beside(path)
    _refuse_other_sheets([m.name for m in workbook.sheets_metadata], beside)
    sheets = []
    for place, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = read_sheet(workbook, path, place)
        if sheet.width > MAX_COLUMNS:
            raise UnreadableFileError(
                f"工作表“{metadata.name}”列数过多（{sheet.width}列，最多{MAX_COLUMNS}列）。请删除多余的列后重新报送"
            )
        is_hidden = metadata.visible != python_calamine.SheetVisibleEnum.Visible
        sheets.append(_look(metadata.name, sheet, feed, is_hidden=is_hidden, marks=beside.sheets[place]))
    hidden = [s for s in sheets if s.is_hidden and s.header is not None and not s.header.missing]
    sheets = [s for s in sheets if not s.is_hidden or s in hidden]
    whole = [s for s in sheets if s.header is not None and not s.header.missing and not s.is_hidden]
    if not whole and not any(_is_meant(s, feed) for s in sheets if not s.is_hidden):
        whole = hidden
    seen = tuple(_tell_hidden(s, name, feed, was_read=s in whole) for s in hidden)
    sheets = [s for s in sheets if not s.is_hidden or s in whole]
    if whole:
        aside = [s.name for s in sheets if s not in whole and _looks_like_data(s, whole[0])]
        if problems := tuple(n for s in whole if s.header for n in explain_header(s.header, name, s.name)):
            return Opened(problems=problems)
        said = f"以下工作表没有“{feed.title}”的全部必需列，未读取：{'、'.join(aside)}"
        warnings = (Notice(Cause.SHEETS_ASIDE, said, name),) if aside else ()
        return Opened(
            tables=tuple(_table(name, s, later_epoch=beside.later_epoch) for s in whole),
            warnings=(*seen, *warnings),
        )
    nearest = max(sheets, key=lambda s: len(s.header.columns) if s.header else 0, default=None)
    if nearest is None or nearest.header is None:
        return Opened(problems=(explain_no_header(feed, name, nearest.name if len(sheets) == 1 and nearest else None),))
    return Opened(problems=explain_header(nearest.header, name, nearest.name), warnings=seen)


def _refuse_other_sheets(names: Sequence[str], beside: Beside) -> None:
    """Raise UnreadableFileError unless what is looked at beside the cells is of the very sheets that are read."""
    twice = [name for n, name in enumerate(names) if name in names[:n]]
    if twice:  # the reader would give the first of them for both
        raise UnreadableFileError(f"有两张工作表都叫“{twice[0]}”。请改成不同的名称，另存后重新报送")
    if len(names) != len(beside.sheets) or (beside.names is not None and beside.names != tuple(names)):
        raise odd_structure()


def _is_meant(sheet: _Sheet, feed: Feed) -> bool:
    """Whether a sheet has so many of the required headings that it is the table, with some of them misspelt."""
    required = sum(c.must_be_there for c in feed.columns)
    return sheet.header is not None and 2 * len(sheet.header.missing) <= required


def _tell_hidden(sheet: _Sheet, file: str, feed: Feed, *, was_read: bool) -> Notice:
    done = "其他工作表没有表头，已读取这张表" if was_read else "未读取"
    said = f"这是隐藏的工作表，有“{feed.title}”的表头，{done}。请取消隐藏后核对，不需要的请删除"
    return Notice(Cause.HIDDEN_SHEET, said, file, sheet.name)


def _looks_like_data(sheet: _Sheet, table: _Sheet) -> bool:
    """Whether a sheet without the headings could still hold rows that somebody meant to send."""
    if sheet.header is not None:
        return True
    wide = table.header is not None and sheet.sheet.width >= len(table.header.texts)
    return wide and sheet.sheet.height > 1 and "说明" not in sheet.name


def _is_old(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SIGNATURE)) == SIGNATURE


def load_workbook(path: Path) -> Any:
    """A workbook's reader, told what it does not know by itself; raises UnreadableFileError."""
    with path.open("rb") as stream:
        start = stream.read(len(SIGNATURE))
    if not start.startswith((b"PK", SIGNATURE)):
        raise UnreadableFileError("不是Excel工作簿。请用Excel或WPS打开，另存为xlsx后重新报送")
    if start == SIGNATURE:
        plain, encoding = with_single_bytes(path.read_bytes())
        workbook = _load_old(with_its_formats(with_its_code_page(plain)))
        return workbook if encoding is None else Recoded(workbook, encoding)
    return _guarded(lambda: python_calamine.load_workbook(path.open("rb")))


def _load_old(content: bytes) -> Any:
    try:
        return _guarded(lambda: python_calamine.load_workbook(BytesIO(content)))
    except UnreadableFileError:
        known = with_known_codes(content)
        if known is content:
            raise
        return _guarded(lambda: python_calamine.load_workbook(BytesIO(known)))


def read_sheet(workbook: Any, path: Path, place: int) -> Any:
    """A sheet with its cells; raises UnreadableFileError."""
    try:
        return _guarded(partial(workbook.get_sheet_by_index, place))
    except UnreadableFileError:
        copy = None if _is_old(path) else with_known_errors(path)
        if copy is None:
            raise
        renamed = _guarded(partial(python_calamine.load_workbook, copy))
        return _guarded(partial(renamed.get_sheet_by_index, place))


def _guarded(load: Callable[[], Any]) -> Any:
    """Call the reader; what it throws at broken workbooks becomes a problem, its panics among them."""
    try:
        return load()
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError, IndexError, KeyError) as error:
        raise UnreadableFileError("工作簿已损坏，无法打开。请用Excel或WPS重新另存后报送") from error
    except BaseException as error:
        # a panic of the reader's Rust code is no Exception; anything else goes on
        if type(error).__name__ == "PanicException":
            raise UnreadableFileError("工作簿已损坏，无法打开。请用Excel或WPS重新另存后报送") from error
        raise


def _look(name: str, sheet: Any, feed: Feed, *, is_hidden: bool, marks: Callable[[], Marks]) -> _Sheet:
    """Find the header among the first rows, merged cells filled."""
    left = sheet.start[1] if sheet.start else 0
    merged = Merged(sheet.merged_cell_ranges or (), left)
    head = list(islice(_guarded(sheet.iter_rows), HEADER_SEARCH_ROWS)) if sheet.height else []
    columns = merged.filled([list(c) for c in zip(*head, strict=True)], 0)
    texts = [[_text(c) for c in row] for row in zip(*columns, strict=True)]
    return _Sheet(name, sheet, merged, find_header(feed, texts, merged.spread(texts), name), is_hidden, marks)


def _table(name: str, found: _Sheet, *, later_epoch: bool) -> RawTable:
    header = found.header
    if header is None:
        raise ValueError("a sheet without a header is no table")
    left = found.sheet.start[1] if found.sheet.start else 0

    def batches() -> Iterator[RawBatch]:
        rows = found.sheet.iter_rows()
        start = header.last + 1
        for _ in islice(rows, start):
            pass
        found.merged.restart()
        marks = found.marks()
        while block := list(islice(rows, BATCH_ROWS)):
            columns = [list(c) for c in zip(*block, strict=True)]
            _mark(columns, marks, start, left)
            columns = found.merged.filled(columns, start)
            converted = [_column(c) for c in columns]
            yield RawBatch(
                tuple(values for values, _ in converted),
                tuple(kinds for _, kinds in converted),
                np.arange(start + 1, start + len(block) + 1, dtype=np.int64),
            )
            start += len(block)
        # the reader ends with the last cell that it has a value for: rows of formulas without results come behind it
        beyond = sorted(row for row in marks if row >= start)
        for at in range(0, len(beyond), BATCH_ROWS):
            yield _marked_rows(beyond[at : at + BATCH_ROWS], marks, left, found.sheet.width)

    layout = header.layout(left)
    if later_epoch:
        layout = replace(layout, columns={n: replace(h, later_epoch=True) for n, h in layout.columns.items()})
    return RawTable(name, found.name, layout, batches)


def _marked_rows(rows: list[int], marks: Marks, left: int, width: int) -> RawBatch:
    """Rows that hold nothing but marks."""
    columns: list[list[Any]] = [[""] * len(rows) for _ in range(width)]
    for place, row in enumerate(rows):
        for column, text in marks[row]:
            if 0 <= column - left < width:
                columns[column - left][place] = text
    converted = [_column(c) for c in columns]
    return RawBatch(
        tuple(values for values, _ in converted),
        tuple(kinds for _, kinds in converted),
        np.array(rows, dtype=np.int64) + 1,
    )


def _mark(columns: list[list[Any]], marks: Marks, start: int, left: int) -> None:
    """Put errors and formulas without a result where the reader has a blank; ``start`` is the first row.

    For a formula that nobody calculated some programs write 0.
    """
    if not marks or not columns:
        return
    for row in range(start, start + len(columns[0])):
        for column, text in marks.get(row, ()):
            blank = ("", None, 0) if isinstance(text, NoResult) else ("", None)
            if 0 <= column - left < len(columns) and columns[column - left][row - start] in blank:
                columns[column - left][row - start] = text


def _column(cells: Sequence[Any]) -> tuple[pa.Array, Kinds | None]:
    """A column as text, and what its cells were."""
    types = set(map(type, cells))
    if types <= {str}:
        return pa.array(_encodable(cells), pa.string()), None
    texts = pa.array(_encodable([c if type(c) is str else _text(c) for c in cells]), pa.string())
    kinds = np.fromiter((_KINDS.get(type(c), Kind.TEXT) for c in cells), dtype=np.uint8, count=len(cells))
    return texts, kinds


_KINDS: Final[dict[type, Kind]] = {
    float: Kind.NUMBER,
    int: Kind.EXACT,
    bool: Kind.BOOLEAN,
    date: Kind.DATE,
    datetime: Kind.DATE,
    time: Kind.DATE,
    timedelta: Kind.DATE,
    ErrorCell: Kind.ERROR,
    NoResult: Kind.NO_RESULT,
}


def _encodable(cells: Sequence[str]) -> Sequence[str]:
    """Text with U+FFFD for halves of characters, which broken files hold and UTF-8 does not: no column takes it."""
    try:
        "".join(cells).encode("utf-8")
    except UnicodeEncodeError:
        return [c.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") for c in cells]
    return cells


def _text(cell: Any) -> str:
    """A cell as a person would type it: whole numbers without a point, dates in ISO form, 真/假."""
    match cell:
        case str():
            return str(cell)
        case bool():
            return "真" if cell else "假"
        case int():
            return str(cell)
        case float():
            return _number(cell)
        case datetime():
            plain = cell.time() == time(0)
            return cell.date().isoformat() if plain else cell.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return "" if cell is None else str(cell)


def _number(cell: float) -> str:
    if cell.is_integer():
        return f"{cell:.0f}"
    text = repr(cell)
    return format(Decimal(text), "f") if "e" in text else text
