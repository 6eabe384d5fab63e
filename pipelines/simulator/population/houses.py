"""Assessed houses: safe, renovated, or being renovated in time."""

import numpy as np

from expectations.codes import METHOD
from pipelines.simulator.arrays import (
    NONE,
    add_months_to,
    days,
)
from pipelines.simulator.plan import Reservations
from pipelines.simulator.population.frame import Frame
from pipelines.simulator.world import Cases, World

_DAY = np.timedelta64(1, "D")


def no_cases() -> Cases:
    none = np.zeros(0, dtype=np.int64)
    return Cases(none, none, none, none, days(0), days(0), days(0), none)


def build_houses(f: Frame, made: World, r: Reservations) -> None:
    """An assessed house for every register household, some for others; older cases behind a few."""
    rng, p, h = f.rng, f.p, made.households
    certificates = made.certificates
    neighbours = np.arange(made.others.start + r.adults, made.others.stop)
    extra = rng.choice(neighbours, min(len(neighbours), max(2, int(p.housing_cases * len(h)))), replace=False)
    outside = certificates.head[(certificates.household == NONE) & ~certificates.planted]
    outside = outside[rng.random(len(outside)) < 0.25]
    head = np.concatenate([h.first, outside, np.sort(extra)])
    village = made.residence[head]
    count = len(head)
    grade = rng.choice(4, size=count, p=[0.45, 0.33, 0.13, 0.09])
    planted = np.concatenate([h.planted, np.zeros(count - len(h), dtype=bool)])
    grade = np.where(planted, 0, grade)
    unsafe = grade >= 2
    # Only households that are still poor may still wait for their house.
    poor = np.concatenate([np.isnat(h.exit_on), np.zeros(count - len(h), dtype=bool)])
    waiting = unsafe & poor & (rng.random(count) < 0.3)
    span = int((f.last - f.first).astype(np.int64)) + 60
    start = np.where(
        waiting, f.first + rng.integers(-330, span, count).astype("timedelta64[D]"), f.ago(760, 2600, count)
    )
    lasts = rng.integers(120, 300, count).astype("timedelta64[D]")
    assessed = np.minimum(start, f.first) - rng.integers(30, 120, count).astype("timedelta64[D]")
    start = np.where(unsafe, start, days(count))
    usual = METHOD.labels.index("无需改造")
    method = np.where(unsafe, rng.integers(0, 5, count), usual)
    subsidy = np.where(unsafe, np.where(grade == 2, 850_000, 3_500_000) + rng.integers(0, 50, count) * 10_000, 0)
    made.cases.append(
        head=head, village=village, grade=grade, method=method, assessed_on=assessed,
        start=start, end=start + lasts, subsidy=subsidy,
    )  # fmt: skip
    older = np.flatnonzero(~planted & (rng.random(count) < p.second_housing_case))
    years = rng.integers(10, 13, len(older))
    since = np.where(np.isnat(start[older]), assessed[older], start[older])
    start_older = add_months_to(since, -12 * years)
    made.cases.append(
        head=head[older], village=village[older], grade=np.full(len(older), 3),
        method=np.zeros(len(older), dtype=np.int64), assessed_on=start_older - 60 * _DAY,
        start=start_older, end=start_older + 200 * _DAY, subsidy=np.full(len(older), 1_500_000),
    )  # fmt: skip
