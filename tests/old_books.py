"""Old workbooks (xls, BIFF8) written record by record, with what no writer at hand would put into them."""

import struct
from collections.abc import Sequence
from datetime import date
from pathlib import Path

_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ERRORS = {
    "#NULL!": 0x00,
    "#DIV/0!": 0x07,
    "#VALUE!": 0x0F,
    "#REF!": 0x17,
    "#NAME?": 0x1D,
    "#NUM!": 0x24,
    "#N/A": 0x2A,
    "#BUSY!": 0x55,
}


class Erred(str):
    """An error value that stands in a cell, where plain text of its name is to stay text."""

    __slots__ = ()


class Failed(str):
    """An error value that a formula came to; the name of one as plain text is an error cell."""

    __slots__ = ()


class Came(str):
    """A formula that came to a text."""

    __slots__ = ()


class Lost(str):
    """A formula that the file keeps no result of: ``no text`` follows, ``empty`` or ``zero`` is written for it."""

    __slots__ = ()


class Styled(int):
    """A number under the number format ``format_id``."""

    format_id: int

    def __new__(cls, value: int, format_id: int) -> "Styled":
        """A number and its format."""
        made = super().__new__(cls, value)
        made.format_id = format_id
        return made


def write_old_book(
    path: Path,
    table: Sequence[Sequence[object]],
    *,
    later_epoch: bool = False,
    formats: Sequence[tuple[int, str]] = (),
    calculated: bool = True,
    errors: bool = True,
    page: int = 1200,
    before: Sequence[tuple[str, int, Sequence[Sequence[object]]]] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> Path:
    """A workbook of one sheet: text, numbers, truths, error values, days under format 14, None as no cell.

    ``formats``: number formats that the workbook defines, by id; ``later_epoch``: its days count from 1904;
    ``errors``: names of error values are such, and no text; ``calculated``: the sheet does not say that its formulas
    were not; ``page``: the code page that it claims; ``before``: sheets before it, by name and state (0 visible,
    1 hidden, 2 very hidden) with their cells; ``hidden_rows``, ``hidden_columns``: counted from 1.
    """
    epoch = date(1904, 1, 1) if later_epoch else date(1899, 12, 30)
    sheets = [*before, ("名册", 0, table)]
    every = [c for _, _, rows in sheets for row in rows for c in row]
    styles = [0, 14, *sorted({c.format_id for c in every if isinstance(c, Styled)})]
    head = [
        _begin(5),
        _record(0x0042, struct.pack("<H", page)),
        _record(0x0022, struct.pack("<H", later_epoch)),
        *[_record(0x041E, struct.pack("<HHB", n, len(text), 1) + text.encode("utf-16-le")) for n, text in formats],
        *[_record(0x00E0, struct.pack("<HH", 0, n) + bytes(16)) for n in styles],
    ]
    bodies = []
    for _, _, rows in sheets:
        cells = [
            _cell(r, c, v, styles, epoch) if errors or type(v) is not str else _text_cell(r, c, v)
            for r, row in enumerate(rows)
            for c, v in enumerate(row)
            if v is not None
        ]
        uncalculated = [] if calculated else [_record(0x005E, struct.pack("<H", 0))]
        hidden = [_record(0x007D, struct.pack("<HHHHHH", n - 1, n - 1, 0, 0, 1, 0)) for n in hidden_columns]
        hidden += [_record(0x0208, struct.pack("<HHHHHHI", n - 1, 0, 256, 0, 0, 0, 0x20)) for n in hidden_rows]
        bodies.append(b"".join([_begin(0x10), *uncalculated, *hidden, *cells, _record(0x000A)]))
    names = [name.encode("utf-16-le") for name, _, _ in sheets]
    start = sum(map(len, head)) + sum(4 + 8 + len(name) for name in names) + 4
    listed = []
    for (_, state, _), name, body in zip(sheets, names, bodies, strict=True):
        listed.append(_record(0x0085, struct.pack("<IBBBB", start, state, 0, len(name) // 2, 1) + name))
        start += len(body)
    path.write_bytes(_compound(b"".join([*head, *listed, _record(0x000A), *bodies])))
    return path


def write_older_book(path: Path, table: Sequence[Sequence[str]], page: int, encoding: str) -> Path:
    """A workbook of before 1997 (BIFF5), as old programs go on writing them: text in an encoding, under a code page."""
    texts = [(r, c, value.encode(encoding)) for r, row in enumerate(table) for c, value in enumerate(row)]
    cells = [_record(0x0204, struct.pack("<HHHH", r, c, 0, len(text)) + text) for r, c, text in texts]
    style = _record(0x00E0, struct.pack("<HH", 0, 0) + bytes(12))
    before = [_begin(5, 0x0500), _record(0x0042, struct.pack("<H", page)), style]
    name = "名册".encode(encoding)
    start = sum(map(len, before)) + 4 + 7 + len(name) + 4
    sheet = _record(0x0085, struct.pack("<IHB", start, 0, len(name)) + name)
    stream = b"".join([*before, sheet, _record(0x000A), _begin(0x10, 0x0500), *cells, _record(0x000A)])
    path.write_bytes(_compound(stream, "Book"))
    return path


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _begin(kind: int, version: int = 0x0600) -> bytes:
    more = struct.pack("<II", 0, 6) if version == 0x0600 else b""
    return _record(0x0809, struct.pack("<HHHH", version, kind, 0x0DBB, 0x07CC) + more)


def _cell(row: int, column: int, value: object, styles: list[int], epoch: date) -> bytes:
    place = struct.pack("<HH", row, column)
    match value:
        case Failed():
            result = struct.pack("<HBBBBBBHHI", 0, 2, 0, _ERRORS[value], 0, 0, 0, 0xFFFF, 0, 0)
            return _record(0x0006, place + result + struct.pack("<H", 0))
        case Came() | Lost():
            kind = 3 if value in ("", "empty") else 0
            result = struct.pack("<HBBBBBBH", 0, kind, 0, 0, 0, 0, 0, 0 if value == "zero" else 0xFFFF)
            formula = _record(0x0006, place + result + struct.pack("<HIH", 0, 0, 0))
            text = value.encode("utf-16-le")
            follows = isinstance(value, Came) and value
            return formula + (_record(0x0207, struct.pack("<HB", len(text) // 2, 1) + text) if follows else b"")
        case Erred():
            return _record(0x0205, place + struct.pack("<HBB", 0, _ERRORS[value], 1))
        case bool():
            return _record(0x0205, place + struct.pack("<HBB", 0, value, 0))
        case str() if value in _ERRORS:
            return _record(0x0205, place + struct.pack("<HBB", 0, _ERRORS[value], 1))
        case str():
            return _text_cell(row, column, value)
        case date():
            return _record(0x0203, place + struct.pack("<Hd", 1, (value - epoch).days))
        case Styled():
            return _record(0x0203, place + struct.pack("<Hd", styles.index(value.format_id), value))
        case int() | float():
            return _record(0x0203, place + struct.pack("<Hd", 0, value))
    raise TypeError(value)


def _text_cell(row: int, column: int, value: str) -> bytes:
    text = value.encode("utf-16-le", "surrogatepass")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)


def _compound(stream: bytes, book: str = "Workbook") -> bytes:
    """The file system around one stream: header, allocation table, directory, the stream, a sector out of order."""
    pad = max(4096, -(-len(stream) // _SECTOR) * _SECTOR)
    stream = stream.ljust(pad, b"\0")
    count = pad // _SECTOR
    tables = -(-(count + 1) // (_SECTOR // 4 - 1))
    table = [_TABLE] * tables + [_END] + [tables + 2 + n for n in range(count - 1)] + [_END]
    table += [_FREE] * (tables * _SECTOR // 4 - len(table))
    header = bytearray(_SECTOR)
    struct.pack_into("<8s16xHHHHH", header, 0, bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<9I", header, 40, 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    struct.pack_into("<109I", header, 76, *range(tables), *[_FREE] * (109 - tables))
    directory = bytearray(_SECTOR)
    for n, (name, kind, start, size) in enumerate((("Root Entry", 5, _END, 0), (book, 2, tables + 1, pad))):
        text = name.encode("utf-16-le")
        directory[128 * n : 128 * n + len(text)] = text
        struct.pack_into("<HB", directory, 128 * n + 64, len(text) + 2, kind)
        struct.pack_into("<III", directory, 128 * n + 68, _FREE, _FREE, 1 if kind == 5 else _FREE)
        struct.pack_into("<II", directory, 128 * n + 116, start, size)
    return bytes(header) + struct.pack(f"<{len(table)}I", *table) + bytes(directory) + stream
