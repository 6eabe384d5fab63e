"""What a delivery is made of: its files with their hashes, and the tables within, zips opened."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from expectations.feed import Feed
from pipelines.reading import FileName, Opened, RawTable, UnreadableFileError, open_file, parse_file_name, unpack
from pipelines.reading.arrival import Arrival
from pipelines.reading.names import explain_name
from pipelines.reading.notices import Cause, Notice, notice_of
from pipelines.reading.packed import passed_over
from warehouse.books.deliveries import SourceFile
from warehouse.lake import hash_plain


@dataclass(frozen=True)
class Contents:
    """All tables of a delivery in order of parts; problems where it must be refused."""

    tables: tuple[RawTable, ...]
    problems: tuple[Notice, ...]
    warnings: tuple[Notice, ...]
    members: Mapping[str, tuple[tuple[str, str], ...]]
    """By archive, names within it that came otherwise than they are kept."""

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Headings that no declaration names, each once."""
        return tuple(dict.fromkeys(h for t in self.tables for h in t.layout.extra))


def hash_files(arrival: Arrival) -> tuple[tuple[SourceFile, ...], str]:
    """The files as the books keep them, and the hash of the whole: of several parts over their hashes in order.

    Raises NotPlainError.
    """
    sent = arrival.sent or (None,) * len(arrival.names)
    given = zip(arrival.paths, arrival.names, sent, strict=True)
    files = tuple(SourceFile(name, *hash_plain(path), came_as) for path, name, came_as in given)
    if len(files) == 1:
        return files, files[0].sha256
    return files, hashlib.sha256("".join(f.sha256 for f in files).encode("ascii")).hexdigest()


@contextmanager
def open_contents(arrival: Arrival, feed: Feed, scratch: Path) -> Iterator[Contents]:
    """Open every file of a delivery, all of them even where one has problems; zips lie unpacked in ``scratch``."""
    opened: list[Opened] = []
    renamed: dict[str, tuple[tuple[str, str], ...]] = {}
    with ExitStack() as stack:
        for path, name in zip(arrival.paths, arrival.names, strict=True):
            says = parse_file_name(name)
            if says is None:
                opened.append(Opened(problems=(Notice(Cause.BAD_NAME, explain_name(name), name),)))
            elif says.suffix == "zip":
                opened.extend(_open_zip(stack, path, name, says, feed, scratch, renamed))
            else:
                opened.append(open_file(path, name, says.suffix, feed))
        yield Contents(
            tables=tuple(t for o in opened for t in o.tables),
            problems=tuple(p for o in opened for p in o.problems),
            warnings=tuple(w for o in opened for w in o.warnings),
            members=renamed,
        )


def _open_zip(
    stack: ExitStack,
    path: Path,
    name: str,
    says: FileName,
    feed: Feed,
    scratch: Path,
    renamed: dict[str, tuple[tuple[str, str], ...]],
) -> Iterator[Opened]:
    try:
        members = stack.enter_context(unpack(path, scratch))
    except UnreadableFileError as error:
        yield Opened(problems=(notice_of(error.at(name)),))
        return
    renamed[name] = tuple((member.name, member.sent) for member in members if member.sent is not None)
    outer = (says.feed, says.county, says.as_of)
    for member in members:
        inner = f"{name}/{member.name}"
        if (member.says.feed, member.says.county, member.says.as_of) != outer:
            text = "与压缩包的数据种类、县代码或日期不一致。请分别报送，或改正文件名"
            yield Opened(problems=(Notice(Cause.BAD_NAME, text, inner),))
        else:
            yield open_file(member.path, inner, member.says.suffix, feed)
    if hidden := passed_over(path):
        text = f"没有读取压缩包里隐藏的文件：{'、'.join(hidden)}。要报送的，请去掉文件名开头的“.”或“~$”后重新压缩"
        yield Opened(warnings=(Notice(Cause.NOT_CHECKED, text, name),))
    parts = {m.says.parts for m in members}
    there = sorted(m.says.part for m in members)
    if says.parts == 1 and (len(parts) > 1 or there != list(range(1, max(parts) + 1))):
        text = "压缩包里的分包不齐或重复。请把各分包放齐后重新压缩报送"
        yield Opened(problems=(Notice(Cause.UNREADABLE, text, name),))
