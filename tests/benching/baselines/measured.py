"""The rules that every baseline has by hand. A rule of which nobody wrote one is measured against none."""

from typing import Final

_UP_TO: Final = {"TL": 10, "CV": 9, "EX": 4, "DU": 5, "PY": 6, "ID": 3}

CODES: Final = frozenset(f"{family}{number:02}" for family, most in _UP_TO.items() for number in range(1, most + 1)) | {
    "ID05"
}
