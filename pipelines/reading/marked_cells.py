"""Cells of an xlsx workbook that its reader gives as blanks though they are none: errors, formulas without a result.

Where they stand is read from the sheet's XML beside the reader; so is the epoch from which its days are counted.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from expectations.nothing import ERROR_OF_NO_NAME, ERRORS, NO_FIGURE
from pipelines.reading.cells import NO_RESULT_TEXT
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.marks import Beside, ErrorCell, Marks, NoResult

_MAIN_PART: Final = "xl/workbook.xml"
_CHUNK: Final = 4 << 20
_LONGEST_LIST: Final = 16 << 20
_TAG: Final = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<>]*)>")
_CELL_END: Final = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_ROW: Final = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_TYPE: Final = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>([^<]*)</")
_EMPTY_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v[\s/>]")
_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_SUSPECT: Final = re.compile(rb"""\st\s*=\s*["']e["']|<(?:[\w.-]+:)?f[\s/>]""")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, OSError, KeyError, ValueError, RuntimeError)


def look_beside(path: Path) -> Beside:
    """Epoch and marks of an xlsx workbook; nothing of a file that is no archive. Raises UnreadableFileError."""
    if not zipfile.is_zipfile(path):
        return Beside()
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            main = _main_part(archive)
            folder, name = posixpath.split(main)
            book = _parsed(archive, _named_like(names, main))
            links = _parsed(archive, _named_like(names, posixpath.join(folder, "_rels", f"{name}.rels")))
    except _BROKEN:
        return Beside()
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    epoch = next((e.get("date1904", "") for e in book.iter() if e.tag.endswith("}workbookPr")), "")
    parts = []
    for sheet in (e for e in book.iter() if e.tag.endswith("}sheet")):
        target = targets.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None), "")
        inner = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        parts.append(_named_like(names, inner))
    return Beside(epoch.lower() in ("1", "true", "on"), tuple(partial(read_marks, path, part) for part in parts))


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that lists the sheets: where it always lies, or where the relationships of the file say."""
    links = _named_like(archive.namelist(), "_rels/.rels")
    if links not in archive.namelist():
        return _MAIN_PART
    found = (e for e in _parsed(archive, links) if e.get("Type", "").endswith("/officeDocument"))
    return next((e.get("Target", "") for e in found), _MAIN_PART).lstrip("/")


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    """A part that lists others. It is held whole, in several times its size, so that it may not be large."""
    if archive.getinfo(part).file_size > _LONGEST_LIST:
        raise UnreadableFileError(
            f"工作簿的目录部分（{posixpath.basename(part)}）过大。请把数据复制到新建的工作簿，另存为xlsx后重新报送"
        )
    return ET.fromstring(archive.read(part))  # noqa: S314 - expat bounds what entities expand to


def _named_like(names: Iterable[str], name: str) -> str:
    """The name of a part as the archive writes it: the reader cares neither for capitals nor which way a stroke leans.

    The name itself where the archive has no such part.
    """
    asked = name.replace("\\", "/").lower()
    return next((n for n in names if n.replace("\\", "/").lower() == asked), name)


def read_marks(path: Path, part: str) -> Marks:
    """Where a sheet has errors, and formulas without a result."""
    walk = Walk()
    try:
        with zipfile.ZipFile(path) as archive:
            for piece in _pieces(archive, part):
                walk.through(piece)
    except _BROKEN:
        return walk.marks
    return walk.marks


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's XML, cut behind rows."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            whole = rest + chunk
            cut = whole.rfind(b"</row>") + 6
            if cut < 6:
                cut = whole.rfind(b":row>") + 5
            yield whole[: cut if cut > 4 else 0]
            rest = whole[cut if cut > 4 else 0 :]
    yield rest


@dataclass
class Walk:
    """Goes through a sheet's cells as its reader does: one that does not say its place follows the one before it."""

    row: int = -1
    column: int = 0
    marks: Marks = field(default_factory=dict)

    def through(self, piece: bytes) -> None:
        """Note what stands in a piece of whole rows; of one without suspects the number of its last row will do."""
        passed_over = not _SUSPECT.search(piece) and piece.count(b"<row") == piece.count(b'<row r="')
        tag = _TAG.search(piece, max(piece.rfind(b"<row "), 0) if passed_over else 0)
        while tag is not None:
            # no tag is looked for from more than one place, so that what is no XML takes no longer
            after = _TAG.search(piece, tag.end())
            if tag[1] == b"row":
                said = _ROW.search(tag[2])
                self.row, self.column = int(said[1]) - 1 if said else self.row + 1, 0
            else:
                self._note(tag[2], piece[tag.end() : after.start() if after else len(piece)])
            tag = after

    def _note(self, about: bytes, inner: bytes) -> None:
        said = _PLACE.search(about)
        row = int(said[2]) - 1 if said else self.row
        self.column = _column(said[1]) if said else self.column
        end = _CELL_END.search(inner)
        within = b"" if about.endswith(b"/") else inner[: end.start()] if end else inner
        text = _mark_of(about, within)
        if text is not None:
            self.marks.setdefault(row, []).append((self.column, text))
        self.column += 1


def _mark_of(about: bytes, inner: bytes) -> str | None:
    """What a cell is for which its reader gives a blank, if it is such a one."""
    kind = _TYPE.search(about)
    value = _VALUE.search(inner)
    if kind is not None and kind[1] == b"e":
        return _named(value[1].decode("utf-8", "ignore") if value else "")
    if not _FORMULA.search(inner) or (value is not None and value[1].strip()):
        return None
    # a formula that gives an empty text has a value all the same: an empty one, of type str
    is_empty_text = kind is not None and kind[1] == b"str" and _EMPTY_VALUE.search(inner)
    return None if is_empty_text else NoResult(NO_RESULT_TEXT)


def _named(value: str) -> ErrorCell:
    """An error by its name; what is none of the known is not shown, since it could be anything."""
    known = value.strip().lower() in ERRORS | NO_FIGURE
    return ErrorCell(value.strip() if known else ERROR_OF_NO_NAME)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
