"""The police: deaths that reach them, by whichever registry, and vehicles."""

import numpy as np

from expectations.codes import PERSON_STATUS
from expectations.feeds.vehicles import VEHICLE_STATUS, VEHICLE_TYPE
from pipelines.simulator import books
from pipelines.simulator.arrays import NO_MONEY
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, age_on
from pipelines.simulator.departments.moment import Moment, held_months, make_book, months_of, months_shown
from pipelines.simulator.timeline import month_number

_DAY = np.timedelta64(1, "D")


def deaths(m: Moment, chosen: Chosen) -> Book:
    """Most of the dead that the register knows, and old people of whom it never knew; some by two registries."""
    w, people = m.world, m.world.people
    luck = people.chance(20)
    known = (w.gone_how == PERSON_STATUS.labels.index("死亡")) & (luck < 0.85)
    old = np.zeros(len(people), dtype=bool)
    old[w.others] = age_on(people.birth[w.others], chosen.first) >= 70
    unknown = old & chosen.free & (luck < 0.04)
    died_on = np.where(known, w.gone_on, chosen.first - 420 * _DAY + (luck * 25 * 700 % 700).astype("timedelta64[D]"))
    registered_on = died_on + (people.chance(21) * 15).astype("timedelta64[D]")
    there = (known | unknown) & (registered_on <= m.d) & np.isin(months_of(registered_on), held_months(m.clock))
    who = np.flatnonzero(there)
    again = who[people.chance(22)[who] < 0.15]
    both = np.concatenate([who, again])
    registry = np.where(people.chance(23)[both] < 0.7, 0, 2)
    registry[len(who) :] = 1
    arrays = {
        "month": months_of(registered_on)[both],
        "person": both,
        "died_on": died_on[both],
        "registry": registry,
    }
    return make_book(
        m,
        "deaths",
        arrays,
        month=months_shown("month", month_number(m.clock.as_of)),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
    )


def vehicles(m: Moment, chosen: Chosen) -> Book:
    """Whoever needs no help drives what they like; others have what carries goods, a wreck, or what is worth little."""
    people = m.world.people
    age = age_on(people.birth, chosen.first)
    luck = people.chance(24)
    who = np.flatnonzero(chosen.free & m.present() & (age >= 19) & (age < 72) & (luck < 0.12))
    luck = luck[who] / 0.12
    unaided = chosen.unaided[who]
    kinds, states = VEHICLE_TYPE.labels, VEHICLE_STATUS.labels
    for_goods = np.array([kinds.index(kind) for kind in ("三轮汽车", "摩托车", "拖拉机")])
    humble = for_goods[(luck * 97 % 3).astype(np.int64)]
    kind = np.where(unaided, (luck * 83 % len(kinds)).astype(np.int64), humble)
    # A car that is scrapped or sold, and one that is worth little, is no lead.
    scrapped, cheap = ~unaided & (luck < 0.08), ~unaided & (luck >= 0.08) & (luck < 0.16)
    kind = np.where(scrapped | cheap, kinds.index("轿车"), kind)
    value = (2_000 + (luck * 61 % 1 * 22_000).astype(np.int64)) * 100
    value = np.where(unaided, value * 6, value)
    arrays = {
        "plate": who.copy(),
        "person": who,
        "vehicle_type": kind,
        "usage": (unaided & (luck > 0.85)).astype(np.int64),
        "registered_on": chosen.first - (30 + luck * 13 % 1 * 3000).astype("timedelta64[D]"),
        "appraised_value": np.where(unaided & (luck * 29 % 1 < 0.3), NO_MONEY, value),
        "vehicle_status": np.where(scrapped, 1 + (luck * 300 % (len(states) - 1)).astype(np.int64), 0),
    }
    return make_book(
        m,
        "vehicles",
        arrays,
        plate_no=books.Serial("plate", "贵H", 10_000),
        owner_name=books.PersonName("person"),
        owner_id=books.PersonNumber("person"),
    )
