"""What making a county up needs to know."""

from dataclasses import dataclass

import numpy as np

from expectations.calendar import add_months
from pipelines.simulator.arrays import (
    Days,
    day,
)
from pipelines.simulator.parameters import Parameters
from pipelines.simulator.policy import SimulatedPolicy
from pipelines.simulator.timeline import Clock


@dataclass(frozen=True)
class Frame:
    """What making the county needs to know: chance, parameters, policy values and the window of simulated time."""

    rng: np.random.Generator
    p: Parameters
    clocks: tuple[Clock, ...]
    line_most: int
    """fen a person and year, the least and the most that any delivery is judged by (the previous year's too)."""
    rural: int
    urban: int
    """fen a person and month."""
    tolerance: int

    @property
    def months(self) -> int:
        """Deliveries."""
        return len(self.clocks)

    @property
    def before(self) -> np.datetime64:
        """A month before the first delivery: what happens in the window happens after it."""
        return day(add_months(self.clocks[0].as_of, -1))

    @property
    def first(self) -> np.datetime64:
        """The first as-of date."""
        return day(self.clocks[0].as_of)

    @property
    def last(self) -> np.datetime64:
        """The last as-of date."""
        return day(self.clocks[-1].as_of)

    def in_window(self, count: int) -> Days:
        """Random days after ``before``, up to the last as-of date."""
        span = int((self.last - self.before).astype(np.int64))
        result: Days = self.before + self.rng.integers(1, span + 1, count).astype("timedelta64[D]")
        return result

    def ago(self, least: int, most: int, count: int) -> Days:
        """Random days ``least`` to ``most`` days before the first as-of date."""
        result: Days = self.first - self.rng.integers(least, most + 1, count).astype("timedelta64[D]")
        return result


def make_frame(rng: np.random.Generator, p: Parameters, clocks: tuple[Clock, ...], policy: SimulatedPolicy) -> Frame:
    """The frame for these deliveries under this policy."""
    lines = []
    for clock in clocks:
        last_year = clock.as_of.replace(month=12, day=31, year=clock.as_of.year - 1)
        lines += [policy.fen("poverty_line", clock.as_of), policy.fen("poverty_line", last_year)]
    last = clocks[-1].as_of
    return Frame(
        rng=rng,
        p=p,
        clocks=clocks,
        line_most=max(lines),
        rural=policy.fen("low_income_standard.rural", last),
        urban=policy.fen("low_income_standard.urban", last),
        tolerance=policy.fen("income_tolerance", last),
    )
