"""Which county the benchmarks simulate."""

from datetime import date
from typing import Final

CODE: Final = "522601"
D: Final = date(2026, 6, 30)
_PERSONS_A_HOUSEHOLD: Final = 3.3


def households_of(persons: int) -> int:
    """Households of a simulated register that together have about so many persons."""
    return max(1, round(persons / _PERSONS_A_HOUSEHOLD))
