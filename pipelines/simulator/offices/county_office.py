"""The county's office: leads that were handed down to it, and what is planned for the year."""

from typing import Final

import numpy as np

from expectations.codes import OFFICES
from expectations.feeds.outside_leads import LEAD_SOURCE
from expectations.feeds.work_plans import TARGET
from pipelines.simulator import books
from pipelines.simulator.arrays import NONE, Ints
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen
from pipelines.simulator.departments.moment import Moment, certificate_numbers, household_numbers, make_book

STORIES: Final = (
    "群众来电反映{who}家中有经营性收入,请核实低保认定情况。",
    "审计比对发现{who}的参保信息与救助台账不一致,请核实。",
    "巡察走访时发现{who}的住房存在安全隐患,请核实改造情况。",
    "督查发现{who}的子女教育资助未到账,请核实。",
    "评估入户时{who}反映帮扶责任人长期未入户,请核实。",
    "来信反映{who}已多年不在本村居住,请核实户籍和待遇情况。",
)
DOCUMENTS: Final = tuple(f"督查交办〔{i // 40 + 1}〕{i % 40 + 1}号" for i in range(400))
PLANTED_LEADS: Final = 10_000
"""Numbers of leads that are planted begin here."""


def outside_leads(m: Moment, chosen: Chosen) -> Book:
    """Leads about households that were looked into and settled."""
    w, h = m.world, m.world.households
    luck = w.people.chance(36)[h.first]
    about = np.flatnonzero(chosen.free[h.first] & (h.listed_on <= chosen.first) & (luck < 0.01))
    certified = w.households.certificate[about]
    luck = luck[about] * 100
    given_on = chosen.first - (60 + luck * 300).astype("timedelta64[D]")
    arrays = {
        "lead": np.arange(len(about), dtype=np.int64),
        "source": (luck * 47 % len(LEAD_SOURCE.labels)).astype(np.int64),
        "document": np.where(luck < 0.7, about % len(DOCUMENTS), NONE),
        "person": h.first[about],
        "household": about,
        "certificate": certified,
        "department": (luck * 23 % len(OFFICES.labels)).astype(np.int64),
        "lead_text": about % len(STORIES),
        "given_on": given_on,
        "due_on": given_on + np.timedelta64(30, "D"),
        "lead_status": np.ones(len(about), dtype=np.int64),
    }
    book = make_book(
        m,
        "outside_leads",
        arrays,
        lead_no=books.Serial("lead", f"XS{w.county}", 100_001),
        document=books.Label("document", DOCUMENTS),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        household_no=household_numbers(m),
        certificate_no=certificate_numbers(m),
        lead_text=books.Label("lead_text", STORIES),
    )
    tell(m, book, np.arange(len(about)))
    return book


def tell(m: Moment, book: Book, rows: Ints) -> None:
    """Let the texts of leads name whom they are about, and the village; of nobody they name one household."""
    villages, residence = m.world.areas.villages, m.world.residence
    told = []
    for row, name in zip(rows.tolist(), book.texts("name", rows), strict=True):
        who = villages[residence[book["person"][row]]] + name if name else "某户"
        told.append(STORIES[book["lead_text"][row]].format(who=who))
    book.say("lead_text", rows, told)


def work_plans(m: Moment) -> Book:
    """This year's and last year's targets, of the county and of each township, in the helpers' round numbers."""
    w = m.world
    homes = np.bincount(w.areas.township[w.households.village], minlength=len(w.areas.townships))
    sizes: Ints = np.concatenate([[homes.sum()], homes])
    areas, targets = len(sizes), len(TARGET.labels)
    shape = (2, areas, targets)
    share = np.array([20, 6, 40, 60, 50])
    planned = np.broadcast_to(sizes[None, :, None] // share, shape)
    index = np.indices(shape)
    arrays = {
        "year": (m.clock.as_of.year - index[0]).ravel(),
        "area": index[1].ravel(),
        "target": index[2].ravel(),
        "planned": planned.ravel().copy(),
    }
    return make_book(m, "work_plans", arrays, area_code=books.Label("area", area_codes(m)))


def area_codes(m: Moment) -> tuple[str, ...]:
    """The county's code, each township's (9 digits), each village's (12)."""
    codes = m.world.areas.codes
    return (m.world.county, *dict.fromkeys(code[:9] for code in codes), *codes)
