"""Old workbooks (xls) that are not opened: encrypted ones, and those whose sheets claim more cells than they have.

Nor those that show a long text, kept once, in many cells. The reader would lay all of these out at once.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.reading.errors import UnreadableFileError, encrypted
from pipelines.reading.tables import MAX_TEXT

_BEGIN: Final = 0x0809
_END: Final = 0x000A
_PASSWORD: Final = 0x002F
_DIMENSIONS: Final = 0x0200
_SHEET: Final = 0x0085
_MANY_NUMBERS: Final = 0x00BD
_CELLS: Final = frozenset({0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, _MANY_NUMBERS})
_ROWS, _COLUMNS = 65_536, 256
_MAX_LAID_OUT: Final = 60_000_000
_FEW_LAID_OUT: Final = 10_000_000
_SPARSE: Final = 20
_SHARED: Final = 0x00FC
_SHARED_CELL: Final = 0x00FD
_CONTINUED: Final = 0x003C
_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08
_LONGEST: Final = 65_535
"""Characters of a text, as far as its length can be written."""
_BYTES: Final = 3
"""Of a character, once it is laid out."""
_BROKEN = "工作簿已损坏，无法打开。请用Excel或WPS重新另存后报送"
_TOO_LARGE = "工作簿过大或疑似异常文件。请删除空白的多余行列，或改用CSV后重新报送"


@dataclass
class _Extent:
    """The smallest rectangle around a sheet's cells, and how many of them there are."""

    top: int = _ROWS
    bottom: int = -1
    left: int = _COLUMNS
    right: int = -1
    cells: int = 0

    def add(self, row: int, column: int, cells: int) -> None:
        """Reach over some cells of a row; raises UnreadableFileError beyond the format's columns."""
        last = column + cells - 1
        if last >= _COLUMNS:
            raise UnreadableFileError(_BROKEN)
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, last)
        self.cells += cells

    @property
    def area(self) -> int:
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)


def refuse_encrypted(stream: bytes) -> None:
    """Raise UnreadableFileError where a record of the workbook's globals says that what follows is encrypted."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _PASSWORD:
            raise encrypted()
        if kind == _END:
            return
        at += 4 + length


def refuse_absurd_sheets(stream: bytes) -> None:
    """Raise UnreadableFileError where sheets cannot be true, or would take far more memory than their cells justify.

    Walks the records one by one: about a million a second, and a sheet has 65,536 rows at most.
    """
    sheets: list[int] = []
    begins: dict[int, _Extent] = {}
    extent = _Extent()
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = at + 4
        if kind == _BEGIN:
            extent = begins[at] = _Extent()
        elif kind in _CELLS and body + 6 <= len(stream):
            row, column = struct.unpack_from("<HH", stream, body)
            extent.add(row, column, 1 if kind != _MANY_NUMBERS else max(1, (length - 6) // 6))
        elif kind == _DIMENSIONS:
            _refuse_absurd_size(stream[body : body + length])
        elif kind == _SHEET and body + 4 <= len(stream):
            sheets.append(struct.unpack_from("<I", stream, body)[0])
        at = body + length
    if set(sheets) - begins.keys():
        # such a sheet is read from within a record, and nothing can be said of what would be found there
        raise UnreadableFileError(_BROKEN)
    laid_out = sum(begins[start].area for start in sheets)
    cells = sum(begins[start].cells for start in sheets)
    if laid_out > _MAX_LAID_OUT or (laid_out > _FEW_LAID_OUT and laid_out > _SPARSE * cells):
        raise UnreadableFileError(_TOO_LARGE)
    if cells * _LONGEST * _BYTES > MAX_TEXT and _bytes_shown(stream, sheets) > MAX_TEXT:
        raise UnreadableFileError(_TOO_LARGE)


def _bytes_shown(stream: bytes, sheets: Sequence[int]) -> int:
    """Bytes that the shared texts take in the cells that show them; of a sheet as often as it is named."""
    sizes: list[int] = []
    shown: dict[int, int] = {}
    begin = at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = at + 4
        if kind == _BEGIN:
            begin = at
        elif kind == _SHARED:
            pieces = [stream[body : body + length]]
            while (at := body + length) + 4 <= len(stream):
                kind, length = struct.unpack_from("<HH", stream, at)
                if kind != _CONTINUED:
                    break
                body = at + 4
                pieces.append(stream[body : body + length])
            sizes = _characters(pieces)
            continue
        elif kind == _SHARED_CELL and body + 10 <= len(stream):
            place = struct.unpack_from("<I", stream, body + 6)[0]
            shown[begin] = shown.get(begin, 0) + (sizes[place] if place < len(sizes) else 0)
        at = body + length
    return _BYTES * sum(shown.get(start, 0) for start in sheets)


def _characters(pieces: Sequence[bytes]) -> list[int]:
    """Characters of each shared text, up to the first that breaks off. Where one goes on, it says anew how."""
    sizes: list[int] = []
    piece, at = 0, 8
    while piece < len(pieces):
        if at + 3 > len(pieces[piece]):
            piece, at = piece + 1, 0
            continue
        length, how = struct.unpack_from("<HB", pieces[piece], at)
        at += 3
        behind = 0
        for flag, form, each in ((_RICH, "<H", 4), (_PHONETIC, "<I", 1)):
            if how & flag:
                if at + struct.calcsize(form) > len(pieces[piece]):
                    return sizes
                behind += each * struct.unpack_from(form, pieces[piece], at)[0]
                at += struct.calcsize(form)
        sizes.append(length)
        left = length
        while left:
            width = 2 if how & _WIDE else 1
            here = min(left, (len(pieces[piece]) - at) // width)
            left, at = left - here, at + here * width
            if left:
                piece, at = piece + 1, 1
                if piece == len(pieces) or not pieces[piece]:
                    return sizes
                how = pieces[piece][0]
        while behind > len(pieces[piece]) - at:
            behind -= len(pieces[piece]) - at
            piece, at = piece + 1, 0
            if piece == len(pieces):
                return sizes
        at += behind
    return sizes


def _refuse_absurd_size(body: bytes) -> None:
    if len(body) not in (10, 14):
        return
    first_row, rows, first_column, columns = struct.unpack_from("<IIHH" if len(body) == 14 else "<HHHH", body)
    if rows > _ROWS or columns > _COLUMNS or first_row > rows or first_column > columns:
        raise UnreadableFileError(_BROKEN)
