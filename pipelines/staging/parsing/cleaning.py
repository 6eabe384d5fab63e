"""One normal form for all text: NFKC, nothing invisible, no spreadsheet's protection, trimmed, no moved characters."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.staging.parsing.octets import INVISIBLE, WRAPPED, traits_of
from pipelines.staging.parsing.result import mask

_BLANKS = "".join(map(chr, [*range(9, 14), 28, 29, 30, 31, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010)]))
_BLANKS += "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
BLANK_CLASS: Final = r"[\s\p{Z}\x{200B}-\x{200F}\x{2060}\x{FEFF}]+"
SPACE_CLASS: Final = r"[\p{Zs}\x{200B}-\x{200F}\x{2060}\x{FEFF}]+"

_INVISIBLE: Final = (
    r"[\p{Cf}\x{034F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180E}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FFA0}"
    r"\x{E0100}-\x{E01EF}]+"
)
"""Format characters (Unicode Cf), and what is drawn as nothing though it is none: fillers and variation selectors."""

_FORMULA: Final = r'^=\s*"+([^"]*)"+$'
_APOSTROPHE: Final = "^['`]+"


def _moved() -> dict[int, str]:
    """The 80 code points that GB18030 moved: GBK 1.0 kept FE50 to FEA0 in the private use area (U+E815 to U+E864).

    Python's codec gives what GB 18030-2005 has for 66 of them. The other 14 (GB 18030-2022, appendix; glibc's iconv
    agrees): six of plane 2, and eight that Unicode 4.1 added.
    """
    rest = {
        0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
        0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9,
        0xE854: 0x9FBA, 0xE864: 0x9FBB,
    }  # fmt: skip
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    present = {0xE815 + n: bytes((0xFE, trail)).decode("gb18030") for n, trail in enumerate(trails)}
    return present | {old: chr(new) for old, new in rest.items()}


MOVED: Final = _moved()
"""Present character by the private-use code point that stood for it."""

_MOVED_CLASS: Final = r"[\x{E815}-\x{E864}]"


def clean(raw: pa.Array) -> pa.Array:
    """The normal form, trimmed of blanks of every kind."""
    text = pc.utf8_normalize(raw, "NFKC")
    traits = traits_of(text)
    if traits & INVISIBLE:
        text = pc.replace_substring_regex(_folded(text), _INVISIBLE, "")
    text = pc.utf8_trim(text, _BLANKS)
    if traits & WRAPPED:
        text = _unwrapped(text)
    return text


def plain_text(text: str) -> str:
    """The normal form of one text, as ``clean`` gives it."""
    return str(clean(pa.array([text], pa.string()))[0].as_py())


def without_blanks(text: pa.Array) -> pa.Array:
    """``text`` without blanks anywhere."""
    return pc.replace_substring_regex(text, BLANK_CLASS, "")


def _folded(text: pa.Array) -> pa.Array:
    moved = mask(pc.match_substring_regex(text, _MOVED_CLASS))
    if not moved.any():
        return text
    chosen = pa.array(moved)
    folded = [t.translate(MOVED) for t in text.filter(chosen).to_pylist()]
    return pc.replace_with_mask(text, chosen, pa.array(folded, pa.string()))


def _unwrapped(text: pa.Array) -> pa.Array:
    """Without what keeps a spreadsheet from touching a value: ="…" around it, or an apostrophe before."""
    for form, kept in ((_APOSTROPHE, ""), (_FORMULA, r"\1"), (_APOSTROPHE, "")):
        if mask(pc.match_substring_regex(text, form)).any():
            text = pc.utf8_trim(pc.replace_substring_regex(text, form, kept), _BLANKS)
    return text
