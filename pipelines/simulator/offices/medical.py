"""Health insurance: what treatment cost people in a month, without what they were treated for."""

import numpy as np

from pipelines.simulator import books
from pipelines.simulator.arrays import Bools, Ints
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen
from pipelines.simulator.departments.moment import (
    EPOCH_MONTH,
    Moment,
    held_months,
    make_book,
    months_shown,
)
from pipelines.simulator.timeline import month_number

MOST_A_MONTH = 80_000
"""fen: twelve months of it are no lead."""


def medical_costs(m: Moment, chosen: Chosen) -> Book:
    """A visit now and then, never much of it own money in a year; great bills where somebody looks already."""
    people = m.world.people
    persons, months, own = [], [], []
    small, great = _with_small_bills(m, chosen), _with_great_bills(m, chosen)
    for month in held_months(m.clock).tolist():
        luck = people.chance(100 + month)
        sick = np.flatnonzero((small & (luck < 0.03)) | (great & (luck < 0.06)))
        share = luck[sick] * 37 % 1
        cost = 5_000 + (share * (MOST_A_MONTH - 5_000)).astype(np.int64)
        persons.append(sick)
        months.append(np.full(len(sick), month, dtype=np.int64))
        own.append(np.where(great[sick], cost * 15, cost))
    own_cost = np.concatenate(own)
    arrays = {
        "person": np.concatenate(persons),
        "month": np.concatenate(months),
        "total_cost": own_cost * 3 + 1_700,
        "own_cost": own_cost,
    }
    return make_book(
        m,
        "medical_costs",
        arrays,
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        month=months_shown("month", month_number(m.clock.as_of)),
    )


def _lasting(m: Moment, chosen: Chosen) -> Bools:
    """Free, born before the first month, and never gone."""
    first = np.datetime64(int(held_months(m.clock)[0]) + EPOCH_MONTH - 1970 * 12, "M").astype("datetime64[D]")
    result: Bools = chosen.free & np.isnat(m.world.gone_on) & (m.world.people.birth < first)
    return result


def _with_small_bills(m: Moment, chosen: Chosen) -> Bools:
    """One of each register household, so that the household's bills are small too; anybody outside."""
    w = m.world
    there = _lasting(m, chosen)
    rest: Ints = np.setdiff1d(np.arange(len(w.household)), w.households.first)
    there[rest] = False
    return there


def _with_great_bills(m: Moment, chosen: Chosen) -> Bools:
    """Members of households that are open throughout: nobody overlooks them."""
    w, h = m.world, m.world.households
    there = _lasting(m, chosen)
    there[len(w.household) :] = False
    there[: len(w.household)] &= (np.isnat(h.exit_on) & (h.listed_on <= chosen.first))[w.household]
    return there
