"""Old workbooks of before 1997 (BIFF5) whose text is in a code page of two-byte characters, such as 936 (GBK).

Their reader takes each byte for a character of its own and gives nothing but U+FFFD. It is told a code page of single
bytes instead, gives a character for each, and these are put together here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pipelines.reading.old_workbooks import code_page

_BEGIN: Final = b"\x09\x08\x08\x00\x00\x05\x05\x00"
"""The first bytes of a workbook's globals in BIFF5: kind of record, length, version, kind of stream."""
_LATIN: Final = 1252
_TWO_BYTES: Final = {
    936: "gb18030",
    10008: "gb18030",
    20936: "gb18030",
    54936: "gb18030",
    950: "cp950",
    10002: "cp950",
}


def _character(byte: int) -> str:
    """What the reader gives for a byte: code page 1252, which has none for five of them; these are controls then."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTES: Final = {_character(byte): byte for byte in range(256)}


def with_single_bytes(content: bytes) -> tuple[bytes, str | None]:
    """The same workbook with a code page of single bytes, and the encoding that its text is in; None: as it is."""
    said = code_page(content, _BEGIN)
    encoding = _TWO_BYTES.get(said.number) if said is not None else None
    return (content, None) if said is None or encoding is None else (said.replaced(content, _LATIN), encoding)


@dataclass(frozen=True)
class _About:
    """What the list of sheets says of one."""

    name: str
    typ: Any
    visible: Any


class Recoded:
    """A workbook's reader that puts the bytes of its texts together; what they are not text in keeps U+FFFD."""

    def __init__(self, workbook: Any, encoding: str) -> None:
        """Of a reader that gives a character for each byte."""
        self._workbook = workbook
        self._encoding = encoding

    @property
    def sheets_metadata(self) -> list[_About]:
        """Its sheets by name, kind and visibility."""
        return [_About(self._text(m.name), m.typ, m.visible) for m in self._workbook.sheets_metadata]

    def get_sheet_by_index(self, place: int) -> "_Sheet":
        """A sheet with its cells."""
        return _Sheet(self._workbook.get_sheet_by_index(place), self)

    def cell(self, cell: Any) -> Any:
        """A cell as it was meant."""
        return self._text(cell) if isinstance(cell, str) else cell

    def _text(self, text: str) -> str:
        if text.isascii():
            return text
        known = all(c in _BYTES for c in text)
        return bytes(_BYTES[c] for c in text).decode(self._encoding, "replace") if known else text


class _Sheet:
    """A sheet's cells as they were meant, and its extent as the reader gives it."""

    def __init__(self, sheet: Any, book: Recoded) -> None:
        self._sheet = sheet
        self._book = book
        self.width = sheet.width
        self.height = sheet.height
        self.start = sheet.start
        self.merged_cell_ranges = sheet.merged_cell_ranges

    def iter_rows(self) -> Iterator[list[Any]]:
        """Row by row."""
        for row in self._sheet.iter_rows():
            yield [self._book.cell(cell) for cell in row]
