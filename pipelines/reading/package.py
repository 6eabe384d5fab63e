"""The parts of an xlsx workbook: which one lists its sheets, and in which one each sheet lies.

The reader of the cells finds them by itself. Where it could find another than is found here, what stands beside the
cells would be looked for in the wrong place, and errors would be blanks: such a workbook is refused.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from pipelines.reading.errors import UnreadableFileError

_LONGEST_LIST: Final = 16 << 20
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
)
_LATER: Final = {"1": True, "true": True, "0": False, "false": False, "": False}
_PROLOGUE: Final = 200
_MAIN: Final = "workbook.xml"
_OF_OTHER_KINDS: Final = ("content.xml", "xl/workbook.bin")
"""Main parts of other kinds of workbooks, which the reader turns to where this one does not please it."""


@dataclass(frozen=True)
class Package:
    """Whether days count from 1904; of each sheet in order its name, and its part, where the archive has that.

    ``is_calculated``: the results of its formulas are said to be so, and not to be calculated by whoever opens it.
    """

    later_epoch: bool
    sheets: tuple[tuple[str, str | None], ...]
    is_calculated: bool = True


def odd_structure() -> UnreadableFileError:
    """A workbook that programs may understand in different ways."""
    return UnreadableFileError("工作簿的内部结构不规范，无法可靠读取。请用Excel或WPS打开，另存为xlsx后重新报送")


@contextmanager
def odd_where_broken() -> Iterator[None]:
    """What breaks within is told as an odd structure."""
    try:
        yield
    except _BROKEN as error:
        raise odd_structure() from error


def read_package(archive: zipfile.ZipFile) -> Package:
    """What lists a workbook's sheets says; raises UnreadableFileError where it can be understood in two ways."""
    names = archive.namelist()
    if any(_plain(n) in _OF_OTHER_KINDS for n in names):
        raise odd_structure()
    main = _main_part(archive, names)
    folder = posixpath.dirname(main)
    book = _parsed(archive, _part(names, main))
    targets: dict[str, str] = {}
    for link in _parsed(archive, _part(names, posixpath.join(folder, "_rels", f"{_MAIN}.rels"))):
        if link.get("Id", "") in targets:
            raise odd_structure()
        targets[link.get("Id", "")] = link.get("Target", "")
    sheets = []
    for sheet in (e for e in book.iter() if _local(e.tag) == "sheet"):
        links = [value for key, value in sheet.attrib.items() if key.startswith("{") and _local(key) == "id"]
        if len(links) != 1:
            raise odd_structure()
        inner = _resolved(folder, targets.get(links[0], ""))
        there = any(_plain(n) == _plain(inner) for n in names)
        part = _part(names, inner) if there else None
        if part is not None:
            _refuse_other_encodings(archive, part)
        sheets.append((sheet.get("name", ""), part))
    said = {e.get("date1904", "") for e in book.iter() if _local(e.tag) == "workbookPr"}
    if len(said) > 1 or not said <= _LATER.keys():
        raise odd_structure()
    to_calculate = {e.get("fullCalcOnLoad", "") for e in book.iter() if _local(e.tag) == "calcPr"}
    return Package(any(_LATER[word] for word in said), tuple(sheets), not to_calculate & {"1", "true"})


def _main_part(archive: zipfile.ZipFile, names: Sequence[str]) -> str:
    """The part that lists the sheets: the relationships of the whole archive say where it lies."""
    links = _parsed(archive, _part(names, "_rels/.rels"))
    found = [e.get("Target", "") for e in links if e.get("Type", "").endswith("/officeDocument")]
    # the reader takes the folder from here, and the name for granted
    if len(found) != 1 or posixpath.basename(_plain(found[0])) != _MAIN:
        raise odd_structure()
    return _resolved("", found[0])


def _refuse_other_encodings(archive: zipfile.ZipFile, part: str) -> None:
    """The reader takes a sheet for UTF-8, and one that is not for an empty one."""
    with archive.open(part) as stream:
        start = stream.read(_PROLOGUE)
    if b"\0" in start:
        raise odd_structure()


def _resolved(folder: str, target: str) -> str:
    plain = target.replace("\\", "/")
    return plain.lstrip("/") if plain.startswith("/") else posixpath.normpath(posixpath.join(folder, plain))


def _part(names: Sequence[str], name: str) -> str:
    """A part's name as the archive writes it: the reader cares neither for capitals nor which way a stroke leans."""
    found = [n for n in names if _plain(n) == _plain(name)]
    if len(found) != 1:
        raise odd_structure()
    return found[0]


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    """A part that lists others. It is held whole, in several times its size, so that it may not be large."""
    if archive.getinfo(part).file_size > _LONGEST_LIST:
        raise UnreadableFileError(
            f"工作簿的目录部分（{posixpath.basename(part)}）过大。请把数据复制到新建的工作簿，另存为xlsx后重新报送"
        )
    return ET.fromstring(archive.read(part))  # noqa: S314 - expat bounds what entities expand to
