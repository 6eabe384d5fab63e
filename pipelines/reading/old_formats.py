"""Number formats of an old workbook (xls) that have a built-in number and are not the built-in ones.

Its reader believes the number: a date would be a plain number, and a plain number a date. The styles of such formats
are given the number of a built-in format that is what they are.
"""

import re
import struct
from enum import IntEnum
from typing import Final

from pipelines.reading.compound_limits import Book, find_book
from pipelines.reading.old_cells import Record, records

_BEGIN: Final = 0x0809
_STYLE: Final = 0x00E0
_FORMAT: Final = 0x041E
_BIFF8: Final = 0x0600
_UTF16: Final = 1
_FIRST_OF_ITS_OWN: Final = 164
_LITERAL: Final = re.compile(r'"[^"]*"?|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_PART_OF_A_DATE: Final = re.compile(r"[ymdhs]", re.IGNORECASE)


class _Like(IntEnum):
    """Built-in formats that stand for all of their kind."""

    NUMBER = 1
    DAY = 14
    ELAPSED = 46


_DAYS: Final = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})


def with_its_formats(content: bytes) -> bytes:
    """The same workbook with such styles put right; the bytes themselves where there is none.

    Raises UnreadableFileError for a broken file.
    """
    book = find_book(content)
    wrong = _wrong_styles(book) if book else {}
    if book is None or not wrong:
        return content
    out = bytearray(content)
    for at, like in wrong.items():
        for n, byte in enumerate(struct.pack("<H", like)):
            out[book.place(at + n)] = byte
    return bytes(out)


def _wrong_styles(book: Book) -> dict[int, _Like]:
    """Where in the stream the number of a format stands that is not what its number says, and one that is."""
    is_biff8 = True
    meant: dict[int, _Like] = {}
    styles: dict[int, int] = {}
    for record in records(book.content):
        if record.kind == _BEGIN and len(record.body) >= 2:
            is_biff8 = struct.unpack_from("<H", record.body)[0] == _BIFF8
        elif record.kind == _FORMAT and len(record.body) >= 5:
            number = struct.unpack_from("<H", record.body)[0]
            if 0 < number < _FIRST_OF_ITS_OWN:
                meant[number] = _like(_code(record, is_biff8=is_biff8))
        elif record.kind == _STYLE and len(record.body) >= 4:
            styles[record.at + 2] = struct.unpack_from("<H", record.body, 2)[0]
    wrong = {number: like for number, like in meant.items() if like is not _built_in(number)}
    return {at: wrong[number] for at, number in styles.items() if number in wrong}


def _code(record: Record, *, is_biff8: bool) -> str:
    """The text of a number format."""
    if not is_biff8:
        return record.body[3 : 3 + record.body[2]].decode("latin-1")
    count, flags = struct.unpack_from("<HB", record.body, 2)
    if flags & _UTF16:
        return record.body[5 : 5 + 2 * count].decode("utf-16-le", "replace")
    return record.body[5 : 5 + count].decode("latin-1")


def _like(code: str) -> _Like:
    """What a format makes of a number; its first section counts, and nothing that it shows as it stands."""
    shown = _LITERAL.sub("", code).split(";")[0]
    if _ELAPSED.search(shown):
        return _Like.ELAPSED
    return _Like.DAY if _PART_OF_A_DATE.search(shown) else _Like.NUMBER


def _built_in(number: int) -> _Like:
    if number == _Like.ELAPSED:
        return _Like.ELAPSED
    return _Like.DAY if number in _DAYS else _Like.NUMBER
