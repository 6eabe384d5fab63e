"""Natural resources: titles of homesteads, flats and premises."""

import numpy as np

from expectations.feeds.real_estate import LAND_USE
from pipelines.simulator import books
from pipelines.simulator.arrays import Bools, Ints
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, age_on
from pipelines.simulator.departments.moment import Moment, make_book
from pipelines.simulator.world import World

TITLES_A_PERSON = 10
"""Numbers of titles that a person may be the first holder of."""

GROUPS = 6
ESTATES = ("城关新区", "滨江小区", "金色家园", "老街")


def location_of(w: World, persons: Ints, number: int) -> Ints:
    """Index in ``locations`` of the group of their village that persons live in."""
    return w.residence[persons] * GROUPS + (persons + number) % GROUPS


def estate(w: World, number: Ints) -> Ints:
    """Index in ``locations`` of some house in the county town."""
    return len(w.areas.codes) * GROUPS + number % len(ESTATES)


def _locations(w: World) -> tuple[str, ...]:
    places = zip(w.areas.villages, w.areas.township.tolist(), strict=True)
    groups = (f"{w.areas.townships[t]}{v}{g + 1}组" for v, t in places for g in range(GROUPS))
    return (*groups, *(f"{name}{8 + i}号楼" for i, name in enumerate(ESTATES)))


def real_estate(m: Moment, chosen: Chosen) -> Book:
    """Heads have their homestead, a few of them one flat; several flats, and shops, are others'."""
    w, people = m.world, m.world.people
    heads = np.zeros(len(people), dtype=bool)
    heads[w.households.first] = heads[w.certificates.head] = True
    adult = age_on(people.birth, chosen.first) >= 25
    there = chosen.free & m.present()
    luck = people.chance(26)
    parts = (
        (there & heads & (luck < 0.6), "农村宅基地", "现势", 0),
        (there & heads & (luck > 0.94), "住宅", "现势", 1),
        (there & heads & (luck > 0.91) & (luck < 0.93), "住宅", "历史", 2),
        (there & heads & (luck > 0.93) & (luck < 0.935), "商业", "历史", 3),
        (chosen.unaided & there & adult & (luck < 0.10), "住宅", "现势", 4),
        (chosen.unaided & there & adult & (luck < 0.03), "住宅", "现势", 5),
        (chosen.unaided & there & adult & (luck < 0.012), "商业", "现势", 6),
    )
    who = [np.flatnonzero(holds) for holds, *_ in parts]
    person = np.concatenate(who)

    def each(values: list[int]) -> Ints:
        return np.repeat(np.array(values, dtype=np.int64), [len(some) for some in who])

    number = each([number for *_, number in parts])
    use = each([LAND_USE.labels.index(use) for _, use, _, _ in parts])
    rural: Bools = use == LAND_USE.labels.index("农村宅基地")
    arrays = {
        "title": person * TITLES_A_PERSON + number,
        "person": person,
        "location": np.where(rural, location_of(w, person, 0), estate(w, person + number)),
        "land_use": use,
        "registered_on": chosen.first - (100 + people.chance(27)[person] * 5000).astype("timedelta64[D]"),
        "title_status": each([status == "历史" for _, _, status, _ in parts]),
    }
    return make_book(
        m,
        "real_estate",
        arrays,
        title_no=books.Serial("title", "黔不动产权第", 10_000_000),
        owner_name=books.PersonName("person"),
        owner_id=books.PersonNumber("person"),
        location=books.Label("location", _locations(w)),
    )
