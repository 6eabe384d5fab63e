"""Several simulated counties that send into one inbox."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.simulator import simulate

COUNTIES = ("522601", "522622", "522623")


def send_neighbours(
    inbox: Path,
    policy: Path,
    as_of: date,
    households: Sequence[int],
    *,
    months: int = 1,
    dirt: Literal["none", "real"] = "none",
) -> None:
    """What the first of COUNTIES send: as many of them as there are sizes, each with a seed of its own."""
    for seed, (county, size) in enumerate(zip(COUNTIES, households, strict=False)):
        simulate(
            county=county,
            as_of=as_of,
            households=size,
            seed=seed,
            months=months,
            dirt=dirt,
            out=inbox,
            policy=policy,
        )
