"""High medical costs where nobody looks: LD08, LD09."""

import numpy as np

from pipelines.simulator.arrays import Ints
from pipelines.simulator.chosen import Pool
from pipelines.simulator.departments.moment import EPOCH_MONTH, FIRST_MONTHS, held_months
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims
from pipelines.simulator.timeline import month_number

WINDOW = 12
"""Months that are added up."""

MONTHLY = 1_500
"""fen of one's own that a chronic illness takes, every month: so that every delivery has a row of its last month."""


def _fall_ill(s: Scene, ill: Ints, operated: Ints, months: Ints, bills: Ints) -> Ints:
    """One small bill a month for ``ill``, a great one in ``months`` for ``operated``; returns what is their own.

    ``months`` are the timeline's numbers, ``bills`` own money in fen; so is what comes back, of the window.
    """
    book = s.books["medical_costs"]
    first = month_number(s.first.as_of) - FIRST_MONTHS
    now = month_number(s.clock.as_of)
    total = np.zeros(len(ill), dtype=np.int64)
    for month in range(first, now + 1):
        is_month = months == month
        own = np.where((ill == operated) & is_month, MONTHLY + bills, MONTHLY)
        if month > now - WINDOW:
            total += MONTHLY + np.where(is_month, bills, 0)
        if month - EPOCH_MONTH in held_months(s.clock):
            apart = is_month & (ill != operated)
            for persons, fen in ((ill, own), (operated[apart], bills[apart])):
                book.append(person=persons, month=month - EPOCH_MONTH, total_cost=fen * 2 + 300, own_cost=fen)
    return total


def _over(s: Scene, v: Victims, extra: Ints) -> tuple[Ints, Ints]:
    """Months of great bills, at the first as-of or a few months before; and bills that come to ``extra`` fen more than
    the policy value."""
    months = month_number(s.first.as_of) - s.draw(v, 0, 4)
    return months, s.fen("leads.own_medical_cost") - WINDOW * MONTHLY + extra


def _last_of(s: Scene, households: Ints) -> Ints:
    """The household's last member."""
    return s.w.households.first[households] + s.w.households.size[households] - 1


def _find_households(s: Scene, v: Victims, months: Ints, bills: Ints) -> None:
    total = _fall_ill(s, s.w.households.first[v[0]], _last_of(s, v[0]), months, bills)
    found = v[0][total > s.fen("leads.own_medical_cost")]
    s.truth.found("LD08", s.household_keys(found), doubtful=True)


def an_operation_in_an_exited_household(s: Scene, v: Victims) -> None:
    """A fen more than the policy value in some, much more in others; two members' costs are added."""
    extra = np.where(v.number % 3 == 0, 1, s.draw(v, 2, 6_000_000))
    _find_households(s, v, *_over(s, v, extra))


def costs_at_the_policy_value(s: Scene, v: Victims) -> None:
    """Near miss: exactly the policy value."""
    _find_households(s, v, *_over(s, v, np.zeros(len(v), dtype=np.int64)))


def an_operation_before_the_window(s: Scene, v: Victims) -> None:
    """Near miss: in the last month that no longer counts at the last as-of."""
    months = np.full(len(v), month_number(s.last.as_of) - WINDOW)
    _find_households(s, v, months, np.full(len(v), 3 * s.fen("leads.own_medical_cost")))


def an_operation_of_somebody_on_no_list(s: Scene, v: Victims) -> None:
    """The same of somebody insured as a resident whom neither book knows."""
    extra = np.where(v.number % 3 == 0, 1, s.draw(v, 2, 6_000_000))
    total = _fall_ill(s, v[0], v[0], *_over(s, v, extra))
    found = v[0][total > s.fen("leads.own_medical_cost")]
    s.truth.found("LD09", s.person_keys(found), doubtful=True)


def costs_of_somebody_at_the_policy_value(s: Scene, v: Victims) -> None:
    """Near miss: exactly the policy value."""
    _fall_ill(s, v[0], v[0], *_over(s, v, np.zeros(len(v), dtype=np.int64)))


def an_operation_of_an_employee(s: Scene, v: Victims) -> None:
    """Near miss: insured by an employer."""
    _fall_ill(s, v[0], v[0], *_over(s, v, s.draw(v, 2, 6_000_000)))


CIRCUMSTANCES = (
    # A month that is delivered again is delivered whole: a bill stays.
    Circumstance(an_operation_in_an_exited_household, (Pool.EXITED,), main=True, steady=True),
    Circumstance(an_operation_of_somebody_on_no_list, (Pool.STRANGER,), main=True, steady=True),
    Circumstance(costs_at_the_policy_value, (Pool.EXITED,), steady=True),
    Circumstance(an_operation_before_the_window, (Pool.EXITED,), steady=True),
    Circumstance(costs_of_somebody_at_the_policy_value, (Pool.STRANGER,), steady=True),
    Circumstance(an_operation_of_an_employee, (Pool.EMPLOYEE,), steady=True),
)
