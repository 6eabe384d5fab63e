"""Development and reform: households that are moved out of places nobody can live in."""

import numpy as np

from expectations.feeds.relocations import RESETTLEMENT
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER, NONE, years_of
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, heads_with_subsidies
from pipelines.simulator.departments.moment import Moment, household_numbers, make_book

_DAY = np.timedelta64(1, "D")


def relocations(m: Moment, chosen: Chosen) -> Book:
    """Households that moved in time and left no house behind, and some who are still to move this year."""
    w, h = m.world, m.world.households
    luck = w.people.chance(35)[h.first]
    free = chosen.free[h.first] & ~heads_with_subsidies(w)[h.first] & (h.listed_on <= chosen.first)
    moved = np.flatnonzero(free & (luck < 0.06))
    luck = luck[moved] / 0.06
    waiting = luck < 0.1
    moved_in_on = chosen.first - (700 + luck * 1500).astype("timedelta64[D]")
    stays = ~waiting & (luck > 0.9)
    arrays = {
        "relocation": moved,
        "household": np.where(luck * 31 % 1 < 0.8, moved, NONE),
        "person": h.first[moved],
        "persons": np.minimum(h.size[moved], 30),
        "resettlement": np.where(luck < 0.8, 0, RESETTLEMENT.labels.index("分散安置")),
        "plan_year": np.where(waiting, m.clock.as_of.year, years_of(moved_in_on) - 1),
        "completed_on": np.where(waiting, NEVER, moved_in_on - 90 * _DAY),
        "moved_in_on": np.where(waiting, NEVER, moved_in_on),
        # Where the old house may be kept nothing is said of it.
        "old_house_demolished": np.where(waiting | stays, NONE, 1),
    }
    return make_book(
        m,
        "relocations",
        arrays,
        relocation_no=books.Serial("relocation", "YD", int(w.county) * 10**6 + 1),
        household_no=household_numbers(m),
        head_name=books.PersonName("person"),
        head_id=books.PersonNumber("person"),
    )
