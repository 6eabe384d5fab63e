"""Cells of an xlsx workbook that its reader gives as blanks though they are none: errors, formulas without a result.

Where they stand is read from the sheet's XML beside the reader; so is the epoch from which its days are counted.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from expectations.nothing import ERROR_OF_NO_NAME, ERRORS, NO_FIGURE
from pipelines.reading.cells import NO_RESULT_TEXT
from pipelines.reading.marks import Beside, ErrorCell, Marks, NoResult
from pipelines.reading.package import odd_structure, odd_where_broken, read_package

_CHUNK: Final = 4 << 20
_TAG: Final = re.compile(rb"""<(?:[\w.-]+:)?(row|c)(?=[\s/>])((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
_CELL_END: Final = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_ROW: Final = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_TYPE: Final = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>([^<]*)</")
_EMPTY_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v[\s/>]")
_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_WITHIN_VALUE: Final = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>[^<]*<[!?]")
_SUSPECT: Final = re.compile(rb"""\st\s*=\s*["']e["']|<(?:[\w.-]+:)?f[\s/>]""")


def look_beside(path: Path) -> Beside:
    """Epoch and marks of an xlsx workbook; raises UnreadableFileError where they cannot be had."""
    with odd_where_broken(), zipfile.ZipFile(path) as archive:
        package = read_package(archive)
    names = tuple(name for name, _ in package.sheets)
    of_sheets = tuple(partial(read_marks, path, part, package.is_calculated) for _, part in package.sheets)
    return Beside(package.later_epoch, of_sheets, names)


def read_marks(path: Path, part: str | None, is_calculated: bool = True) -> Marks:
    """Where a sheet has errors, and formulas without a result; raises UnreadableFileError.

    A program that calculates nothing may write 0 for every formula and leave it to whoever opens the workbook. Where
    one has another result, somebody calculated.
    """
    if part is None:
        raise odd_structure()
    walk = Walk()
    with odd_where_broken(), zipfile.ZipFile(path) as archive:
        for piece in pieces_of(archive, part):
            walk.through(piece)
    if not is_calculated and not walk.has_results:
        for row, column in walk.zeros:
            walk.marks.setdefault(row, []).append((column, NoResult(NO_RESULT_TEXT)))
    return walk.marks


def pieces_of(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
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


def cells_of(piece: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The cells of a piece as a reader sees them: what their tag says, and from where to where their content stands."""
    tag = _TAG.search(piece)
    while tag is not None:
        after = _TAG.search(piece, tag.end())
        if tag[1] == b"c":
            end = after.start() if after else len(piece)
            closed = _CELL_END.search(piece, tag.end(), end)
            yield tag[2], tag.end(), closed.start() if closed else end
        tag = after


def _without_comments(piece: bytes) -> bytes:
    """What a reader sees of a piece; raises UnreadableFileError where it would see only a part of a value."""
    if b"<!" not in piece and b"<?" not in piece:
        return piece
    if _WITHIN_VALUE.search(piece):
        raise odd_structure()
    plain = _COMMENT.sub(b"", piece)
    if b"<!--" in plain or b"-->" in plain:
        raise odd_structure()
    return plain


@dataclass
class Walk:
    """Goes through a sheet's cells as its reader does: one that does not say its place follows the one before it.

    ``zeros``: where formulas came to 0. ``has_results``: one came to something else.
    """

    row: int = -1
    column: int = 0
    marks: Marks = field(default_factory=dict)
    zeros: list[tuple[int, int]] = field(default_factory=list)
    has_results: bool = False

    def through(self, piece: bytes) -> None:
        """Note what stands in a piece of whole rows; of one without suspects the number of its last row will do."""
        piece = _without_comments(piece)
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
        elif _FORMULA.search(within):
            value = _VALUE.search(within)
            if value is not None and value[1].strip() == b"0":
                self.zeros.append((row, self.column))
            else:
                self.has_results = True
        self.column += 1


def _mark_of(about: bytes, inner: bytes) -> str | None:
    """What a cell is for which its reader gives a blank, if it is such a one."""
    kind = _TYPE.search(about)
    value = _VALUE.search(inner)
    if kind is not None and kind[1] == b"e":
        return _named(value[1].decode("utf-8", "ignore") if value else "")
    formula = _FORMULA.search(inner)
    # of what stands before its formula the reader gives nothing
    is_lost = formula is not None and value is not None and formula.start() > value.start()
    if formula is None or (value is not None and value[1].strip() and not is_lost):
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
