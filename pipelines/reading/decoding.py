"""The characters of a text file: UTF-8 with or without BOM, GB18030, UTF-16 with BOM; strictly, nothing replaced."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from expectations.errors import Place
from pipelines.reading.errors import UnreadableFileError

_CHUNK = 1 << 20
_BEGINNING = 4096
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_ESCAPED: Final = re.compile(r'\\"[^",;\t\r\n]')
"""A quote behind a backslash, as some databases export it, where a CSV would have closed the text before."""
_SAID: Final = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030（GBK）"}


def detect_encoding(path: Path) -> str:
    """Python's name of the encoding in which the file is written, be it that some bytes of it are in none.

    What decodes as a whole is UTF-8. Else most of the text near the beginning tells, so that the row is named that is
    in another encoding, and not the first that is right.
    """
    with path.open("rb") as stream:
        start = stream.read(_BEGINNING)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if any(_is_utf16(start, order) for order in ("utf-16-le", "utf-16-be")):
        # which way round its bytes stand is then a guess, and one that could read other characters
        raise UnreadableFileError(
            "文件是UTF-16编码，开头却没有BOM标记，无法识别。请另存为“UTF-8（带BOM）”或GB18030（GBK）编码的CSV后重新报送",
            reason="undecodable",
        )
    if _decodes(path, "utf-8"):
        return "utf-8"
    with path.open("rb") as stream:
        lines = stream.read(_CHUNK).split(b"\n")
    others, plain = 0, 0
    for line in lines[:-1] or lines:
        foreign = len(line) - len(line.translate(None, _BEYOND_ASCII))
        if foreign and is_utf8(line):
            plain += foreign
        else:
            others += foreign
    # what follows is checked while it is read: a second pass over a large file is not free
    return "utf-8" if plain > others else "gb18030"


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in pieces of about a megabyte; raises UnreadableFileError where a byte fits no character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    row, tail = 1, ""
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
                text.encode("utf-8")
            except UnicodeError as error:
                raise UnreadableFileError(
                    f"这一行有文字不是{_SAID[encoding]}编码，与文件其他部分不同，无法识别。"
                    "请改正这一行，或用UTF-8或GB18030（GBK）编码把整个文件另存后重新报送",
                    reason="undecodable",
                    where=Place(row=row + _lines_before(error, encoding)),
                ) from error
            _refuse_escaped(tail + text, row - tail.count("\n"))
            row += text.count("\n")
            tail = text[-2:]
            if text:
                yield text
            if not chunk:
                return


def _refuse_escaped(text: str, row: int) -> None:
    """Raise UnreadableFileError for quotes behind backslashes; ``row`` is that of the text's beginning.

    A reader of CSV ends the text at such a quote: what follows it would be staged with strokes and quotes, or slip.
    """
    if '\\"' in text and (found := _ESCAPED.search(text)):
        raise UnreadableFileError(
            '这一行的引号前面加了反斜杠（\\"）。CSV里文字中的引号要写两遍（""），不用反斜杠。请改正导出设置，'
            "或在原系统另存为xlsx后重新报送",
            where=Place(row=row + text[: found.start()].count("\n")),
        )


def _is_utf16(start: bytes, order: str) -> bool:
    """Whether bytes are a text of UTF-16 in this order: one with lines and delimiters, all of whose bytes have a place.

    No other text has a zero byte.
    """
    try:
        text = start[: len(start) // 2 * 2].decode(order)
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # cut within a character at the end
            return False
        text = start[: error.start].decode(order)
    return b"\0" in start and "\0" not in text and "\n" in text and any(d in text for d in ",;\t")


def _lines_before(error: UnicodeError, encoding: str) -> int:
    """Ends of lines before the place of an error, in what was to be decoded."""
    match error:
        case UnicodeDecodeError(object=octets, start=start) if encoding == "utf-16":
            return sum(octets[at : at + 2] in (b"\n\0", b"\0\n") for at in range(0, start, 2))
        case UnicodeDecodeError(object=octets, start=start):
            return octets[:start].count(b"\n")
        case UnicodeEncodeError(object=text, start=start):
            return text[:start].count("\n")
        case _:
            return 0


def is_utf8(octets: bytes) -> bool:
    """Whether these bytes are text in UTF-8."""
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_of(octets: bytes) -> str:
    """The text of a cell that holds bytes: UTF-8, else GB18030; what is neither keeps U+FFFD, which no column takes."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return "\ufffd"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


class Utf8Stream:
    """A decoded file as a stream of UTF-8 bytes, from a given character on: what pyarrow reads."""

    def __init__(self, path: Path, encoding: str, skip_characters: int) -> None:
        """Open at ``skip_characters``."""
        self.closed = False
        self._pieces = decoded(path, encoding)
        self._skip = skip_characters
        self._buffer = bytearray()

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        while size < 0 or len(self._buffer) < size:  # pyarrow takes what it is given for a whole block
            piece = next(self._pieces, None)
            if piece is None:
                break
            if self._skip:
                self._skip, piece = max(0, self._skip - len(piece)), piece[self._skip :]
            self._buffer += piece.encode("utf-8")
        end = len(self._buffer) if size < 0 else min(size, len(self._buffer))
        out = bytes(memoryview(self._buffer)[:end])
        del self._buffer[:end]
        return out

    def close(self) -> None:
        """End reading."""
        self.closed = True
        self._pieces.close()  # type: ignore[attr-defined]  # a generator
