"""Which counties the benchmarks simulate."""

from datetime import date
from pathlib import Path
from typing import Final

CODE: Final = "522601"
D: Final = date(2026, 6, 30)
_PERSONS_A_HOUSEHOLD: Final = 3.3
_FIRST: Final = 520000
"""Further counties have the codes after this one that GB/T 2260 knows."""


def households_of(persons: int) -> int:
    """Households of a simulated register that together have about so many persons."""
    return max(1, round(persons / _PERSONS_A_HOUSEHOLD))


def codes_of(counties: int) -> list[str]:
    """So many county codes, ``CODE`` first."""
    from pipelines.house.counties import county_name

    found, number = [CODE], _FIRST
    while len(found) < counties:
        number += 1
        code = str(number)
        if code not in found and not code.endswith(("00", "01")) and county_name(code) != code:
            found.append(code)
    return found


def send(home: Path, persons: int, counties: int, months: int) -> None:
    """What the departments of ``counties`` counties send for ``persons`` registered altogether, into ``home/sent``."""
    from pipelines.simulator import simulate

    for seed, code in enumerate(codes_of(counties), start=1):
        simulate(
            county=code,
            as_of=D,
            households=households_of(persons // counties),
            seed=seed,
            months=months,
            out=home / "sent",
            policy=home / "policy",
        )
