"""Characters that were destroyed on the way, and text that was read in the wrong encoding."""

import codecs
import string
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.staging.parsing.octets import LOST, first_characters, first_octets, matching
from pipelines.staging.parsing.result import mask

_NOT_IN_CP1252: Final = frozenset("\x81\x8d\x8f\x90\x9d")
_BESIDE_IDEOGRAPHS: Final = frozenset("·（）()《》、，。：；－-—“” " + string.ascii_letters + string.digits)

BoolMask = npt.NDArray[np.bool_]

_LOST_IN_NAMES: Final = r"[?\x{FFFD}\x{25A1}\x{25A0}\x{25AF}\x{3013}\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]"
"""What stands for a character that could not be written: ?, □ and its like, and private use."""

_LOST_ANYWHERE: Final = r"\x{FFFD}"
_FIRST_IDEOGRAPH: Final = 0xE4
"""From this byte on a text begins with an ideograph, as nearly all names do."""


def _mistaken() -> npt.NDArray[np.bool_]:
    """By code point: whether GBK reads the first two bytes of an ideograph in UTF-8 (E4 to E9, 80 to BF) so."""
    out = np.zeros(0x10000, dtype=np.bool_)
    for lead in range(0xE4, 0xEA):
        for trail in range(0x80, 0xC0):
            out[ord(bytes((lead, trail)).decode("gb18030"))] = True
    return out


_UTF8_READ_AS_GBK: Final = _mistaken()
_LATIN_BEGINNINGS: Final = np.zeros(256, dtype=np.bool_)
_LATIN_BEGINNINGS[[0xC2, 0xC3, 0xC5, 0xC6, 0xCB, 0xE2]] = True


def lost_in_names(text: pa.Array) -> BoolMask:
    """Names in which a character was lost."""
    return matching(text, _LOST_IN_NAMES, LOST)


def lost_anywhere(text: pa.Array) -> BoolMask:
    """Texts in which a byte was replaced because it did not decode."""
    return matching(text, _LOST_ANYWHERE, LOST)


def without_letter(text: pa.Array) -> BoolMask:
    """Texts without any letter; blanks too."""
    out = np.zeros(len(text), dtype=np.bool_)
    first = first_octets(text)
    at = np.flatnonzero((first < _FIRST_IDEOGRAPH) | (first >= 0xEE))
    if len(at):
        out[at] = ~mask(pc.match_substring_regex(text.take(pa.array(at)), r"\p{L}"))
    return out


def in_foreign_encoding(text: pa.Array) -> BoolMask:
    """Texts that are ideographs, and what stands among them, once they are read in the other encoding.

    Of these there are two kinds: UTF-8 read as GB18030 (王伟 is 鐜嬩紵), and GB18030 or UTF-8 read as Latin (王 is Íõ).
    """
    out = np.zeros(len(text), dtype=np.bool_)
    suspects = _UTF8_READ_AS_GBK[first_characters(text)] | _LATIN_BEGINNINGS[first_octets(text)]
    at = np.flatnonzero(suspects)
    if len(at):
        out[at] = [meant(t) is not None for t in text.take(pa.array(at)).to_pylist()]
    return out


def meant(text: str) -> str | None:
    """What a text says once it is read in the encoding that it was written in; None where it is right as it is.

    What a broken reading left as ? or nothing at the end does not hide the rest.
    """
    whole = text.rstrip("?\ufffd")
    for wrong, right in ((_as_gb18030, "utf-8"), (_as_latin, "gb18030"), (_as_latin, "utf-8")):
        try:
            octets = wrong(whole)
            read = codecs.getincrementaldecoder(right)().decode(octets, final=whole == text)
        except UnicodeError:
            continue
        ideographs = sum("\u4e00" <= c <= "\u9fff" for c in read)
        if ideographs >= 2 and all("\u4e00" <= c <= "\u9fff" or c in _BESIDE_IDEOGRAPHS for c in read):
            # rare characters can be anything: one of the two readings must be of common ones
            return read if _is_common(read) or not _is_common(whole) else None
    return None


def _as_gb18030(text: str) -> bytes:
    return text.encode("gb18030")


def _as_latin(text: str) -> bytes:
    """The bytes behind a Latin text: cp1252, which has no character for five of them; databases give controls then."""
    return b"".join(c.encode("latin-1") if c in _NOT_IN_CP1252 else c.encode("cp1252") for c in text)


def _is_common(text: str) -> bool:
    """Whether GB 2312 has all of its characters."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
