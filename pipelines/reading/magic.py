"""What a file is, told by its first bytes and not by its name."""

import zipfile
from pathlib import Path
from typing import Final

from pipelines.reading.errors import UnreadableFileError

_BEGINNINGS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\x1f\x8b", "gzip压缩文件", "请先解压，再报送里面的文件"),
    (b"Rar!", "RAR压缩文件", "请先解压，或重新压缩为zip格式"),
    (b"7z\xbc\xaf", "7z压缩文件", "请先解压，或重新压缩为zip格式"),
    (b"%PDF", "PDF文件", "请从原系统导出为xlsx或csv"),
    (b"PAR1", "Parquet文件", "请把扩展名改为parquet"),
    (b"\xd0\xcf\x11\xe0", "Excel工作簿（xls）", "请把扩展名改为xls"),
)


def refuse_wrong_kind(path: Path, suffix: str) -> None:
    """Raise UnreadableFileError for a file that is of another kind than its name says, and say which."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if suffix in ("xlsx", "xls") and start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return
    if suffix == "parquet" and start.startswith(b"PAR1"):
        return
    if start.startswith(b"PK\x03\x04"):
        what, then = _archive(path)
    else:
        found = next(((w, t) for begin, w, t in _BEGINNINGS if start.startswith(begin)), None)
        if found is None:
            return
        what, then = found
    raise UnreadableFileError(f"扩展名是{suffix}，内容却是{what}。{then}，然后重新报送", reason="wrong_kind")


def _archive(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip压缩文件", "请核对文件后重新导出"
    if "xl/workbook.xml" in names:
        return "Excel工作簿（xlsx）", "请把扩展名改为xlsx"
    return "zip压缩文件", "请把扩展名改为zip"
