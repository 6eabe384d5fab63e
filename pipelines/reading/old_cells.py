"""Error cells and the epoch of an old workbook (xls), which its reader does not tell: read from its records."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from expectations.nothing import ERROR_OF_NO_NAME
from pipelines.reading.compound_limits import find_book
from pipelines.reading.marks import Beside, ErrorCell, Marks

_FORMULA: Final = 0x0006
_END: Final = 0x000A
_DATE_MODE: Final = 0x0022
_SHEET: Final = 0x0085
_TRUTH_OR_ERROR: Final = 0x0205
_NO_NUMBER: Final = 0xFFFF
_ERROR_RESULT: Final = 2
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
        elif record.kind == _SHEET and len(record.body) >= 4:
            sheets.append(struct.unpack_from("<I", record.body)[0])
    return Beside(later_epoch, tuple(partial(read_old_marks, path, start) for start in sheets))


def read_old_marks(path: Path, start: int) -> Marks:
    """Where a sheet has errors, typed or what a formula came to; raises UnreadableFileError."""
    book = find_book(path.read_bytes())
    marks: Marks = {}
    for record in records(book.content, start) if book else ():
        body = record.body
        if record.kind == _TRUTH_OR_ERROR and len(body) >= 8 and body[7]:
            code = body[6]
        elif (
            record.kind == _FORMULA
            and len(body) >= 14
            and struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER
            and body[6] == _ERROR_RESULT
        ):
            code = body[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", body)
        marks.setdefault(row, []).append((column, ErrorCell(_NAMES.get(code, ERROR_OF_NO_NAME))))
    return marks
