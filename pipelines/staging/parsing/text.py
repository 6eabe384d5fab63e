"""Text, names, codes, 是/否 and area codes."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.codes import NO, YES, CodeList
from expectations.departments import OF_A_PLACE
from expectations.reasons import Detail, Reason
from pipelines.staging.parsing.cleaning import SPACE_CLASS, clean, without_blanks
from pipelines.staging.parsing.destroyed import in_foreign_encoding, lost_anywhere, lost_in_names, without_letter
from pipelines.staging.parsing.octets import BLANK, CONTROL, PLUS, POINT, matching, traits_of
from pipelines.staging.parsing.result import Parsed, decide, mask, null_where
from pipelines.staging.parsing.words import faults_of_words

_DOTS = "[.\u00b7\u2022\u2027\u2219\u22c5\u30fb\u25cf]+"
_SCIENTIFIC = r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,}$"
_SCIENTIFIC_NAME: Final = _SCIENTIFIC.replace(r"\.", "·")
"""The same where a point is the dot of a name."""
FLOATED: Final = r"^[0-9]+\.0+$"
"""A whole number that went through floating point."""
_FLOATED_EXACTLY: Final = r"^([0-9]{1,15})\.0+$"


def normalise_names(raw: pa.Array) -> pa.Array:
    """Names as staged: clean, no blanks, one dot ``·``. Control characters stay, to be refused."""
    return pc.replace_substring_regex(_without_spaces(clean(raw)), _DOTS, "·")


def normal_key(raw: pa.Array) -> pa.Array:
    """Keys in the one form in which they are compared: clean, no blanks."""
    return _without_spaces(clean(raw))


def parse_text(raw: pa.Array, max_length: int) -> Parsed:
    """Text as staged."""
    return _judge(raw, clean(raw), max_length)


def parse_key(raw: pa.Array, max_length: int, *, floated: bool = False) -> Parsed:
    """Text by which rows are joined: no blanks inside, no ``|``, which would join two keys into one.

    ``floated``: the whole column went through floating point, so that ``1001.0`` is 1001; else nobody knows.
    """
    text = normal_key(raw)
    if floated:
        text = pc.replace_substring_regex(text, _FLOATED_EXACTLY, r"\1")
    parsed = _judge(raw, text, max_length)
    parsed = parsed.refuse(mask(pc.match_substring(text, "|")) & (parsed.reasons == 0), Reason.BAD_TEXT)
    spoilt = matching(text, FLOATED, POINT) & (parsed.reasons == 0)
    return parsed.refuse(spoilt, Detail.SPOILT_BY_SPREADSHEET)


def parse_name(raw: pa.Array, max_length: int) -> Parsed:
    """Names as staged: one in which a character was lost is none, nor is one without any letter."""
    text = normalise_names(raw)
    parsed = _judge(raw, text, max_length)
    parsed = parsed.refuse(lost_in_names(text) & (parsed.reasons == 0), Detail.LOST_CHARACTERS)
    spoilt = matching(text, _SCIENTIFIC_NAME, PLUS) & (parsed.reasons == 0)
    parsed = parsed.refuse(spoilt, Detail.SPOILT_BY_SPREADSHEET)
    return parsed.refuse(without_letter(text) & (parsed.reasons == 0), Detail.NO_LETTER)


def _without_spaces(text: pa.Array) -> pa.Array:
    """Blanks of every kind go; control characters stay, to be refused."""
    return pc.replace_substring_regex(text, SPACE_CLASS, "") if traits_of(text) & BLANK else text


def _judge(raw: pa.Array, text: pa.Array, max_length: int) -> Parsed:
    words = faults_of_words(text)
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (mask(pc.greater(pc.utf8_length(text), max_length)), Reason.TOO_LONG),
        (matching(text, r"\p{Cc}", CONTROL), Reason.BAD_TEXT),
        (matching(text, _SCIENTIFIC, PLUS), Detail.SPOILT_BY_SPREADSHEET),
        (lost_anywhere(text), Detail.LOST_CHARACTERS),
        (in_foreign_encoding(raw), Detail.FOREIGN_ENCODING),
    )
    reasons = np.where(words != 0, words, reasons).astype(np.uint8)
    return Parsed(null_where(text, reasons), reasons)


def parse_code(raw: pa.Array, codes: CodeList, words: Mapping[str, str], *, is_key: bool = False) -> Parsed:
    """Labels of a code list, from labels, finer labels and the standard's numbers, and from a county's own ``words``.

    What was sent is kept where it is not the label; of a key, which has no blanks inside, without blanks.
    """
    accepted = {**codes.mapping(), **words}
    given = clean(raw)
    text = without_blanks(given)
    known = pa.array(list(accepted), pa.string())
    place = pc.index_in(text, value_set=known)
    if codes.of_a_place:
        plain = pc.replace_substring_regex(text, OF_A_PLACE, "")
        place = pc.coalesce(place, pc.index_in(plain, value_set=known))
    values = pa.array(list(accepted.values()), pa.string()).take(place)
    sent = text if is_key else given
    is_other = pc.not_equal(sent, values)  # null where nothing maps it
    differs = pc.any(is_other).as_py()
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (mask(pc.is_null(place)), Reason.UNKNOWN_CODE),
    )
    return Parsed(values, reasons, sent=pc.if_else(is_other, sent, pa.scalar(None, pa.string())) if differs else None)


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


def parse_area_of_county(raw: pa.Array, county: str) -> Parsed:
    """Codes of a county, its townships and villages: of 12 digits, zeros behind a code only make it longer."""
    text = without_blanks(clean(raw))
    short = pc.replace_substring_regex(text, "^([0-9]{6})0{6}$", r"\1")
    short = pc.replace_substring_regex(short, "^([0-9]{9})000$", r"\1")
    fits = mask(pc.match_substring_regex(short, "^[0-9]{6}(?:[0-9]{3}){0,2}$")) & mask(pc.starts_with(short, county))
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~fits, Reason.BAD_AREA))
    return Parsed(null_where(short, reasons), reasons)


def parse_area(raw: pa.Array, digits: int, beginning: str) -> Parsed:
    """Area codes of so many digits that begin with the given ones."""
    text = without_blanks(clean(raw))
    fits = mask(pc.match_substring_regex(text, f"^[0-9]{{{digits}}}$")) & mask(pc.starts_with(text, beginning))
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~fits, Reason.BAD_AREA))
    return Parsed(null_where(text, reasons), reasons)
