"""Old workbooks (xls) whose inner file system is broken: seen from outside, since the reader would not survive them.

A chain of sectors that runs in a circle makes it read without end, and a stream that claims more bytes than the file
has makes it ask for that much memory; neither can be caught afterwards. Both were found by fuzzing (docs/fuzzing.md).

olefile would not do: it follows a chain for as many sectors as its length asks for and never looks whether it ends, so
it opens most of the files that are refused here (decision 0026).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.reading.biff_limits import refuse_absurd_sheets, refuse_encrypted
from pipelines.reading.errors import UnreadableFileError

SIGNATURE = b"\xd0\xcf\x11\xe0"

_HEADER = 512
_ENTRIES_IN_HEADER = 109
_DIRECTORY_ENTRY = 128
_SMALL = 64
_ROOT = 5
_STREAM = 2
_BOOKS = ("Workbook\0", "Book\0", "WORKBOOK\0", "BOOK\0")
_LAST_SECTOR = 0xFFFFFFF9
_BROKEN = "工作簿已损坏，无法打开。请用Excel或WPS重新另存后报送"

_Sectors = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Book:
    """A workbook's stream, and where in the file its pieces of equal size begin."""

    name: str
    content: bytes
    places: list[int]
    size: int

    def place(self, at: int) -> int:
        """Where in the file a byte of the stream stands."""
        return self.places[at // self.size] + at % self.size


def refuse_broken_compound(path: Path) -> None:
    """Raise UnreadableFileError for a compound file whose chains or sizes cannot be true, or with a password."""
    for book in _books(path.read_bytes()):
        refuse_encrypted(book.content)
        refuse_absurd_sheets(book.content)


def find_book(data: bytes) -> Book | None:
    """The stream that is read of a compound file, if it has one; raises UnreadableFileError for a broken file."""
    found = {book.name: book for book in _books(data)}
    return found.get("Workbook") or found.get("Book")


def _books(data: bytes) -> list[Book]:
    if len(data) < _HEADER or not data.startswith(SIGNATURE):
        return []
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        raise UnreadableFileError(_BROKEN)
    size = 1 << shift
    directories, tables, directory, _, cutoff, mini, minis, more, mores = struct.unpack_from("<9I", data, 40)
    sectors = -(-len(data) // size)
    if max(directories, tables, minis, mores) > sectors:
        raise UnreadableFileError(_BROKEN)
    places = [int(p) for p in np.frombuffer(data, "<u4", _ENTRIES_IN_HEADER, 76)]
    for _ in range(sectors + 1):
        if more > _LAST_SECTOR:
            break
        *further, more = (int(p) for p in _sector(data, more, size))
        places += further
    else:
        raise UnreadableFileError(_BROKEN)
    used = [p for p in places if p <= _LAST_SECTOR]
    if len(used) > sectors:
        raise UnreadableFileError(_BROKEN)
    table = _joined(data, used, size)
    endless = _endless(table)
    if _any_of(endless, [directory, mini]):
        raise UnreadableFileError(_BROKEN)
    small = _endless(_joined(data, _chain(table, mini), size))
    streams: list[tuple[str, int, int, bool]] = []
    root = _LAST_SECTOR + 1
    for place in _chain(table, directory):
        entries = np.frombuffer(_bytes(data, place, size), np.uint8).reshape(-1, _DIRECTORY_ENTRY)
        entries = entries[entries[:, 66] != 0]
        starts = entries[:, 116:120].copy().view("<u4").ravel()
        # the upper half of a length counts in files with large sectors only
        lengths = entries[:, 120 : 124 if shift == 9 else 128].copy().view("<u4" if shift == 9 else "<u8").ravel()
        within_small = (lengths < cutoff) & (entries[:, 66] != _ROOT) & (lengths > 0)
        if (
            bool((lengths > len(data)).any())
            or _any_of(small, starts[within_small].tolist())
            or _any_of(endless, starts[~within_small & (lengths > 0)].tolist())
        ):
            raise UnreadableFileError(_BROKEN)
        for entry, start, length, is_small in zip(
            entries, starts.tolist(), lengths.tolist(), within_small, strict=True
        ):
            if entry[66] == _ROOT:
                root = start
            elif entry[66] == _STREAM and (name := _name(entry)).startswith(_BOOKS):
                streams.append((name.partition("\0")[0], start, length, bool(is_small)))
    books = []
    for name, start, length, is_small in streams:
        if is_small:
            chain, piece = _chain(_joined(data, _chain(table, mini), size), start), _SMALL
            around = [(n + 1) * size for n in _chain(table, root)]
            if any(n * _SMALL // size >= len(around) for n in chain):
                raise UnreadableFileError(_BROKEN)
            found = [around[n * _SMALL // size] + n * _SMALL % size for n in chain]
        else:
            piece = size
            found = [(n + 1) * size for n in _chain(table, start)]
        content = b"".join(_piece(data, place, piece) for place in found)
        books.append(Book(name, content[:length], found, piece))
    return books


def _name(entry: npt.NDArray[np.uint8]) -> str:
    return bytes(entry[:64]).decode("utf-16-le", "replace")


def _bytes(data: bytes, number: int, size: int) -> bytes:
    """One sector, filled with zeros where the file ends within it."""
    return _piece(data, (number + 1) * size, size)


def _piece(data: bytes, start: int, size: int) -> bytes:
    if start >= len(data):
        raise UnreadableFileError(_BROKEN)
    return data[start : start + size].ljust(size, b"\0")


def _sector(data: bytes, number: int, size: int) -> npt.NDArray[np.uint32]:
    return np.frombuffer(_bytes(data, number, size), "<u4")


def _joined(data: bytes, numbers: list[int], size: int) -> _Sectors:
    """The entries of an allocation table that lies in these sectors."""
    pieces = [_sector(data, n, size).astype(np.int64) for n in numbers]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def _endless(table: _Sectors) -> npt.NDArray[np.bool_]:
    """Sectors whose chain never ends: after as many steps as there are sectors, doubled each time, all others have."""
    end = len(table)
    step = np.append(np.where(table < end, table, end), end)
    for _ in range(max(end, 1).bit_length()):
        step = step[step]
    return np.asarray(step != end, dtype=np.bool_)


def _any_of(endless: npt.NDArray[np.bool_], starts: list[int]) -> bool:
    return any(start < len(endless) and bool(endless[start]) for start in starts)


def _chain(table: _Sectors, start: int) -> list[int]:
    """Sectors of a chain that ends; one that leaves the table is broken."""
    out = []
    while start <= _LAST_SECTOR:
        if start >= len(table):
            raise UnreadableFileError(_BROKEN)
        out.append(start)
        start = int(table[start])
    return out
