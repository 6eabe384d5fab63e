"""The characters of a text file: UTF-8 with or without BOM, GB18030, UTF-16 with BOM; strictly, nothing replaced."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from expectations.errors import Place
from pipelines.reading.errors import UnreadableFileError

_CHUNK = 1 << 20


def detect_encoding(path: Path) -> str:
    """Python's name of the encoding in which the whole file decodes; raises UnreadableFileError where none does."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _decodes(path, "utf-8"):
        return "utf-8"
    return "gb18030"  # checked while it is read: a second pass over a large file is not free


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in pieces of about a megabyte; raises UnreadableFileError where a byte fits no character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    row = 1
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
                text.encode("utf-8")
            except UnicodeError as error:
                start = error.start if isinstance(error, UnicodeDecodeError) else 0
                row += chunk[:start].count(b"\n")
                raise UnreadableFileError(
                    "从这一行起有文字的编码无法识别。请用UTF-8或GB18030（GBK）编码把整个文件另存后重新报送",
                    reason="undecodable",
                    where=Place(row=row),
                ) from error
            row += text.count("\n")
            if text:
                yield text
            if not chunk:
                return


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
