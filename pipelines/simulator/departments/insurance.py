"""Health insurance: enrolments and what is paid towards the premium."""

from datetime import date
from typing import Any

import numpy as np

from expectations import codes
from pipelines.simulator import books
from pipelines.simulator.arrays import Bools, Ints, years_of
from pipelines.simulator.books import Book
from pipelines.simulator.departments.moment import Moment, make_book
from pipelines.simulator.policy import premium

CLASSES = ("特困", "低保", "返贫致贫", "低保边缘")

"""Classes of premium subsidies, the first that fits counts."""


def insurance_enrolments(m: Moment) -> Book:
    w, people = m.world, m.world.people
    year = m.clock.insurance_year
    alive = people.birth <= m.d
    died = ~np.isnat(w.gone_on) & (w.gone_on <= m.d) & (w.gone_how == codes.PERSON_STATUS.labels.index("死亡"))
    luck = people.chance(6)
    age = year - years_of(people.birth)
    employee = (luck < m.p.employee_insurance) & (age >= 22) & (age < 60) & ~w.quiet
    class_ = _insurance_class(m)
    exited_but_watched = (class_ == len(CLASSES)) & (luck > 0.99)
    elsewhere = np.where(luck * 31 % 1 < m.p.other_county, 1 + (luck * 1009 % 1 * 3).astype(np.int64), 0) * ~w.quiet

    def enrolled(in_year: int, who: Ints, status: Ints) -> dict[str, Any]:
        owed = np.array([m.policy.fen(f"insurance.subsidy.{c}", date(in_year, 12, 31)) for c in CLASSES] + [0])[
            class_[who]
        ]
        owed = np.where(exited_but_watched[who], premium(in_year) * 20, owed)
        owed = np.where(employee[who], 0, owed)
        subsidised = np.where(exited_but_watched[who], 4, np.array([0, 1, 3, 2, 5])[class_[who]])
        own = np.where(employee[who], 400_000, premium(in_year) * 100 - owed)
        return {
            "person": who,
            "year": np.full(len(who), in_year, dtype=np.int64),
            "scheme": employee[who].astype(np.int64),
            "enrolment_status": status,
            "paid_on": np.minimum(
                np.maximum(np.datetime64(f"{in_year - 1}-10-08") + (luck[who] * 120).astype("timedelta64[D]"),
                           people.birth[who]),
                m.d,
            ),
            "own_contribution": own,
            "subsidy_class": np.where(employee[who], 5, subsidised),
            "subsidy_amount": owed,
            "place": elsewhere[who],
        }  # fmt: skip

    def all_of(chosen: Bools) -> Ints:
        return np.flatnonzero(chosen & alive)

    now = all_of(~(died & (w.gone_on < np.datetime64(f"{year}-01-01"))))
    parts = [enrolled(year, now, np.where(died[now], 2, 0))]
    before = all_of(~died & (luck * 17 % 1 < 0.02) & ~w.quiet & (people.birth < np.datetime64(f"{year}-01-01")))
    parts.append(enrolled(year - 1, before, np.zeros(len(before), dtype=np.int64)))
    # Enrolment for the coming year runs from October to February.
    ahead = 0.8 if m.clock.as_of.year > year else 0.4 if m.clock.as_of.month >= 10 else 0.0
    if ahead:
        soon = all_of(~died & (luck * 13 % 1 < ahead))
        parts.append(enrolled(year + 1, soon, np.zeros(len(soon), dtype=np.int64)))
    arrays = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    own = int(w.county)
    places = (w.county, *(str(own // 100 * 100 + other) for other in (1, 31, 32) if own % 100 != other))
    return make_book(
        m,
        "insurance_enrolments",
        arrays,
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        county_code=books.Label("place", (*places, w.county)[:4]),
    )


def _insurance_class(m: Moment) -> Ints:
    """By person: the index in CLASSES of what the premium subsidy is owed for, len(CLASSES) for none."""
    open_members = m.registered()
    count = len(m.world.household)
    open_members[:count] &= m.open()[m.world.household]
    result: Ints = np.select(
        [m.shares(("农村特困", "城市特困")), m.shares(("农村低保", "城市低保")), open_members, m.shares(("低保边缘",))],
        [0, 1, 2, 3],
        len(CLASSES),
    ).astype(np.int64)
    return result
