"""What the reader of an old workbook (xls) does not tell: errors, formulas without a result, the epoch of days.

They are read from its records.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from expectations.nothing import ERROR_OF_NO_NAME
from pipelines.reading.cells import NO_RESULT_TEXT
from pipelines.reading.compound_limits import Book, find_book
from pipelines.reading.marks import Beside, ErrorCell, Marks, NoResult

_FORMULA: Final = 0x0006
_END: Final = 0x000A
_DATE_MODE: Final = 0x0022
_SHEET: Final = 0x0085
_TRUTH_OR_ERROR: Final = 0x0205
_NOT_CALCULATED: Final = 0x005E
_TEXT_RESULT: Final = 0x0207
_BEFORE_TEXT: Final = frozenset({0x003C, 0x0221, 0x0236, 0x04BC})
"""Records that can stand between a formula and its text: one that goes on, arrays, tables, shared formulas."""

_NO_NUMBER: Final = 0xFFFF
_TEXT_FOLLOWS: Final = 0
_ERROR_RESULT: Final = 2
_EMPTY_TEXT: Final = 3
_NAMES: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


@dataclass(frozen=True)
class Record:
    """A record of a stream, and where its body begins there."""

    kind: int
    at: int
    body: bytes


def records(stream: bytes, start: int = 0) -> Iterator[Record]:
    """The records of a part of a stream, from its first to the one that ends it."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if kind == _END:
            return
        yield Record(kind, start + 4, stream[start + 4 : start + 4 + length])
        start += 4 + length


def look_beside_old(path: Path) -> Beside:
    """Epoch and marks of an old workbook; raises UnreadableFileError."""
    book = find_book(path.read_bytes())
    later_epoch, sheets = False, []
    for record in records(book.content) if book else ():
        if record.kind == _DATE_MODE and len(record.body) >= 2:
            later_epoch = struct.unpack_from("<H", record.body)[0] == 1
        elif _is_sheet(record):
            sheets.append(struct.unpack_from("<I", record.body)[0])
    return Beside(later_epoch, tuple(partial(read_old_marks, path, start) for start in sheets))


def error_places(book: Book) -> Iterator[tuple[int, int]]:
    """Where in the stream the numbers of errors stand, and these numbers."""
    starts = [struct.unpack_from("<I", r.body)[0] for r in records(book.content) if _is_sheet(r)]
    for record in (record for start in starts for record in records(book.content, start)):
        body = record.body
        if record.kind == _TRUTH_OR_ERROR and len(body) >= 8 and body[7]:
            yield record.at + 6, body[6]
        elif record.kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT:
            yield record.at + 8, body[8]


def _is_sheet(record: Record) -> bool:
    return record.kind == _SHEET and len(record.body) >= 4


def read_old_marks(path: Path, start: int) -> Marks:
    """Where a sheet has errors, and formulas without a result; raises UnreadableFileError."""
    book = find_book(path.read_bytes())
    sheet = _Sheet()
    for record in records(book.content, start) if book else ():
        sheet.note(record)
    return sheet.marked()


@dataclass
class _Sheet:
    """A sheet's errors, and its formulas by what is kept of their results.

    ``awaited``: the formula just before, whose result is a text that is to follow. ``empty``: formulas that came to an
    empty text. A program that calculates nothing writes the same; where one formula has a result, somebody calculated.
    ``zero``: formulas that came to zero, which is no result where the sheet says that it was not calculated.
    """

    marks: Marks = field(default_factory=dict)
    awaited: tuple[int, int] | None = None
    empty: list[tuple[int, int]] = field(default_factory=list)
    zero: list[tuple[int, int]] = field(default_factory=list)
    is_calculated: bool = True
    has_results: bool = False

    def note(self, record: Record) -> None:
        """Take up one record."""
        if self.awaited is not None and record.kind not in _BEFORE_TEXT:
            if record.kind == _TEXT_RESULT:
                self.has_results = True
            else:
                self._mark(self.awaited, NoResult(NO_RESULT_TEXT))
            self.awaited = None
        body = record.body
        if record.kind == _NOT_CALCULATED:
            self.is_calculated = False
        elif record.kind == _TRUTH_OR_ERROR and len(body) >= 8 and body[7]:
            self._mark(struct.unpack_from("<HH", body), _error(body[6]))
        elif record.kind == _FORMULA and len(body) >= 14:
            self._note_formula(struct.unpack_from("<HH", body), body[6:14])

    def _note_formula(self, place: tuple[int, int], result: bytes) -> None:
        if struct.unpack_from("<H", result, 6)[0] != _NO_NUMBER:
            is_zero = struct.unpack("<d", result)[0] == 0
            self.has_results |= not is_zero
            if is_zero:
                self.zero.append(place)
        elif result[0] == _TEXT_FOLLOWS:
            self.awaited = place
        elif result[0] == _EMPTY_TEXT:
            self.empty.append(place)
        else:
            self.has_results = True
            if result[0] == _ERROR_RESULT:
                self._mark(place, _error(result[2]))

    def marked(self) -> Marks:
        """All marks, once the sheet has been gone through."""
        if self.awaited is not None:
            self._mark(self.awaited, NoResult(NO_RESULT_TEXT))
        lost = [] if self.is_calculated else self.zero + self.empty
        if self.is_calculated and not self.has_results and not self.zero:
            lost = self.empty
        for place in lost:
            self._mark(place, NoResult(NO_RESULT_TEXT))
        return self.marks

    def _mark(self, place: tuple[int, int], text: str) -> None:
        self.marks.setdefault(place[0], []).append((place[1], text))


def _error(code: int) -> ErrorCell:
    return ErrorCell(_NAMES.get(code, ERROR_OF_NO_NAME))
