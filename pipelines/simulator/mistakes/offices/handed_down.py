"""Leads that were handed down and are not settled: LD10."""

import numpy as np

from expectations.codes import OFFICES
from expectations.feeds.outside_leads import LEAD_SOURCE
from pipelines.simulator.arrays import NEVER, NONE, day
from pipelines.simulator.chosen import Pool
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims
from pipelines.simulator.offices.county_office import DOCUMENTS, PLANTED_LEADS, STORIES, tell

_DAY = np.timedelta64(1, "D")


def lead_not_settled(s: Scene, v: Victims) -> None:
    """A hotline's or an inspection's lead about somebody, or about nobody in particular, some overdue."""
    book = s.books["outside_leads"]
    named, overdue = v.number % 3 != 2, v.number % 2 == 0
    given_on = day(s.first.as_of) - s.draw(v, 5, 80).astype("timedelta64[D]")
    rows = book.append(
        lead=PLANTED_LEADS + v.number,
        source=v.number % len(LEAD_SOURCE.labels),
        document=np.where(named, s.draw(v, 0, len(DOCUMENTS) - 1), NONE),
        person=np.where(named, v[0], NONE),
        household=NONE,
        certificate=NONE,
        department=s.draw(v, 0, len(OFFICES.labels) - 1),
        lead_text=s.draw(v, 0, len(STORIES) - 1),
        given_on=given_on,
        due_on=np.where(overdue, given_on + 3 * _DAY, NEVER),
        lead_status="未办结",
    )
    tell(s.m, book, rows)
    s.truth.found("LD10", book.texts("lead_no", rows), doubtful=True)


CIRCUMSTANCES = (Circumstance(lead_not_settled, (Pool.STRANGER,), main=True),)
