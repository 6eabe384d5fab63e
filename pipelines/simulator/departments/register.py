"""The poverty register: households and members."""

import numpy as np

from expectations import codes
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER, NONE, Ints, years_of
from pipelines.simulator.books import Book
from pipelines.simulator.departments.housing import dangerous_now
from pipelines.simulator.departments.moment import Moment, cohort, household_numbers, make_book, schooling, villages
from pipelines.simulator.people import FEMALE, MALE, MIDDLE, SURNAMES
from pipelines.simulator.world import World


def register_households(m: Moment) -> Book:
    w, h = m.world, m.world.households
    listed = np.flatnonzero(h.listed_on <= m.d)
    members = np.bincount(w.household[m.present()[: len(w.household)]], minlength=len(h))
    is_open = m.open()
    luck = w.people.chance(1)[h.first]
    roll = np.zeros(len(h), dtype=np.int64)
    certified = np.flatnonzero(h.certificate != NONE)
    force = m.in_force()
    roll[certified] = np.where(force[h.certificate[certified]], h.roll[certified], 0)
    drift = np.where(~is_open & (h.roll == 0) & ~h.planted, m.clock.number * m.p.income_drift_yuan * 100, 0)
    status = np.where(is_open, np.where(h.returned, 2, 0), 1)
    case = dangerous_now(m)
    helper = tuple(s + a + b for s, a, b in zip(SURNAMES, MIDDLE * 2, (MALE + FEMALE) * 2, strict=False))
    arrays = {
        "household": listed,
        "person": h.first[listed],
        "village_code": h.village[listed],
        "township": w.areas.township[h.village[listed]],
        "persons": np.maximum(members, 1)[listed],
        "household_type": np.where(roll == 3, 0, roll)[listed],
        "identified_year": years_of(h.listed_on)[listed],
        "poverty_status": status[listed],
        "exit_year": np.where(is_open, NONE, years_of(h.exit_on))[listed],
        "monitoring": monitored(w)[listed],
        "cause": (luck * 997 % 1 * len(codes.CAUSE.labels)).astype(np.int64)[listed],
        "income_previous": h.income_before[listed],
        "income_current": (h.income_now + drift)[listed],
        "housing_safe": (~case[: len(h)]).astype(np.int64)[listed],
        "water_safe": np.where(luck * 89 % 1 < 0.97, 1, NONE)[listed],
        "helper": (luck * 499 % 1 * len(helper)).astype(np.int64)[listed],
        "phone": (luck * 104_729 % 1 * 10**7).astype(np.int64)[listed],
    }
    return make_book(
        m,
        "register_households",
        arrays,
        household_no=household_numbers(m),
        head_name=books.PersonName("person"),
        head_id=books.PersonNumber("person"),
        village_code=villages(m),
        township=books.Label("township", w.areas.townships),
        village=books.Label("village_code", w.areas.villages),
        helper_name=books.Label("helper", helper),
        # No such numbers are given out: nobody is called by mistake.
        phone=books.Serial("phone", "", 100_00000000),
    )


def monitored(w: World) -> Ints:
    """By household: index in MONITORING, 0 for 无."""
    luck = w.people.chance(1)[w.households.first]
    result: Ints = np.where(luck < 0.04, 1 + (luck * 75).astype(np.int64), 0)
    return result


def register_members(m: Moment) -> Book:
    w = m.world
    count = len(w.household)
    people = w.people
    listed = (w.households.listed_on <= m.d)[w.household] & (people.birth[:count] <= m.d)
    who = np.flatnonzero(listed)
    gone = ~np.isnat(w.gone_on[who]) & (w.gone_on[who] <= m.d)
    age = m.clock.school_start - cohort(people.birth[who])
    luck = people.chance(2)[who]
    sick = np.where(luck < 0.2, (luck * 15).astype(np.int64) + 1, 0)
    order = who - w.households.first[w.household[who]] + 1
    working = (age >= 16) & (age < 66)
    arrays = {
        "household": w.household[who],
        "member": w.household[who] * 100 + order,
        "person": who,
        "sex": people.sex[who].copy(),
        "shift": np.where(people.chance(3)[who] < 0.02, NONE, 0) * ~w.quiet[who],
        "relation": w.relation[who],
        "ethnicity": people.minority[who].astype(np.int64),
        "health": np.minimum(sick, 3),
        "labour": np.where(working, np.where(luck > 0.8, 1, np.where(luck < 0.1, 2, 0)), 4),
        "schooling": schooling(age, people.chance(4)[who]),
        "person_status": np.where(gone, w.gone_how[who], 0),
        "status_date": np.where(gone, w.gone_on[who], NEVER),
    }
    return make_book(
        m,
        "register_members",
        arrays,
        household_no=household_numbers(m),
        member_no=books.Serial("member", "", int(w.county) * 10**10 + 100),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        birth_date=books.Birth("person", "shift"),
        ethnicity=books.Label("ethnicity", ("汉族", "苗族")),
    )
