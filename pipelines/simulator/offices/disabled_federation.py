"""The federation of the disabled: certificates of disability."""

import numpy as np

from expectations.feeds.disabilities import CARD_STATUS, DISABILITY
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen
from pipelines.simulator.departments.moment import Moment, make_book


def disabilities(m: Moment, chosen: Chosen) -> Book:
    """Severe ones of people who need no help or whose certificate has its supplement; of others mild or run out."""
    w, people = m.world, m.world.people
    luck = people.chance(33)
    who = np.flatnonzero(chosen.free & m.present() & (luck < 0.06))
    luck = luck[who] / 0.06
    supplemented = np.zeros(len(people), dtype=bool)
    supplemented[w.belonging.person[w.certificates.topup[w.belonging.certificate] > 0]] = True
    severe = chosen.unaided[who] | supplemented[who]
    out = ~severe & (luck < 0.1)
    states = CARD_STATUS.labels
    level = np.where(severe, (luck * 41 % 4).astype(np.int64), 2 + (luck * 41 % 2).astype(np.int64))
    ahead = (200 + luck * 3000).astype("timedelta64[D]")
    valid_until = np.where(out, chosen.first - ahead, chosen.first + np.timedelta64(1200, "D") + ahead)
    arrays = {
        "person": who,
        "category": (luck * 59 % len(DISABILITY.labels)).astype(np.int64),
        "disability_level": np.where(out, 0, level),
        "valid_until": np.where(~out & (luck > 0.9), NEVER, valid_until),
        "card_status": np.where(out, np.where(luck < 0.05, states.index("注销"), states.index("过期")), 0),
    }
    return make_book(
        m,
        "disabilities",
        arrays,
        disability_no=books.CardNumber("person", "category", "disability_level"),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
    )
