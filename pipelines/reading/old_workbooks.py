"""Old workbooks (BIFF8) whose text is UTF-16, whatever their code page record says: the reader would believe it."""

import struct
from typing import Final, NamedTuple

_BEGIN: Final = b"\x09\x08\x10\x00\x00\x06\x05\x00"
"""The first bytes of a workbook's globals in BIFF8: kind of record, length, version, kind of stream."""
_CODE_PAGE: Final = 0x0042
_END: Final = 0x000A
_UTF16: Final = 1200
_WITHIN: Final = 1024
"""The record stands among the first of a stream, which lie in one piece."""


class CodePage(NamedTuple):
    """What a workbook says that its text is in, and where it says so."""

    number: int
    at: int

    def replaced(self, content: bytes, number: int) -> bytes:
        """The same workbook saying another."""
        return content[: self.at] + struct.pack("<H", number) + content[self.at + 2 :]


def code_page(content: bytes, begin: bytes) -> CodePage | None:
    """The code page record of the globals that ``begin``; None where there is none."""
    at = content.find(begin)
    end = at + _WITHIN
    while 0 <= at < end and at + 6 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        if kind == _END:
            break
        if kind == _CODE_PAGE and length == 2:
            return CodePage(struct.unpack_from("<H", content, at + 4)[0], at + 4)
        at += 4 + length
    return None


def with_its_code_page(content: bytes) -> bytes:
    """The same workbook with a code page record that is true; the bytes themselves where it is, or there is none."""
    said = code_page(content, _BEGIN)
    return content if said is None or said.number == _UTF16 else said.replaced(content, _UTF16)
