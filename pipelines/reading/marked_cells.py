"""Cells of an xlsx workbook that its reader gives as blanks though they are none: errors, formulas without a result.

Where they stand is read from the sheet's XML beside the reader; so is the epoch from which its days are counted.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from expectations.nothing import ERROR_OF_NO_NAME, ERRORS, NO_FIGURE
from pipelines.reading.cells import NO_RESULT_TEXT

_CHUNK: Final = 4 << 20
_CELL: Final = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE: Final = re.compile(rb"""\sr=["']([A-Za-z]+)([0-9]+)["']""")
_TYPE: Final = re.compile(rb"""\st=["'](\w+)["']""")
_VALUE: Final = re.compile(rb"<v[^>]*>([^<]*)</v>")
_SUSPECT: Final = re.compile(rb"""\st=["']e["']|<f[\s/>]""")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, OSError, KeyError, ValueError, RuntimeError)


class ErrorCell(str):
    """The name of an error value that stands in a cell."""

    __slots__ = ()


class NoResult(str):
    """A formula whose result is not in the file."""

    __slots__ = ()


Marks = dict[int, list[tuple[int, str]]]
"""By row (from 0) the columns (from 0) and what stands there."""


@dataclass(frozen=True)
class Beside:
    """What a workbook says beside its cells: whether days count from 1904, and the part in which each sheet lies."""

    later_epoch: bool = False
    parts: tuple[str, ...] = ()


def look_beside(path: Path) -> Beside:
    """Epoch and parts of an xlsx workbook, in order of its sheets; nothing of any other file."""
    if not zipfile.is_zipfile(path):
        return Beside()
    try:
        with zipfile.ZipFile(path) as archive:
            book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat bounds what entities expand to
            links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except _BROKEN:
        return Beside()
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    epoch = next((e.get("date1904", "") for e in book.iter() if e.tag.endswith("}workbookPr")), "")
    parts = []
    for sheet in (e for e in book.iter() if e.tag.endswith("}sheet")):
        target = targets.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None), "")
        parts.append(target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}"))
    return Beside(epoch.lower() in ("1", "true", "on"), tuple(parts))


def read_marks(path: Path, part: str) -> Marks:
    """Where a sheet has errors, and formulas without a result."""
    marks: Marks = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for piece in _pieces(archive, part):
                if _SUSPECT.search(piece):
                    _note(piece, marks)
    except _BROKEN:
        return marks
    return marks


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's XML, cut between cells."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            whole = rest + chunk
            cut = whole.rfind(b"<c ")
            yield whole[:cut] if cut > 0 else b""
            rest = whole[cut:] if cut > 0 else whole
    yield rest


def _note(piece: bytes, marks: Marks) -> None:
    for cell in _CELL.finditer(piece):
        about, inner = cell[1], cell[2] or b""
        kind = _TYPE.search(about)
        is_error = kind is not None and kind[1] == b"e"
        if not is_error and b"<f" not in inner:
            continue
        place = _PLACE.search(about)
        if place is None:
            continue
        value = _VALUE.search(inner)
        text: str | None = None
        if is_error:
            text = _named(value[1].decode("utf-8", "ignore") if value else "")
        elif (value is None or not value[1].strip()) and not (
            kind is not None and kind[1] == b"str" and b"<v" in inner
        ):
            # a formula that gives an empty text has a value all the same: an empty one, of type str
            text = NoResult(NO_RESULT_TEXT)
        if text is not None:
            marks.setdefault(int(place[2]) - 1, []).append((_column(place[1]), text))


def _named(value: str) -> ErrorCell:
    """An error by its name; what is none of the known is not shown, since it could be anything."""
    known = value.strip().lower() in ERRORS | NO_FIGURE
    return ErrorCell(value.strip() if known else ERROR_OF_NO_NAME)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
