"""Workbooks that would not fit: looked at from outside, before the reader lays out every cell in memory."""

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.reading.compound_limits import SIGNATURE, refuse_broken_compound
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.tables import MAX_CHARACTERS, MAX_COLUMNS, MAX_TEXT

_MAX_UNPACKED = 2 << 30
_MAX_RATIO = 400
_RATIO_COUNTS_FROM = 64 << 20
_MAX_CELLS = 60_000_000
_FEW_CELLS = 20_000_000
_CHUNK = 4 << 20
_SHARED = "sharedStrings.xml"
_LEAST_CELL = 20
"""Bytes that a cell takes in a sheet at least."""
_MOST_BYTES = 16 * MAX_CHARACTERS
"""Of a text, the markup of its characters among them."""
_ENDS_NAME = np.frombuffer(b" >/\t\r\n", dtype=np.uint8)
_ITEM = re.compile(rb"<(?:\w+:)?si\b")
_SHARED_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt=["']s["'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*</""")
_SHARED_MARK = re.compile(rb"""\bt\s*=\s*["']s["']""")
_LONGEST_REFERENCE = 16
_OVERLAP = 5 + _LONGEST_REFERENCE

_TOO_LARGE = "工作簿过大或疑似异常文件。请删除空白的多余行列，或改用CSV后重新报送"


def refuse_oversized(path: Path) -> None:
    """Raise UnreadableFileError for a workbook that would take more memory than its cells justify."""
    if path.stat().st_size > _MAX_UNPACKED:
        raise UnreadableFileError(_TOO_LARGE)
    with path.open("rb") as stream:
        start = stream.read(len(SIGNATURE))
    if start == SIGNATURE:  # asked of its first bytes: an old workbook can end like an archive, and hold one
        refuse_broken_compound(path)  # beyond that xls has 65,536 rows and 256 columns at most
        return
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            size, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
            if size > _MAX_UNPACKED or (size > _RATIO_COUNTS_FROM and size > _MAX_RATIO * max(packed, 1)):
                raise UnreadableFileError(_TOO_LARGE)
            for info in infos:  # any part can be a sheet: a relationship says which
                _refuse_sparse(archive, info)
            _refuse_repeated(archive, infos)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableFileError("工作簿已损坏，无法打开。请用Excel或WPS重新另存后报送") from error


def _refuse_sparse(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """A few cells far apart make the reader lay out everything between them."""
    rows, columns, unplaced = 0, 0, 0
    read = 0
    tail = b""
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > _MAX_UNPACKED:
                raise UnreadableFileError(_TOO_LARGE)
            row, column = _farthest(tail + chunk)
            widest, unplaced = _unplaced_cells(chunk, unplaced)
            rows, columns = max(rows, row), max(columns, column, widest)
            tail = chunk[-_OVERLAP:]
    if columns > 16_384 or rows > 1_048_576:
        raise UnreadableFileError(_TOO_LARGE)
    if columns > MAX_COLUMNS and rows * columns > _FEW_CELLS:
        raise UnreadableFileError(f"列数过多（{columns}列，最多{MAX_COLUMNS}列）。请删除多余的列后重新报送")
    # a full cell takes twenty bytes of the file at least; fewer than one in five is not a table
    if rows * columns > _MAX_CELLS or (rows * columns > _FEW_CELLS and rows * columns > read // 4):
        raise UnreadableFileError(_TOO_LARGE)


def _refuse_repeated(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    """A text that the workbook keeps once and shows in many cells is laid out in each of them."""
    shared = [i for i in infos if i.filename.replace("\\", "/").lower().endswith(_SHARED.lower())]
    longest = max((i.file_size for i in shared), default=0)
    others = [i for i in infos if i not in shared]
    if longest * sum(i.file_size for i in others) // _LEAST_CELL < MAX_TEXT:
        return  # whichever text stands in whichever cell
    sizes = np.concatenate([_sizes_of(archive.read(i)) for i in shared])
    longest = int(sizes.max(initial=0))
    if longest > _MOST_BYTES:
        raise UnreadableFileError(_TOO_LARGE)
    cells = sum(i.file_size for i in others) // _LEAST_CELL
    if longest * cells < MAX_TEXT:
        return
    total = sum(_bytes_shown(archive, i, sizes) for i in others)
    if total > MAX_TEXT:
        raise UnreadableFileError(_TOO_LARGE)


def _sizes_of(xml: bytes) -> npt.NDArray[np.int64]:
    """Bytes of each shared text, its markup among them."""
    data = np.frombuffer(xml + b"   ", dtype=np.uint8)
    starts = np.flatnonzero((data[:-3] == ord("<")) & (data[1:-2] == ord("s")) & (data[2:-1] == ord("i")))
    starts = starts[np.isin(data[starts + 3], _ENDS_NAME)]
    if not len(starts):  # elements with a prefix
        starts = np.array([m.start() for m in _ITEM.finditer(xml)], dtype=np.int64)
    return np.diff(np.append(starts, len(xml)))


def _bytes_shown(archive: zipfile.ZipFile, info: zipfile.ZipInfo, sizes: npt.NDArray[np.int64]) -> int:
    """Bytes of the shared texts that a part's cells show; where a cell is written in no known way, the longest."""
    total, tail = 0, b""
    longest = int(sizes.max(initial=0))
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            whole, _, rest = (tail + chunk).rpartition(b"<")
            total += _shown_in(whole, sizes, longest)
            tail = b"<" + rest if whole else tail + chunk
    return total + _shown_in(tail, sizes, longest)


def _shown_in(xml: bytes, sizes: npt.NDArray[np.int64], longest: int) -> int:
    places = np.array([int(m) for m in _SHARED_CELL.findall(xml)], dtype=np.int64)
    known = sizes[places[places < len(sizes)]]
    return int(known.sum()) + max(0, len(_SHARED_MARK.findall(xml)) - len(places)) * longest


def _unplaced_cells(xml: bytes, carried: int) -> tuple[int, int]:
    """The most cells of one row in a piece of a sheet whose cells say not where they stand, and those of its last row.

    Such cells follow one another; nearly all files say it, and are passed over.
    """
    cells = xml.count(b"<c ") + xml.count(b"<c>")
    if not carried and cells == xml.count(b'<c r="'):
        return 0, 0
    counts = [row.count(b"<c ") + row.count(b"<c>") for row in xml.split(b"<row")]
    counts[0] += carried
    return max(counts), counts[-1]


def _farthest(xml: bytes) -> tuple[int, int]:
    """The greatest row and column among the references (``r="AB12"``, of a row ``r="12"``) of a piece of a sheet."""
    data = np.frombuffer(xml, dtype=np.uint8)
    if len(data) <= _OVERLAP:
        data = np.concatenate([data, np.zeros(_OVERLAP, dtype=np.uint8)])
    end = len(data) - _OVERLAP + 1
    found = np.flatnonzero((data[1:end] == ord("r")) & (data[2 : end + 1] == ord("="))) + 1
    found = found[(data[found - 1] <= ord(" ")) & ((data[found + 2] == ord('"')) | (data[found + 2] == ord("'")))]
    if not len(found):
        return 0, 0
    text = data[found[:, None] + np.arange(3, 3 + _LONGEST_REFERENCE)]
    upper = text & 0xDF  # letters of either case
    letters = np.logical_and.accumulate((upper >= ord("A")) & (upper <= ord("Z")), axis=1).sum(axis=1)
    column = np.zeros(len(text), dtype=np.int64)
    row = np.zeros(len(text), dtype=np.int64)
    going = np.ones(len(text), dtype=np.bool_)  # a row says its number alone
    for place in range(_LONGEST_REFERENCE):
        letter = going & (place < letters)
        column[letter] = column[letter] * 26 + upper[letter, place] - 64
        digit = text[:, place].astype(np.int64) - ord("0")
        number = going & (place >= letters) & (digit >= 0) & (digit <= 9)
        row[number] = row[number] * 10 + digit[number]
        going &= letter | number
    cell = row > 0
    return (int(row[cell].max()), int(column[cell].max())) if cell.any() else (0, 0)
