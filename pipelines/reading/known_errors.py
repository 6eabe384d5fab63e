"""Error cells by names that the reader knows: for any other it takes the whole workbook for a broken one.

Spreadsheets go on inventing errors (#SPILL!, #FIELD!), and each is the fault of its cell alone. What the cell really
says is read beside the reader (marked_cells.py, old_cells.py).
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from pipelines.reading.compound_limits import find_book
from pipelines.reading.marked_cells import cells_of, pieces_of
from pipelines.reading.old_cells import error_places
from pipelines.reading.package import odd_where_broken, read_package

_KNOWN: Final = frozenset({b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"})
_KNOWN_CODES: Final = frozenset({0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B})
_ERROR: Final = re.compile(rb"""\st\s*=\s*["']e["']""")
_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>([^<]*)</")
_INSTEAD: Final = b"#NULL!"


def with_known_errors(path: Path) -> BytesIO | None:
    """A copy of an xlsx workbook whose error cells have names that the reader knows; None where they all have.

    Raises UnreadableFileError for a broken file.
    """
    with odd_where_broken(), zipfile.ZipFile(path) as archive:
        parts = {part for _, part in read_package(archive).sheets if part is not None}
        changed = {}
        for part in sorted(parts):
            sheet, count = _renamed(pieces_of(archive, part))
            if count:
                changed[part] = sheet
        if not changed:
            return None
        copy = BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for name in archive.namelist():
                target.writestr(name, changed[name] if name in changed else archive.read(name))
    copy.seek(0)
    return copy


def _renamed(pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """A sheet with such errors named otherwise, and how many they were."""
    out, count = [], 0
    for piece in pieces:
        at = 0
        for about, start, end in cells_of(piece):
            value = _VALUE.search(piece, start, end) if _ERROR.search(about) else None
            if value is not None and value[1] not in _KNOWN:
                out += [piece[at : value.start(1)], _INSTEAD]
                at = value.end(1)
                count += 1
        out.append(piece[at:])
    return b"".join(out), count


def with_known_codes(content: bytes) -> bytes:
    """The same of an old workbook (xls), whose errors are numbers; the bytes themselves where all are known."""
    book = find_book(content)
    places = error_places(book) if book else ()
    out = None
    for at, code in places:
        if book is not None and code not in _KNOWN_CODES:
            out = out or bytearray(content)
            out[book.place(at)] = struct.pack("<B", 0)[0]
    return content if out is None else bytes(out)
