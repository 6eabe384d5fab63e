"""Text, names, codes, 是/否 and area codes."""

import pyarrow as pa
import pyarrow.compute as pc

from expectations.codes import NO, YES, CodeList
from expectations.reasons import Reason
from pipelines.staging.parsing.result import Parsed, decide, mask, null_where

_BLANKS = "".join(map(chr, [*range(9, 14), 28, 29, 30, 31, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010)]))
_BLANKS += "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
BLANK_CLASS = r"[\s\p{Z}\x{200B}-\x{200F}\x{2060}\x{FEFF}]+"
_SPACE_CLASS = r"[\p{Zs}\x{200B}-\x{200F}\x{2060}\x{FEFF}]+"
_DOTS = "[.\u00b7\u2022\u2027\u2219\u22c5\u30fb\u25cf]+"
_SCIENTIFIC = r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,}$"


def clean(raw: pa.Array) -> pa.Array:
    """NFKC, trimmed of blanks of every kind."""
    return pc.utf8_trim(pc.utf8_normalize(raw, "NFKC"), _BLANKS)


def without_blanks(text: pa.Array) -> pa.Array:
    """``text`` without blanks anywhere."""
    return pc.replace_substring_regex(text, BLANK_CLASS, "")


def normalise_names(raw: pa.Array) -> pa.Array:
    """Names as staged: NFKC, no blanks, one dot ``·``. Control characters stay, to be refused."""
    text = pc.replace_substring_regex(clean(raw), _SPACE_CLASS, "")
    return pc.replace_substring_regex(text, _DOTS, "·")


def parse_text(raw: pa.Array, max_length: int, *, key: bool) -> Parsed:
    """Text as staged; ``|`` is refused in a key, where it would join two keys into one."""
    return _judge(clean(raw), max_length, key=key)


def parse_name(raw: pa.Array, max_length: int, *, key: bool) -> Parsed:
    """Names as staged."""
    return _judge(normalise_names(raw), max_length, key=key)


def _judge(text: pa.Array, max_length: int, *, key: bool) -> Parsed:
    spoilt = mask(pc.match_substring_regex(text, r"\p{Cc}")) | mask(pc.match_substring_regex(text, _SCIENTIFIC))
    if key:
        spoilt |= mask(pc.match_substring(text, "|"))
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (mask(pc.greater(pc.utf8_length(text), max_length)), Reason.TOO_LONG),
        (spoilt, Reason.BAD_TEXT),
    )
    return Parsed(null_where(text, reasons), reasons)


def parse_code(raw: pa.Array, codes: CodeList) -> Parsed:
    """Labels of a code list, from labels, finer labels and the standard's numbers."""
    accepted = codes.mapping()
    text = without_blanks(clean(raw))
    place = pc.index_in(text, value_set=pa.array(list(accepted), pa.string()))
    values = pa.array(list(accepted.values()), pa.string()).take(place)
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (mask(pc.is_null(place)), Reason.UNKNOWN_CODE),
    )
    return Parsed(values, reasons)


def parse_yes_no(raw: pa.Array) -> Parsed:
    """是/否 as booleans."""
    words = {**dict.fromkeys(sorted(YES), True), **dict.fromkeys(sorted(NO), False)}
    text = without_blanks(clean(raw))
    place = pc.index_in(text, value_set=pa.array(list(words), pa.string()))
    values = pa.array(list(words.values()), pa.bool_()).take(place)
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (mask(pc.is_null(place)), Reason.UNKNOWN_CODE),
    )
    return Parsed(values, reasons)


def parse_area(raw: pa.Array, digits: int, beginning: str) -> Parsed:
    """Area codes of so many digits that begin with the given ones."""
    text = without_blanks(clean(raw))
    fits = mask(pc.match_substring_regex(text, f"^[0-9]{{{digits}}}$")) & mask(pc.starts_with(text, beginning))
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~fits, Reason.BAD_AREA))
    return Parsed(null_where(text, reasons), reasons)
