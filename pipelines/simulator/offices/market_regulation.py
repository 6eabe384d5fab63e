"""Market regulation: businesses, and who runs, owns or belongs to them."""

import numpy as np

from expectations.feeds.business_licences import BUSINESS_ROLE, BUSINESS_STATUS, BUSINESS_TYPE
from pipelines.simulator import books
from pipelines.simulator.arrays import Ints
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, age_on
from pipelines.simulator.departments.moment import Moment, make_book
from pipelines.simulator.people import SURNAMES
from pipelines.simulator.world import World

KINDS = ("小卖部", "农家乐", "养殖场", "摩托车修理店", "五金店", "理发店", "砂石有限公司")


def shop(w: World, persons: Ints) -> Ints:
    """Index in ``_names`` of somebody's own business."""
    return len(w.areas.codes) + persons % (len(SURNAMES) * len(KINDS))


def licence(w: World, persons: Ints) -> Ints:
    """Licence number of somebody's own business, behind those of the villages' cooperatives."""
    return len(w.areas.codes) + persons


def _names(w: World) -> tuple[str, ...]:
    cooperatives = (f"{village}种植养殖专业合作社" for village in w.areas.villages)
    return (*cooperatives, *(f"{surname}记{kind}" for surname in SURNAMES for kind in KINDS))


def business_licences(m: Moment, chosen: Chosen) -> Book:
    """Businesses of people who need no help; members of their village's cooperative, and what was closed, of others."""
    w, people = m.world, m.world.people
    age = age_on(people.birth, chosen.first)
    there = chosen.free & m.present() & (age >= 20) & (age < 70)
    luck = people.chance(28)
    own = there & chosen.unaided & (luck < 0.05)
    closed = there & ~chosen.unaided & (luck < 0.01)
    member = there & (luck > 0.93)
    who = np.flatnonzero(own | closed | member)
    luck, in_cooperative = luck[who], member[who]
    types, roles, states = BUSINESS_TYPE.labels, BUSINESS_ROLE.labels, BUSINESS_STATUS.labels
    company = luck < 0.015
    held = np.where(luck < 0.008, roles.index("股东"), roles.index("法定代表人"))
    arrays = {
        "licence": np.where(in_cooperative, w.residence[who], licence(w, who)),
        "business": np.where(in_cooperative, w.residence[who], shop(w, who)),
        "business_type": np.select(
            [in_cooperative, company],
            [types.index("农民专业合作社"), types.index("企业")],
            types.index("个体工商户"),
        ),
        "person": who,
        "business_role": np.select([in_cooperative, company], [roles.index("成员"), held], roles.index("经营者")),
        "founded_on": chosen.first - (200 + people.chance(29)[who] * 4000).astype("timedelta64[D]"),
        "business_status": np.where(closed[who], np.where(luck < 0.004, 1, states.index("注销")), 0),
    }
    # A cooperative was founded once, whenever its members joined.
    since = chosen.first - (1000 + w.residence[who] * 37 % 2000).astype("timedelta64[D]")
    arrays["founded_on"] = np.where(in_cooperative, since, arrays["founded_on"])
    return make_book(
        m,
        "business_licences",
        arrays,
        licence_no=books.Serial("licence", f"92{w.county}MA", 10_000_000),
        business=books.Label("business", _names(w)),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
    )
