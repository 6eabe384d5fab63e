"""Human resources: who pays into a pension, and who draws one."""

import numpy as np

from expectations.feeds.pensions import PENSION_SCHEME, PENSION_STATUS
from pipelines.simulator import books
from pipelines.simulator.arrays import NO_MONEY, NONE
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, age_on
from pipelines.simulator.departments.moment import Moment, make_book


def pension_year(m: Moment) -> int:
    """The year that the delivery speaks of: a new year's rows are not there before March."""
    return m.clock.as_of.year - (1 if m.clock.as_of.month < 3 else 0)


def pensions(m: Moment, chosen: Chosen) -> Book:
    """Residents' pensions for everybody, small ones; workers' and officials' for those who need no help."""
    people = m.world.people
    age = age_on(people.birth, chosen.first)
    who = np.flatnonzero(chosen.free & m.present() & (age >= 17))
    luck, age, unaided = people.chance(32)[who], age[who], chosen.unaided[who]
    draws = age >= 60
    residents, workers, officials = map(PENSION_SCHEME.labels.index, ("城乡居民", "城镇职工", "机关事业"))
    of_work = unaided & (luck < 0.15)
    share = luck * 70 % 1
    amount = 11_000 + (share * 60).astype(np.int64) * 100
    amount = np.where(of_work, 180_000 + (share * 2500).astype(np.int64) * 100, amount)
    arrays = {
        "person": who,
        "year": np.full(len(who), pension_year(m), dtype=np.int64),
        "pension_scheme": np.where(of_work, np.where(luck < 0.05, officials, workers), residents),
        "pension_status": np.where(
            draws, PENSION_STATUS.labels.index("领取待遇"), PENSION_STATUS.labels.index("参保缴费")
        ),
        "monthly_pension": np.where(draws, amount, NO_MONEY),
        "paid_by_government": np.where(draws | of_work, NONE, ~unaided & (luck < 0.6)),
    }
    return make_book(
        m,
        "pensions",
        arrays,
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
    )
