"""The bytes behind an Arrow text array: what kinds of characters occur at all is asked of them, not of each text."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

INVISIBLE: Final = 1
"""A byte with which a format character, a filler, a private-use character or a lost one may begin."""
WRAPPED: Final = 2
"""A byte of a spreadsheet's protection: = ' `"""
LOST: Final = 4
"""? or a byte with which □ and its like begin."""
CLOCK: Final = 8
"""A colon: a time of day."""
CONTROL: Final = 16
"""A control character, or a byte with which one begins."""
BLANK: Final = 32
"""A blank, or a byte with which one begins."""
PLUS: Final = 64
POINT: Final = 128

_TRAITS: Final = np.zeros(256, dtype=np.uint8)
for _trait, _bytes in (
    (INVISIBLE, b"\xc2\xcd\xd8\xdb\xdc\xe1\xe2\xe3\xee\xef\xf0\xf3\xf4"),
    (WRAPPED, b"='`"),
    (LOST, b"?\xe2\xe3\xee\xef\xf3\xf4"),
    (CLOCK, b":"),
    (CONTROL, bytes([*range(0x20), 0x7F, 0xC2])),
    (BLANK, b" \xc2\xe1\xe2\xe3\xef"),
    (PLUS, b"+"),
    (POINT, b"."),
):
    _TRAITS[np.frombuffer(_bytes, dtype=np.uint8)] |= _trait

Octets = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]


def octets(text: pa.Array) -> tuple[Octets, Offsets]:
    """All bytes of a string array, and where each text begins in them (one more at the end)."""
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    _, offsets, data = text.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    if data is None or not len(starts):
        return np.zeros(0, dtype=np.uint8), np.zeros(len(text) + 1, dtype=np.int32)
    whole = np.frombuffer(data, dtype=np.uint8)
    return whole[starts[0] : starts[-1]], starts - starts[0]


def traits_of(text: pa.Array) -> int:
    """Which of the traits above occur in an array."""
    data, _ = octets(text)
    return int(np.bitwise_or.reduce(_TRAITS[data])) if len(data) else 0


def matching(text: pa.Array, pattern: str, trait: int) -> npt.NDArray[np.bool_]:
    """Which texts a pattern matches, none of which is without the trait."""
    if not traits_of(text) & trait:
        return np.zeros(len(text), dtype=np.bool_)
    return np.asarray(pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False), dtype=np.bool_)


def first_octets(text: pa.Array) -> Octets:
    """The first byte of each text, 0 of an empty one."""
    data, starts = octets(text)
    out = np.zeros(len(text), dtype=np.uint8)
    filled = starts[1:] > starts[:-1]
    out[filled] = data[starts[:-1][filled]]
    return out


def first_characters(text: pa.Array) -> npt.NDArray[np.int32]:
    """The code point of each text's first character where that takes three bytes, else 0."""
    data, starts = octets(text)
    out = np.zeros(len(text), dtype=np.int32)
    at = np.flatnonzero(starts[1:] - starts[:-1] >= 3)
    begin = starts[:-1][at]
    lead = data[begin]
    three = (lead & 0xF0) == 0xE0
    at, begin, lead = at[three], begin[three], lead[three].astype(np.int32)
    second, third = data[begin + 1].astype(np.int32), data[begin + 2].astype(np.int32)
    out[at] = ((lead & 0x0F) << 12) | ((second & 0x3F) << 6) | (third & 0x3F)
    return out
