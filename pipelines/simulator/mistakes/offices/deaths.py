"""The dead of whom the register has not heard: LD04."""

import numpy as np

from expectations.feeds.deaths import REGISTRY
from pipelines.simulator.arrays import Days, Ints, day
from pipelines.simulator.chosen import Pool
from pipelines.simulator.departments.moment import held_months, months_of
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims

_DAY = np.timedelta64(1, "D")


def _die(s: Scene, persons: Ints, died_on: Days, registry: Ints) -> None:
    """Rows of those who have died by now, in the month of their death, where the delivery has that month."""
    here = (died_on <= s.m.d) & np.isin(months_of(died_on), held_months(s.clock))
    if here.any():
        s.books["deaths"].append(
            month=months_of(died_on)[here], person=persons[here], died_on=died_on[here], registry=registry[here]
        )


def _found(s: Scene, persons: Ints, died_on: Days) -> None:
    """Registered or on the roll still, so many days after."""
    grace = np.timedelta64(int(s.m.policy.at("leads.death_days", s.clock.as_of)), "D")
    s.truth.found("LD04", s.person_keys(persons[died_on + grace <= s.m.d]), doubtful=True)


def _long_ago(s: Scene, v: Victims) -> Days:
    result: Days = day(s.first.as_of) - s.draw(v, 40, 300).astype("timedelta64[D]")
    return result


def dead_and_on_the_roll(s: Scene, v: Victims) -> None:
    """The head of a certificate died months ago; some registries tell of it twice, on two days."""
    persons, died_on = s.w.certificates.head[v[0]], _long_ago(s, v)
    registry = v.number % len(REGISTRY.labels)
    _die(s, persons, died_on, registry)
    twice = v.number % 3 == 1
    _die(s, persons[twice], died_on[twice] + 2 * _DAY, (registry[twice] + 1) % len(REGISTRY.labels))
    _found(s, persons, died_on)


def dead_and_registered(s: Scene, v: Victims) -> None:
    """The head of an exited household died months ago, or exactly as many days ago as count."""
    persons = s.w.households.first[v[0]]
    grace = np.timedelta64(int(s.m.policy.at("leads.death_days", s.clock.as_of)), "D")
    died_on = np.where(v.number % 2 == 0, day(s.last.as_of) - grace, _long_ago(s, v))
    _die(s, persons, died_on, np.zeros(len(persons), dtype=np.int64))
    _found(s, persons, died_on)


def died_lately(s: Scene, v: Victims) -> None:
    """Near miss: one day less."""
    persons = s.w.households.first[v[0]]
    grace = np.timedelta64(int(s.m.policy.at("leads.death_days", s.clock.as_of)), "D")
    died_on = np.full(len(persons), day(s.last.as_of) - grace + _DAY)
    _die(s, persons, died_on, np.ones(len(persons), dtype=np.int64))
    _found(s, persons, died_on)


CIRCUMSTANCES = (
    # A month that is delivered again is delivered whole: who has died stays dead.
    Circumstance(dead_and_on_the_roll, (Pool.RECIPIENT,), main=True, steady=True),
    Circumstance(dead_and_registered, (Pool.EXITED,), many=True, steady=True),
    Circumstance(died_lately, (Pool.EXITED,), steady=True),
)
