"""How each kind of personal value is masked: said once, as cases of a pattern, and rendered for three engines.

Python, DuckDB and pyarrow read the same patterns, so they stay within what ``re`` and RE2 have in common. The shapes
are those of expectations/masking.py, which masks inside the rules' sentences.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Personal

_ID_STARS = r"\1" + "*" * 11 + r"\2"


@dataclass(frozen=True)
class Mask:
    """Cases in order, each a pattern for the whole value and what replaces it; the first that fits counts.

    The last pattern fits everything: no value leaves as it came. Null stays null.
    """

    cases: tuple[tuple[str, str], ...]

    def python(self, value: str | None) -> str | None:
        """One value masked."""
        if value is None:
            return None
        for pattern, replacement in self.cases:
            if (found := re.fullmatch(pattern, value, re.DOTALL)) is not None:
                return found.expand(replacement)
        raise ValueError("a mask without a case for every value")

    def sql(self, expression: str) -> str:
        """A DuckDB expression that masks ``expression``."""
        *first, (last, otherwise) = [(_whole(pattern), replacement) for pattern, replacement in self.cases]
        whens = " ".join(
            f"WHEN regexp_matches({expression}, '{pattern}') "
            f"THEN regexp_replace({expression}, '{pattern}', '{replacement}')"
            for pattern, replacement in first
        )
        fallback = f"regexp_replace({expression}, '{last}', '{otherwise}')"
        return f"CASE {whens} ELSE {fallback} END" if first else fallback

    def arrow(self, values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
        """A string array masked."""
        *first, (last, otherwise) = [(_whole(pattern), replacement) for pattern, replacement in self.cases]
        masked: Any = pc.replace_substring_regex(values, last, otherwise)
        for pattern, replacement in reversed(first):
            fits = pc.match_substring_regex(values, pattern)
            masked = pc.if_else(fits, pc.replace_substring_regex(values, pattern, replacement), masked)
        return masked


def _whole(pattern: str) -> str:
    """The pattern for RE2, anchored at both ends; a dot fits line breaks too."""
    return f"(?s)^(?:{pattern})$"


MASKS: Final = MappingProxyType(
    {
        # 张三 -> 张*
        Personal.NAME: Mask(((r"(.?).*", r"\1*"),)),
        # 510623197001011234 -> 510***********1234; what is too short to hide anything keeps nothing
        Personal.IDENTITY_NUMBER: Mask(((r"(.{3}).{8,}(.{4})", _ID_STARS), (r".*", "***"))),
        # G + identity number; other numbers keep four characters at either end, short ones only the first
        Personal.STUDENT_NO: Mask(
            (
                (r"(G[0-9]{3})[0-9]{11}([0-9]{3}[0-9X])", _ID_STARS),
                (r"(.{4}).{4,}(.{4})", r"\1***\2"),
                (r"(.?).*", r"\1***"),
            )
        ),
        Personal.PHONE: Mask(((r"(.{3}).{3,}(.{4})", r"\1****\2"), (r".*", "****"))),
    }
)
"""The mask of each kind of personal data."""


def mask_name(value: str | None) -> str | None:
    """``张*``."""
    return MASKS[Personal.NAME].python(value)


def mask_identity_number(value: str | None) -> str | None:
    """``510***********1234``."""
    return MASKS[Personal.IDENTITY_NUMBER].python(value)


def mask_student_no(value: str | None) -> str | None:
    """``G510***********1234``; a number of another form keeps four characters at either end."""
    return MASKS[Personal.STUDENT_NO].python(value)


def mask_phone(value: str | None) -> str | None:
    """``138****5678``."""
    return MASKS[Personal.PHONE].python(value)
