"""An as-of date of the county, and what all departments read from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from expectations import codes
from expectations.feeds import FEEDS_BY_NAME
from pipelines.simulator import books
from pipelines.simulator.arrays import NONE, Bools, Days, Floats, Ints, day, years_of
from pipelines.simulator.books import Book
from pipelines.simulator.parameters import Parameters
from pipelines.simulator.policy import SimulatedPolicy
from pipelines.simulator.timeline import Clock, month_number, month_text
from pipelines.simulator.world import World

EPOCH_MONTH = 1990 * 12
"""Months are kept as months since January 1990."""

FIRST_MONTHS = 14
"""Months before the running one that the first delivery of deaths or medical costs holds."""

_BY_TYPE: dict[str, type[books.Shown]] = {
    "Money": books.Fen,
    "Date": books.Day,
    "Integer": books.Whole,
    "Year": books.Whole,
    "YesNo": books.YesNo,
}


@dataclass(frozen=True)
class Moment:
    """One as-of date of a world: what the books are written from."""

    world: World
    clock: Clock
    policy: SimulatedPolicy
    p: Parameters

    @property
    def d(self) -> np.datetime64:
        """The as-of date."""
        return day(self.clock.as_of)

    def present(self) -> Bools:
        """By person: born, and neither dead nor gone from the register."""
        w = self.world
        gone = ~np.isnat(w.gone_on) & (w.gone_on <= self.d)
        result: Bools = (w.people.birth <= self.d) & ~gone
        return result

    def in_force(self) -> Bools:
        """By certificate."""
        c = self.world.certificates
        result: Bools = (c.start <= self.d) & (np.isnat(c.end) | (c.end > self.d))
        return result

    def open(self) -> Bools:
        """By register household: not (yet) out of poverty."""
        h = self.world.households
        result: Bools = np.isnat(h.exit_on) | (h.exit_on > self.d)
        return result

    def registered(self) -> Bools:
        """By person."""
        w = self.world
        found = self.present()
        found[len(w.household) :] = False
        found[: len(w.household)] &= (w.households.listed_on <= self.d)[w.household]
        return found

    def shares(self, programmes: tuple[str, ...]) -> Bools:
        """By person: covered under an in-force certificate of one of the programmes."""
        w = self.world
        wanted = np.isin(w.certificates.programme, [codes.PROGRAMME.labels.index(x) for x in programmes])
        b = w.belonging
        rows = (b.covered == 1) & (wanted & self.in_force())[b.certificate] & self.present()[b.person]
        found = np.zeros(len(w.people), dtype=bool)
        found[b.person[rows]] = True
        return found


def make_book(m: Moment, feed: str, arrays: dict[str, Any], **shown: books.Shown) -> Book:
    """A book whose columns without an entry in ``shown`` are shown from the array of their own name by their type."""
    declared = FEEDS_BY_NAME[feed]
    for column in declared.columns:
        if column.name not in shown and column.name in arrays:
            kind = type(column.type).__name__
            if kind == "Code":
                shown[column.name] = books.Label(column.name, column.type.codes.labels)  # type: ignore[union-attr]
            else:
                shown[column.name] = _BY_TYPE[kind](column.name)
    return Book(declared, m.world.people, arrays, shown)


def household_numbers(m: Moment) -> books.Serial:
    """How household numbers look."""
    return books.Serial("household", "", int(m.world.county) * 10**8 + 1)


def certificate_numbers(m: Moment) -> books.Serial:
    """How certificate numbers look."""
    return books.Serial("certificate", "D", int(m.world.county) * 10**8 + 1)


def months_shown(array: str, last: int) -> books.Label:
    """How months since January 1990 look that lie in an array; ``last`` is the newest (a timeline number)."""
    return books.Label(array, tuple(month_text(EPOCH_MONTH + i) for i in range(last - EPOCH_MONTH + 1)))


def months_of(dates: Days) -> Ints:
    """The months of days, since January 1990."""
    result: Ints = dates.astype("datetime64[M]").astype(np.int64) + 1970 * 12 - EPOCH_MONTH
    return result


def held_months(clock: Clock) -> Ints:
    """Months (since January 1990) that a delivery of deaths or medical costs holds: many at first, then two."""
    now = month_number(clock.as_of) - EPOCH_MONTH
    return np.arange(now - (1 if clock.number else FIRST_MONTHS), now + 1, dtype=np.int64)


def villages(m: Moment) -> books.Label:
    return books.Label("village_code", m.world.areas.codes)


def cohort(birth: Days) -> Ints:
    """Year in whose September a person is 0 full years old: age on 1 September of Y is Y − cohort."""
    months = birth.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    later = (month > 9) | ((month == 9) & (birth > months.astype("datetime64[D]")))
    result: Ints = years_of(birth) + later
    return result


def stage_of(age: Ints, luck: Floats) -> Ints:
    """Index in STAGE, NONE for those at no school."""
    return np.select(
        [
            (age >= 3) & (age < 6) & (luck < 0.85),
            (age >= 6) & (age < 12),
            (age >= 12) & (age < 15),
            (age >= 15) & (age < 18) & (luck < 0.6),
            (age >= 15) & (age < 18) & (luck < 0.88),
            (age >= 18) & (age < 22) & (luck < 0.35),
        ],
        [0, 1, 2, 3, 4, 5],
        NONE,
    )


def schooling(age: Ints, luck: Floats) -> Ints:
    """Index in SCHOOLING of what a person of that age attends by right or by chance."""
    stage = stage_of(age, luck)
    return np.where(stage == NONE, 0, stage + 1)
