"""Zip files: members taken out one by one, within limits that a department's delivery never reaches."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.reading.clean_names import clean_name, written_out
from pipelines.reading.errors import UnreadableFileError, encrypted
from pipelines.reading.magic import refuse_wrong_kind
from pipelines.reading.names import FileName, explain_name, parse_file_name
from pipelines.reading.scratch import scratch_path

_MAX_MEMBERS = 100
_MOST_NAMED = 5
_LONGEST_SHOWN = 80
_LOCKED, _UTF8 = 0x1, 0x800
_MAX_BYTES = 8 << 30
_MAX_RATIO = 200
_RATIO_COUNTS_FROM = 64 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file out of a zip: where it lies for now, its base name, and ``sent``: how that came, where otherwise."""

    path: Path
    name: str
    says: FileName
    sent: str | None = None


@contextmanager
def unpack(path: Path, folder: Path) -> Iterator[tuple[Member, ...]]:
    """The files of a zip in order of parts, taken out into ``folder`` for as long as the block runs.

    Raises UnreadableFileError for what is no zip, is encrypted, too large, or holds what no delivery holds.
    """
    refuse_wrong_kind(path, "zip")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError("压缩包无法打开。请重新压缩为zip格式后报送") from error
    with archive, ExitStack() as stack:
        members = []
        for info, name, says in _wanted(archive):
            target = stack.enter_context(scratch_path(folder, f".{says.suffix}"))
            _extract(archive, info, target, name)
            members.append(Member(target, name, says, _as_sent(info, name)))
        yield tuple(members)


def passed_over(path: Path) -> tuple[str, ...]:
    """Names of hidden files of a zip that was unpacked, as they may be shown: all but those that a system writes."""
    with zipfile.ZipFile(path) as archive:
        names = [_name(info) for info in archive.infolist() if not info.filename.endswith("/")]
    hidden = [PurePosixPath(name).name for name in names if _hidden(name) and "__MACOSX" not in name]
    return tuple(_shown(name) for name in hidden if name != ".DS_Store" and not name.startswith("._"))


def _wanted(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str, FileName]]:
    infos = [i for i in archive.infolist() if not i.filename.endswith("/") and not _hidden(i.filename)]
    if not infos:
        raise UnreadableFileError("压缩包里没有文件。请重新压缩后报送")
    if len(infos) > _MAX_MEMBERS:
        raise UnreadableFileError(f"压缩包里文件过多（{len(infos)}个，最多{_MAX_MEMBERS}个）。请分开报送")
    size, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if size > _MAX_BYTES or (size > _RATIO_COUNTS_FROM and size > _MAX_RATIO * max(packed, 1)):
        raise UnreadableFileError("压缩包解压后过大，疑似异常文件。请直接报送未压缩的文件")
    if any(info.flag_bits & _LOCKED for info in infos):
        raise encrypted("压缩包")
    wanted, odd = [], []
    for info in infos:
        name = clean_name(PurePosixPath(_name(info)).name)
        says = parse_file_name(name)
        if says is None or says.suffix == "zip":
            odd.append(f"{_shown(name)}（{explain_name(name) if says is None else '压缩包里不能再放压缩包'}）")
        else:
            wanted.append((info, name, says))
    if odd:
        more = f"等{len(odd)}个文件" if len(odd) > _MOST_NAMED else ""
        raise UnreadableFileError(f"压缩包里有不能报送的文件：{'；'.join(odd[:_MOST_NAMED])}{more}")
    return sorted(wanted, key=lambda w: (w[2].part, w[1], w[0].header_offset))


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, name: str) -> None:
    """Copy one member, no further than the size it claims."""
    written = 0
    try:
        with archive.open(info) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > info.file_size:
                    raise UnreadableFileError(f"压缩包里的 {name} 与目录所记大小不符。请重新压缩后报送")
                out.write(chunk)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise UnreadableFileError(f"压缩包里的 {name} 已损坏。请重新压缩后报送") from error


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; one that does not say that it is UTF-8 was written by a Chinese Windows."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return name.replace("\\", "/")


def _as_sent(info: zipfile.ZipInfo, name: str) -> str | None:
    """A member's whole name as it stands in the archive, written out; None where it is kept so."""
    octets = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")
    return None if octets == name.encode() else written_out(octets)


def _shown(name: str) -> str:
    """A member's name for people, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "…" for c in name)[:_LONGEST_SHOWN]


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    # what leads out of a folder is not hidden: it is taken by its base name, and goes nowhere
    return "__MACOSX" in parts or any(p.startswith((".", "~$")) for p in parts if p not in (".", ".."))
