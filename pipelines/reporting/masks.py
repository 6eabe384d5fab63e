"""What departments may read: names in clear where they must act, numbers masked, inside text too (DuckDB SQL)."""

from typing import Final

from expectations.feed import Personal
from warehouse.evaluation.masking import MASKS

_LOOKS_LIKE_AN_IDENTITY_NUMBER: Final = (
    r"(\d{3})\d{3}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])"
)
_KEPT_IN_CLEAR: Final = (Personal.NAME,)


def masked_value(value: str, kind: str) -> str:
    """SQL: ``value`` as its kind of personal data (``Personal``, or null) may be shown to a department."""
    cases = " ".join(f"WHEN '{p}' THEN {mask.sql(value)}" for p, mask in MASKS.items() if p not in _KEPT_IN_CLEAR)
    return f"CASE {kind} {cases} ELSE {value} END"


def masked_text(text: str, *own_numbers: str) -> str:
    """SQL: ``text`` with everything that looks like an identity number masked.

    ``own_numbers`` are expressions of certificate, household and case numbers of the same row: they can be built like
    an identity number (county, date, serial) and stay readable.
    """
    kept = text
    for position, number in enumerate(own_numbers, start=1):
        kept = f"replace({kept}, {_confusable(number)}, chr({position}))"
    masked = f"regexp_replace({kept}, '{_LOOKS_LIKE_AN_IDENTITY_NUMBER}', '\\1{'*' * 11}\\2', 'g')"
    for position, number in enumerate(own_numbers, start=1):
        masked = f"replace({masked}, chr({position}), {_confusable(number)})"
    return masked


def _confusable(number: str) -> str:
    # A short number (household 5) must not be kept: it would tear the identity numbers that it occurs in.
    # chr(31) stands in no text of ours, so that replacing it changes nothing.
    return f"CASE WHEN regexp_matches({number}, '{_LOOKS_LIKE_AN_IDENTITY_NUMBER}') THEN {number} ELSE chr(31) END"
