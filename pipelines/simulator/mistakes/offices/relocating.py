"""Households that are moved: RL01–RL03, and what is not asked of a house that nobody lives in any more."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pipelines.simulator import families
from pipelines.simulator.arrays import NEVER, NONE, Bools, Days, Ints, day, years_of
from pipelines.simulator.chosen import Pool, Same
from pipelines.simulator.mistakes import hardships, housing
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims

_DAY = np.timedelta64(1, "D")


def _move(s: Scene, heads: Ints, households: Ints, **said: Any) -> Ints:
    """Rows of relocations; what is not ``said`` is as if they had moved in time and the old house were gone."""
    count = len(heads)
    moved_in_on = day(s.first.as_of) - 900 * _DAY
    usual = {
        "relocation": len(s.w.households) + heads,
        "household": households,
        "person": heads,
        "persons": np.full(count, families.LARGEST, dtype=np.int64),
        "resettlement": "集中安置",
        "plan_year": s.first.as_of.year - 3,
        "completed_on": moved_in_on - 60 * _DAY,
        "moved_in_on": moved_in_on,
        "old_house_demolished": 1,
    }
    return s.books["relocations"].append(**(usual | said))


def _found(s: Scene, rule: str, rows: Ints) -> None:
    s.truth.found(rule, s.books["relocations"].texts("relocation_no", rows))


def _heads(s: Scene, v: Victims) -> Ints:
    return s.w.households.first[v[0]]


# RL01


def _not_moved_in(s: Scene, v: Victims, done: Days) -> Ints:
    """Whose house was ready on those days, and who has not moved in, or is to move in some day."""
    return _move(
        s, _heads(s, v), v[0], plan_year=s.first.as_of.year - 1 - v.number % 2, completed_on=done,
        moved_in_on=np.where(v.number % 3 == 1, day(s.last.as_of) + 30 * _DAY, NEVER), old_house_demolished=NONE,
    )  # fmt: skip


def house_ready_and_empty(s: Scene, v: Victims) -> None:
    """Ready for longer than is allowed, by a day in some; or not ready at all."""
    back = np.where(v.number % 2 == 0, 1, s.draw(v, 1, 200)).astype("timedelta64[D]")
    done = s.deadline("relocation.move_in_months") - back
    late = s.is_over(done, "relocation.move_in_months")
    never = v.number % 4 == 3
    rows = _not_moved_in(s, v, np.where(never, NEVER, done))
    _found(s, "RL01", rows[late | never])


def house_to_move_into_by_today(s: Scene, v: Victims) -> None:
    """Near miss: the months to move in end today."""
    done = np.full(len(v), s.deadline("relocation.move_in_months"))
    late = s.is_over(done, "relocation.move_in_months")
    _found(s, "RL01", _not_moved_in(s, v, done)[late])


# RL02


def _renovated_in(s: Scene, heads: Ints) -> Ints:
    """The plan year of each head's housing case."""
    years: Ints = s.books["housing_renovations"]["plan_year"][s.person_rows("housing_renovations", heads)]
    return years


def _move_years_after(s: Scene, v: Victims, years: Ints) -> None:
    moved_in_on = day(s.first.as_of) - 20 * _DAY
    _move(s, _heads(s, v), v[0], plan_year=_renovated_in(s, _heads(s, v)) + years, moved_in_on=moved_in_on)


def moved_and_renovated(s: Scene, v: Victims) -> None:
    """A household that was paid for its old house's renovation has moved in elsewhere."""
    years = int(s.m.policy.at("housing.repeat_years", s.clock.as_of))
    _move_years_after(s, v, np.where(v.number % 2 == 0, 1 - years, s.draw(v, 1 - years, 0)))
    s.truth.found("RL02", s.person_keys(_heads(s, v)))


def moved_long_before_it_was_renovated(s: Scene, v: Victims) -> None:
    """Near miss: as many years lie between as are asked for."""
    years = int(s.m.policy.at("housing.repeat_years", s.clock.as_of))
    _move_years_after(s, v, np.full(len(v), -years))


# RL03


def old_house_stands(s: Scene, v: Victims) -> None:
    """Moved in longer ago than is allowed, by a day in some, and the old house stands."""
    back = np.where(v.number % 2 == 0, 1, s.draw(v, 1, 900)).astype("timedelta64[D]")
    moved = s.deadline("relocation.demolish_months") - back
    rows = _move(s, _heads(s, v), np.where(v.number % 3 == 2, NONE, v[0]), moved_in_on=moved, old_house_demolished=0)
    _found(s, "RL03", rows[s.is_over(moved, "relocation.demolish_months")])


def old_house_to_go_by_today(s: Scene, v: Victims) -> None:
    """Near miss: the months to demolish it end today."""
    moved = np.full(len(v), s.deadline("relocation.demolish_months"))
    rows = _move(s, _heads(s, v), v[0], moved_in_on=moved, old_house_demolished=0)
    _found(s, "RL03", rows[s.is_over(moved, "relocation.demolish_months")])


# Moved: the house that was assessed is nobody's home any more


def _assessed_on(s: Scene, heads: Ints) -> Days:
    """The newest assessment that each heads; NaT where there is none."""
    book = s.books["housing_renovations"]
    found = np.full(len(s.w.people), NEVER, dtype="datetime64[D]")
    rows = book.rows("person", heads)
    np.fmax.at(found, book["person"][rows], book["assessed_on"][rows])
    return found[heads]


def _lives_elsewhere(s: Scene, heads: Ints, moved_in_on: Days | np.datetime64) -> Bools:
    assessed_on = _assessed_on(s, heads)
    result: Bools = (moved_in_on <= s.m.d) & (np.isnat(assessed_on) | (moved_in_on >= assessed_on))
    return result


def _take_back(s: Scene, households: Ints, *rules: str) -> None:
    for rule in rules:
        s.truth.lift(rule, s.household_keys(households))


def moved_out_of_a_dangerous_house(s: Scene, v: Victims) -> None:
    """Its old house is dangerous still, or its renovation late; by its number or by its head's."""
    heads = s.w.members(v[0], families.HEAD)
    moved_in_on = day(s.first.as_of) - 20 * _DAY
    _move(s, heads, np.where(v.number % 2 == 0, v[0], NONE), moved_in_on=moved_in_on)
    _take_back(s, v[0][_lives_elsewhere(s, heads, moved_in_on)], "CV05", "CV06", "CO04", "EX02")


def moved_while_renovating(s: Scene, v: Victims) -> None:
    """The renovation of the old house is late."""
    moved_out_of_a_dangerous_house(s, v)


def moved_before_the_work_was_planned(s: Scene, v: Victims) -> None:
    """The register calls the house safe, the assessment not, and nobody lives in it."""
    moved_out_of_a_dangerous_house(s, v)


def moved_a_day_before_the_assessment(s: Scene, v: Victims) -> None:
    """Near miss: what was assessed is the house that it moved into."""
    heads = s.w.members(v[0], families.HEAD)
    moved_in_on = _assessed_on(s, heads) - _DAY
    _move(s, heads, v[0], moved_in_on=moved_in_on, plan_year=years_of(moved_in_on) - 1, completed_on=moved_in_on)
    _take_back(s, v[0][_lives_elsewhere(s, heads, moved_in_on)], "CV05", "CV06", "CO04", "EX02")


def moved_and_never_assessed(s: Scene, v: Victims) -> None:
    """Nobody has to assess a house that the household has left."""
    _move(s, s.w.members(v[0], families.HEAD), v[0])
    _take_back(s, v[0], "CV07")


def moved_out_of_one_hardship(s: Scene, v: Victims) -> None:
    """Of two hardships outside the register the dangerous house is left behind: one remains."""
    of = v.number % 6 == 5
    heads = s.w.relatives(s.certificates_outside(v[0][of]), families.HEAD)
    moved_in_on = day(s.first.as_of) - 20 * _DAY
    _move(s, heads, np.full(len(heads), NONE, dtype=np.int64), moved_in_on=moved_in_on)
    s.truth.lift("CV09", s.certificate_keys(s.certificates_outside(v[0][of])))


def _of(mistake: Callable[[Scene, Victims], None]) -> Same:
    return Same(mistake.__name__)


CIRCUMSTANCES = (
    Circumstance(house_ready_and_empty, (Pool.EXITED,), main=True, steady=True),
    Circumstance(moved_and_renovated, (Pool.RENOVATED,), main=True),
    Circumstance(old_house_stands, (Pool.EXITED,), main=True, steady=True),
    Circumstance(house_to_move_into_by_today, (Pool.EXITED,), steady=True),
    Circumstance(moved_long_before_it_was_renovated, (Pool.RENOVATED,)),
    Circumstance(old_house_to_go_by_today, (Pool.EXITED,), steady=True),
    Circumstance(moved_out_of_a_dangerous_house, (_of(housing.dangerous_house_of_an_exited_household),), steady=True),
    Circumstance(moved_while_renovating, (_of(housing.renovation_not_finished_of_an_exited_household),), steady=True),
    Circumstance(moved_before_the_work_was_planned, (_of(housing.dangerous_house_planned_this_year),), steady=True),
    Circumstance(
        moved_a_day_before_the_assessment, (_of(housing.dangerous_house_where_a_number_is_lost),), steady=True
    ),
    Circumstance(moved_and_never_assessed, (_of(housing.house_not_assessed_by_a_lost_number),), steady=True),
    Circumstance(moved_out_of_one_hardship, (_of(hardships.several_hardships),), steady=True),
)
