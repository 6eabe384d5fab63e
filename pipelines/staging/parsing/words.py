"""Words for nothing and error values, wherever text is expected to say something."""

from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.nothing import ERRORS, NO_FIGURE, NOTHING
from expectations.reasons import Detail, Fault, Reason
from pipelines.staging.parsing.cleaning import clean
from pipelines.staging.parsing.octets import first_octets, octets
from pipelines.staging.parsing.result import Codes, Parsed

_FAULTS: Final[dict[str, Fault]] = {
    **dict.fromkeys(sorted(ERRORS), Reason.ERROR_VALUE),
    **dict.fromkeys(sorted(NO_FIGURE), Detail.NO_FIGURE),
    **dict.fromkeys(sorted(NOTHING), Detail.WORD_FOR_NOTHING),
}
_WORDS: Final = pa.array(list(_FAULTS), pa.string())
_CODES: Final = np.array([0, *(f.code for f in _FAULTS.values())], dtype=np.uint8)
_LOOKS_LIKE_AN_ERROR: Final = "^#[a-z][a-z0-9_/ ]*[!?]$"
"""Spreadsheets go on inventing errors."""

_LONGEST: Final = max(len(word.encode()) for word in _FAULTS)
_BEGINNINGS: Final = np.zeros(256, dtype=np.bool_)
_BEGINNINGS[[b for word in _FAULTS for b in (word.encode()[0], word.upper().encode()[0])]] = True

NOTHING_CODES: Final = np.array([Reason.MISSING.code, Detail.WORD_FOR_NOTHING.code, Detail.NO_FIGURE.code])
"""All codes of Reason.MISSING."""


def faults_of_words(text: pa.Array) -> Codes:
    """For each text (clean) the code of what it says instead of a value, else 0."""
    out = np.zeros(len(text), dtype=np.uint8)
    _, starts = octets(text)
    at = np.flatnonzero(_BEGINNINGS[first_octets(text)] & (np.diff(starts) <= _LONGEST))
    if len(at):
        words = pc.ascii_lower(text.take(pa.array(at)))
        found = pc.fill_null(pc.index_in(words, value_set=_WORDS), -1).to_numpy(zero_copy_only=False)
        out[at] = _CODES[found + 1]
        unknown = pc.and_(pa.array(found < 0), pc.match_substring_regex(words, _LOOKS_LIKE_AN_ERROR))
        out[at[np.asarray(pc.fill_null(unknown, False))]] = Reason.ERROR_VALUE.code
    return out


def tell_words(parsed: Parsed, raw: pa.Array) -> Parsed:
    """Where a value could not be read because it is a word for nothing or an error value, its reason says so."""
    at = np.flatnonzero((parsed.reasons != 0) & (parsed.reasons != Reason.MISSING.code))
    if not len(at):
        return parsed
    codes = faults_of_words(clean(raw.take(pa.array(at))))
    if not codes.any():
        return parsed
    reasons = parsed.reasons.copy()
    reasons[at[codes != 0]] = codes[codes != 0]
    return replace(parsed, reasons=reasons)
