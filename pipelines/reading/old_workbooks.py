"""Old workbooks (BIFF8) whose text is UTF-16, whatever their code page record says: the reader would believe it."""

import struct
from typing import Final

_BEGIN: Final = b"\x09\x08\x10\x00\x00\x06\x05\x00"
"""The first bytes of a workbook's globals in BIFF8: kind of record, length, version, kind of stream."""
_CODE_PAGE: Final = 0x0042
_END: Final = 0x000A
_UTF16: Final = 1200
_WITHIN: Final = 1024
"""The record stands among the first of a stream, which lie in one piece."""


def with_its_code_page(content: bytes) -> bytes:
    """The same workbook with a code page record that is true; the bytes themselves where it is, or there is none."""
    at = content.find(_BEGIN)
    end = at + _WITHIN
    while 0 <= at < end and at + 6 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        if kind == _END:
            break
        if kind == _CODE_PAGE and length == 2:
            if struct.unpack_from("<H", content, at + 4)[0] == _UTF16:
                break
            return content[: at + 4] + struct.pack("<H", _UTF16) + content[at + 6 :]
        at += 4 + length
    return content
