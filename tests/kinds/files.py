"""Kinds of whole files: how each is written in each format, and what must be said of it, over any feed."""

import gzip
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from feed_tables import file_name, rows_of, text_table
from kinds.books import write_book
from old_books import write_old_book
from sent_files import FORMATS, WITH_ROWS_ABOVE

from expectations.feed import Feed, Money

Table = list[list[Any]]
Write = Callable[[Path, Feed, str], Path]

CSV: Final = ("csv", "csv of gb18030", "csv of utf-16", "zip")
"""Formats whose table is a text, the archive of one among them."""
BOOKS: Final = ("xlsx", "xls")
EVERY: Final = tuple(FORMATS)
ROWS: Final = 3


@dataclass(frozen=True)
class FileKind:
    """A kind of file, of a part of issue H's list.

    ``forms``: those that it is asked of; ``why``: why of no others. ``refused``, ``warned``: causes that are told of
    it, each as often as it must be. ``scale``: what amounts are multiplied by. ``rows``: how many are read.
    """

    part: int
    write: Write
    forms: Collection[str] = EVERY
    why: str = ""
    refused: Callable[[Feed], list[str]] = lambda _: []
    warned: Callable[[Feed], list[str]] = lambda _: []
    scale: int | None = None
    rows: int = ROWS


def money_of(feed: Feed) -> list[int]:
    """Places of the columns that hold amounts."""
    return [n for n, c in enumerate(feed.columns) if isinstance(c.type, Money)]


def _plain(feed: Feed) -> Table:
    return [list(row) for row in text_table(feed, rows_of(feed, ROWS))]


def _table(change: Callable[[Feed, Table], Table]) -> Write:
    """A clean table that was changed, in whichever format."""
    return lambda folder, feed, form: FORMATS[form](folder, feed, change(feed, _plain(feed)))


def _octets(change: Callable[[bytes], bytes]) -> Write:
    """A clean file whose bytes were changed; of an archive those of the file within."""

    def write(folder: Path, feed: Feed, form: str) -> Path:
        path = FORMATS[form](folder, feed, _plain(feed))
        if form != "zip":
            path.write_bytes(change(path.read_bytes()))
            return path
        with zipfile.ZipFile(path) as packed:
            inner = change(packed.read(file_name(feed)))
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(file_name(feed), inner)
        return path

    return write


def _wide(feed: Feed, first: str) -> list[str]:
    return [first, *[""] * (len(feed.columns) - 1)]


def _twice(feed: Feed, table: Table, *, same: bool) -> Table:
    return [[*row, *(row if same or n == 0 else ["别的"] * len(row))] for n, row in enumerate(table)]


def _parted(feed: Feed, table: Table) -> Table:
    """Each heading in two rows: its first two characters above, as a group is drawn."""
    upper = [t[:2] if len(t) > 3 else "基本情况" for t in table[0]]
    lower = [t[2:] if len(t) > 3 else t for t in table[0]]
    return [upper, lower, *table[1:]]


def _in_ten_thousands(feed: Feed, table: Table) -> Table:
    for row in table[1:]:
        for place in money_of(feed):
            row[place] = f"{Decimal(row[place]) / 10_000:f}"
    return table


def _below(feed: Feed, table: Table) -> Table:
    units = ["万元" if n in money_of(feed) else "" for n in range(len(feed.columns))]
    return [table[0], *([units] if any(units) else []), *table[1:]]


def _behind(feed: Feed, table: Table) -> Table:
    return [[f"{t}（万元）" if n in money_of(feed) else t for n, t in enumerate(table[0])], *table[1:]]


def _over(feed: Feed, table: Table) -> Table:
    return [["金额（万元）" if n in money_of(feed) else "其他情况" for n in range(len(feed.columns))], *table]


def _scaled(change: Callable[[Feed, Table], Table]) -> Write:
    return _table(lambda feed, table: change(feed, _in_ten_thousands(feed, table)))


def _book(folder: Path, feed: Feed, form: str, *, aside: int, state: int = 1, only: bool = False) -> Path:
    """A workbook with a hidden sheet of the same headings before it, or with nothing else."""
    visible, hidden = _plain(feed), [[f"旧{c}" if n else c for c in row] for n, row in enumerate(_plain(feed))]
    name = ("hidden", "veryHidden")[state - 1]
    if form == "xlsx":
        path = folder / file_name(feed, "xlsx")
        sheets = {"去年": visible if only else hidden, "名册": [["目录"]] if only else visible}
        return write_book(path, sheets, states={"去年": name})
    before = ("去年", state, visible if only else hidden)
    return write_old_book(folder / file_name(feed, "xls"), [["目录"]] if only else visible, before=[before])


def _hidden(*, state: int = 1, only: bool = False) -> Write:
    return lambda folder, feed, form: _book(folder, feed, form, aside=0, state=state, only=only)


def _hidden_cells(folder: Path, feed: Feed, form: str) -> Path:
    how: dict[str, Any] = {"hidden_rows": [2, 3], "hidden_columns": [1, len(feed.columns)]}
    if form == "xlsx":
        return write_book(folder / file_name(feed, "xlsx"), {"名册": _plain(feed)}, **how)
    return write_old_book(folder / file_name(feed, "xls"), _plain(feed), **how)


def _paged(page: int) -> Write:
    return lambda folder, feed, _: write_old_book(folder / file_name(feed, "xls"), _plain(feed), page=page)


def _renamed(folder: Path, feed: Feed, form: str) -> Path:
    """Under an ending that is none of its own."""
    path = FORMATS[form](folder, feed, _plain(feed))
    return path.rename(path.with_suffix(".csv" if path.suffix in (".parquet", ".xlsx", ".xls") else ".parquet"))


def _locked(folder: Path, feed: Feed, form: str) -> Path:
    if form == "zip":
        path = FORMATS["zip"](folder, feed, _plain(feed))
        octets = bytearray(path.read_bytes())
        for begin, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
            octets[octets.rfind(begin) + at] |= 1
        path.write_bytes(octets)
        return path
    path = folder / file_name(feed, form)
    entries = b"".join(
        (n + "\0").encode("utf-16-le").ljust(128, b"\0") for n in ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    )
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0") + entries.ljust(512, b"\0"))
    return path


def _foreign_bytes(octets: bytes) -> bytes:
    """A row within that has bytes of no encoding."""
    if octets.startswith(b"\xff\xfe"):  # half of a character
        return octets + b"\x00\xd8\n\x00"
    lines = octets.split(b"\n")
    return b"\n".join([*lines[:2], b"\xff\xff" + lines[2], *lines[3:]])


def _without_mark(octets: bytes) -> bytes:
    return octets.removeprefix(b"\xef\xbb\xbf").decode("utf-8").encode("utf-16-le")


def _escaped(encoding: str) -> Callable[[bytes], bytes]:
    def change(octets: bytes) -> bytes:
        head, first, *rest = octets.decode(encoding).split("\n")
        delimiter = next(d for d in ",;\t" if d in head)
        _, behind = first.split(delimiter, 1)
        return "\n".join([head, f'"甲\\"乙\\"丙"{delimiter}{behind}', *rest]).encode(encoding)

    return change


def _escaping(folder: Path, feed: Feed, form: str) -> Path:
    encoding = {"csv": "utf-8", "csv of utf-16": "utf-16"}.get(form, "gb18030")
    return _octets(_escaped(encoding))(folder, feed, form)


_NO_ROWS_ABOVE = "no row can stand above the names of its columns"
_ABOVE = tuple(WITH_ROWS_ABOVE)
_NO_SHEETS = "it has no sheets"


def _unit(feed: Feed) -> list[str]:
    return ["unit"] if money_of(feed) else []


KINDS: dict[str, FileKind] = {
    "headings twice over other cells": FileKind(
        1,
        _table(lambda f, t: _twice(f, t, same=False)),
        refused=lambda feed: ["ambiguous_heading"] * len(feed.columns),
    ),
    "headings twice over the same cells": FileKind(1, _table(lambda f, t: _twice(f, t, same=True))),
    "headings in two rows": FileKind(1, _table(_parted), _ABOVE, _NO_ROWS_ABOVE),
    "a unit in the title": FileKind(
        3,
        _scaled(lambda f, t: [_wide(f, f"{f.title}（金额单位：万元）"), *t]),
        _ABOVE,
        _NO_ROWS_ABOVE,
        warned=_unit,
        scale=10_000,
    ),
    "a unit over the headings": FileKind(3, _scaled(_over), _ABOVE, _NO_ROWS_ABOVE, warned=_unit, scale=10_000),
    "a row of units": FileKind(3, _scaled(_below), warned=_unit, scale=10_000),
    "a unit behind the headings": FileKind(3, _scaled(_behind), scale=10_000),
    "a unit that nobody knows": FileKind(
        3,
        _table(lambda f, t: [_wide(f, "单位：亿元"), *t]),
        _ABOVE,
        _NO_ROWS_ABOVE,
        refused=lambda feed: ["unknown_unit"] * len(money_of(feed)),
    ),
    "a hidden sheet": FileKind(7, _hidden(), BOOKS, _NO_SHEETS, warned=lambda _: ["hidden_sheet"]),
    "a very hidden sheet": FileKind(7, _hidden(state=2), BOOKS, _NO_SHEETS, warned=lambda _: ["hidden_sheet"]),
    "no table but a hidden one": FileKind(7, _hidden(only=True), BOOKS, _NO_SHEETS, warned=lambda _: ["hidden_sheet"]),
    "hidden rows and columns": FileKind(7, _hidden_cells, BOOKS, "nothing in it can be hidden"),
    "bytes of no encoding": FileKind(
        8, _octets(_foreign_bytes), CSV, "text lies in it in one encoding only", refused=lambda _: ["undecodable"]
    ),
    "another code page": FileKind(10, _paged(936), ("xls",), "it has no record of a code page"),
    "a code page of the West": FileKind(10, _paged(1252), ("xls",), "it has no record of a code page"),
    "a password": FileKind(12, _locked, (*BOOKS, "zip"), "it cannot be locked", refused=lambda _: ["encrypted"]),
    "another name": FileKind(12, _renamed, refused=lambda _: ["wrong_kind"]),
    "packed once more": FileKind(12, _octets(gzip.compress), refused=lambda _: ["wrong_kind"]),
    "nothing at all": FileKind(12, _octets(lambda _: b""), refused=lambda _: ["unreadable"]),
    "no mark of UTF-16": FileKind(
        12, _octets(_without_mark), ("csv",), "it is another encoding", refused=lambda _: ["undecodable"]
    ),
    "quotes behind backslashes": FileKind(
        12, _escaping, CSV, "quotes mean nothing in it", refused=lambda _: ["unreadable"]
    ),
    "an end too early": FileKind(
        12,
        lambda folder, feed, form: _cut(FORMATS[form](folder, feed, _plain(feed))),
        (*BOOKS, "parquet", "zip"),
        "a text that ends is a text: rows that are missing are told by their number",
        refused=lambda _: ["unreadable"],
    ),
}
"""By what they are called."""


def _cut(path: Path) -> Path:
    octets = path.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])
    return path
