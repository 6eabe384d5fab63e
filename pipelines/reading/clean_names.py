"""Names of files as they are kept and shown, whatever they were sent under."""

from pathlib import Path
from typing import Final

LONGEST: Final = 160
"""Bytes of a name that is kept: with what is put before and behind it, it fits every file system."""

_LONGEST_ENDING: Final = 10
_LONGEST_WRITTEN: Final = 1_000
"""Bytes of a name that are written out: a file system has at most 255, an archive may hold 65,535."""
_ENCODINGS: Final = ("utf-8", "gb18030")
_UNREADABLE: Final = "_"


def clean_name(sent: str) -> str:
    """A name as it is kept and shown: text, printable, of at most ``LONGEST`` bytes, its ending kept.

    Names that a Chinese Windows wrote are read in its encoding.
    """
    text = "".join(c if c.isprintable() and c not in "/\\" else _UNREADABLE for c in _decoded(sent))
    if len(text.encode()) <= LONGEST:
        return text
    stem, dot, ending = text.rpartition(".")
    behind = f"…{dot}{ending}" if dot and len(ending) <= _LONGEST_ENDING else "…"
    kept = (stem if behind != "…" else text).encode()[: LONGEST - len(behind.encode())]
    return kept.decode("utf-8", "ignore") + behind


def as_sent(sent: str) -> str | None:
    """A name as it came, what is strange in it written out; None where it is kept as it came."""
    if clean_name(sent) == sent:
        return None
    return written_out(_octets(sent))


def written_out(octets: bytes) -> str:
    """The bytes of a name as text that shows each of them and does nothing, as far as a name may go."""
    text = octets[:_LONGEST_WRITTEN].decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")
    return text if len(octets) <= _LONGEST_WRITTEN else f"{text}..."


def clean_path(relative: Path) -> Path:
    """A path of several names, each of them cleaned."""
    return Path(*(clean_name(part) for part in relative.parts))


def _octets(sent: str) -> bytes:
    """The bytes of a name as the file system has them."""
    return sent.encode("utf-8", "surrogateescape")


def _decoded(sent: str) -> str:
    octets = _octets(sent)
    for encoding in _ENCODINGS:
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("ascii", "replace").replace("\ufffd", _UNREADABLE)
