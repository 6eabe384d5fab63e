"""Identity numbers inside the texts that departments read (DuckDB SQL): whoever writes freely may write one."""

from typing import Final

from expectations.masks import Audience, numbers_in_text
from warehouse.sql import literal

_NUMBER, _SHOWN = map(literal, numbers_in_text(Audience.DEPARTMENT))
_NO_TEXT_HAS_IT: Final = "chr(31)"


def masked_text(text: str, *own_numbers: str) -> str:
    """SQL: ``text`` with everything that looks like an identity number masked.

    ``own_numbers`` are expressions of certificate, household and case numbers of the same row: they can be built like
    an identity number (county, date, serial) and stay readable.
    """
    kept = text
    for position, number in enumerate(own_numbers, start=1):
        kept = f"replace({kept}, {_confusable(number)}, chr({position}))"
    masked = f"regexp_replace({kept}, {_NUMBER}, {_SHOWN}, 'g')"
    for position, number in enumerate(own_numbers, start=1):
        masked = f"replace({masked}, chr({position}), {_confusable(number)})"
    return masked


def _confusable(number: str) -> str:
    # A short number (household 5) must not be kept: it would tear the identity numbers that it occurs in.
    # What stands in no text of ours is replaced without changing anything.
    return f"CASE WHEN regexp_matches({number}, {_NUMBER}) THEN {number} ELSE {_NO_TEXT_HAS_IT} END"
