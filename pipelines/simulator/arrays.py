"""Short names for the numpy arrays of the simulator, and the null of each kind."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Indexes, codes (-1 is null), counts, and money in fen (NO_MONEY is null)."""
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
"""datetime64[D]; NaT is null."""

NONE: Final = -1
NO_MONEY: Final = np.iinfo(np.int64).min
NEVER: Final = np.datetime64("NaT", "D")


def day(d: date) -> np.datetime64:
    """The date as numpy sees it."""
    return np.datetime64(d, "D")


def days(count: int) -> Days:
    """``count`` nulls."""
    return np.full(count, NEVER, dtype="datetime64[D]")


def years_of(dates: Days) -> Ints:
    """Calendar years; meaningless where null."""
    return dates.astype("datetime64[Y]").astype(np.int64) + 1970


def add_months_to(dates: Days, months: Ints | int) -> Days:
    """Calendar months later, the month's last day where it has no such day."""
    month = dates.astype("datetime64[M]")
    offset = dates - month.astype("datetime64[D]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    result: Days = np.minimum(target.astype("datetime64[D]") + offset, last)
    return result


def first_day_of_september(years: Ints) -> Days:
    """1 September of each year."""
    months = (years - 1970) * 12 + 8
    result: Days = months.astype("datetime64[M]").astype("datetime64[D]")
    return result


def count_from_zero(sizes: Ints) -> Ints:
    """0, 1, … within each group of the given sizes, laid end to end."""
    starts = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum()), dtype=np.int64) - np.repeat(starts, sizes)


def count_rows(groups: Ints, counted: Bools, wanted: Ints) -> Ints:
    """How many counted rows each of the wanted groups has."""
    found: Ints = np.bincount(groups[counted], minlength=int(wanted.max(initial=0)) + 1)[wanted]
    return found
