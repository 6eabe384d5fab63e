"""What a file is, told by its bytes and not by its name."""

import codecs
import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.reading.compound_limits import SIGNATURE
from pipelines.reading.errors import UnreadableFileError, encrypted

_HEAD: Final = 4096
_ENTRY: Final = 128
_SAVE_AS: Final = "请用Excel或WPS打开，另存为xlsx"
_EXPORT: Final = "请从原系统导出为xlsx或csv"


@dataclass(frozen=True)
class FileKind:
    """What a file is called, what to do with it, and the endings under which it is read."""

    what: str
    then: str
    endings: tuple[str, ...] = ()


_XLSX: Final = FileKind("Excel工作簿（xlsx）", "请把扩展名改为xlsx", ("xlsx", "xls"))
_XLS: Final = FileKind("Excel工作簿（xls）", "请把扩展名改为xls", ("xls", "xlsx"))
_PARQUET: Final = FileKind("Parquet文件", "请把扩展名改为parquet", ("parquet",))
_ZIP: Final = FileKind("zip压缩文件", "请把扩展名改为zip", ("zip",))
_TEXT: Final = FileKind("文本（CSV）", "请把扩展名改为csv", ("csv",))
_PAGE: Final = FileKind("网页（HTML）", _SAVE_AS)

_BEGINNINGS: Final[tuple[tuple[bytes, FileKind], ...]] = (
    (b"\x1f\x8b", FileKind("gzip压缩文件", "请先解压，再报送里面的文件")),
    (b"Rar!", FileKind("RAR压缩文件", "请先解压，或重新压缩为zip格式")),
    (b"7z\xbc\xaf", FileKind("7z压缩文件", "请先解压，或重新压缩为zip格式")),
    (b"%PDF", FileKind("PDF文件", _EXPORT)),
    (b"{\\rtf", FileKind("RTF文档", _EXPORT)),
    (b"\x89PNG", FileKind("图片", _EXPORT)),
    (b"\xff\xd8\xff", FileKind("图片", _EXPORT)),
    (b"SQLite format 3\0", FileKind("SQLite数据库", _EXPORT)),
    (b"PAR1", _PARQUET),
)
_PARTS: Final[tuple[tuple[str, FileKind], ...]] = (
    ("workbook.bin", FileKind("Excel二进制工作簿（xlsb）", _SAVE_AS)),
    ("workbook.xml", _XLSX),
    ("word/document.xml", FileKind("Word文档", _EXPORT)),
    ("ppt/presentation.xml", FileKind("演示文稿", _EXPORT)),
    ("content.xml", FileKind("开放文档（ods等）", _SAVE_AS)),
    ("document.iwa", FileKind("Numbers表格", "请从Numbers导出为xlsx")),
)
"""By the part that tells them: kinds that are archives."""

_STREAMS: Final[tuple[tuple[str, FileKind], ...]] = (
    ("Workbook", _XLS),
    ("Book", _XLS),
    ("WordDocument", FileKind("Word文档", _EXPORT)),
    ("PowerPoint Document", FileKind("演示文稿", _EXPORT)),
)
_OTHER_OFFICE: Final = FileKind("旧版Office文件，不是完整的xls工作簿", _SAVE_AS, ("xls", "xlsx"))
_LOCKED: Final = ("EncryptedPackage", "EncryptionInfo", "\tDRMContent")
_TAGS: Final = ("<!doctype html", "<html", "<head", "<body", "<meta", "<table", "<style", "<script", "<div", "<title")


def refuse_wrong_kind(path: Path, suffix: str) -> FileKind | None:
    """What a file is, where its bytes say so; raises UnreadableFileError where that is not what its name says."""
    kind = _kind_of(path)
    if kind is not None and suffix not in kind.endings:
        raise UnreadableFileError(
            f"扩展名是{suffix}，内容却是{kind.what}。{kind.then}，然后重新报送", reason="wrong_kind"
        )
    return kind


def told_by_another_name(kind: FileKind | None, suffix: str) -> str:
    """What to say of a workbook that is read although its ending is another one's; empty where it is its own."""
    if kind not in (_XLSX, _XLS) or kind.endings[0] == suffix:
        return ""
    return f"扩展名是{suffix}，内容是{kind.what}，已按内容读取。{kind.then}"


def _kind_of(path: Path) -> FileKind | None:
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
    if start.startswith(SIGNATURE):
        return _compound(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path)
    found = next((kind for begin, kind in _BEGINNINGS if start.startswith(begin)), None)
    return found or _text(start)


def _archive(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
        return FileKind("损坏的压缩文件或工作簿", "请核对文件后重新导出", ("xlsx", "xls", "zip"))
    names = [i.filename.replace("\\", "/").lower() for i in infos]
    found = next((kind for part, kind in _PARTS if any(_ends_in(n, part) for n in names)), _ZIP)
    if found is not _ZIP and any(i.flag_bits & 1 for i in infos):
        raise encrypted()
    return found


def _ends_in(name: str, part: str) -> bool:
    return name == part if "/" in part or part == "content.xml" else posixpath.basename(name) == part


def _compound(path: Path) -> FileKind:
    """A file system within a file: the names in its directory, whose entries lie at multiples of their size."""
    data = path.read_bytes()
    if any(_has_entry(data, name) for name in _LOCKED):
        raise encrypted()
    return next((kind for name, kind in _STREAMS if _has_entry(data, name)), _OTHER_OFFICE)


def _has_entry(data: bytes, name: str) -> bool:
    wanted = (name + "\0").encode("utf-16-le")
    at = data.find(wanted)
    while at >= 0 and at % _ENTRY:
        at = data.find(wanted, at + 1)
    return at >= 0


def _text(start: bytes) -> FileKind | None:
    """Text by what it begins with; None where it is none."""
    text = _decoded(start)
    if text is None:
        return None
    plain = text.lstrip().lower()
    if plain.startswith(_TAGS) or (plain.startswith(("<?xml", "<!--")) and "<html" in plain):
        return _PAGE
    if plain.startswith("mime-version:") or "content-type: multipart/related" in plain:
        return FileKind("单个文件网页（mht）", _SAVE_AS)
    if plain.startswith("<?xml"):
        return FileKind("XML表格" if "office:spreadsheet" in plain else "XML文件", _SAVE_AS)
    if plain.startswith(("[{", '{"')):
        return FileKind("JSON文件", _EXPORT)
    return _TEXT


def _decoded(start: bytes) -> str | None:
    """The beginning of a text; None for bytes that are none."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            return start.removeprefix(mark).decode(encoding, "ignore")
    if b"\0" in start:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
    return None
