"""Households that left poverty too early by their incomes or their own register: EX01, EX02."""

import numpy as np

from pipelines.simulator.arrays import Ints
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Household

_EXITED = Household(open=False)


def _set(s: Scene, households: Ints, column: str, fen: Ints | int) -> None:
    s.books["register_households"].put(column, s.household_rows(households), fen)


def _line_last_year(s: Scene) -> int:
    """The least poverty line that the as-of dates compare last year's income with."""
    ends = [clock.as_of.replace(year=clock.as_of.year - 1, month=12, day=31) for clock in s.clocks]
    return min(s.m.policy.fen("poverty_line", end) for end in ends)


def _set_income_now(s: Scene, households: Ints, fen: Ints) -> None:
    """This year's income; where it lies below the standard too, nobody of the household is on the roll: TL11."""
    _set(s, households, "income_current", fen)
    poor = households[fen < 12 * s.fen("low_income_standard.rural")]
    s.truth.found("TL11", s.household_keys(poor), households=poor, absent=s.everyone("low_income_members", poor))


def income_below_the_line(s: Scene, v: Victims) -> None:
    """This year's or last year's income lies below the line of its year, by one fen or by much."""
    least, _ = s.lines()
    short = np.where(v.number % 3 == 0, 1, s.draw(v, 1, 150_000))
    now, before = v.turn(2)
    _set_income_now(s, v[0][now], least - short[now])
    _set(s, v[0][before], "income_previous", _line_last_year(s) - short[before])
    s.truth.found("EX01", s.household_keys(v[0]), households=v[0])


def income_equal_to_the_line(s: Scene, v: Victims) -> None:
    """Near miss: both incomes are exactly their line."""
    _set(s, v[0], "income_current", s.fen("poverty_line"))
    end = s.clock.as_of.replace(year=s.clock.as_of.year - 1, month=12, day=31)
    _set(s, v[0], "income_previous", s.m.policy.fen("poverty_line", end))


def income_below_the_standard(s: Scene, v: Victims) -> None:
    """This year's income lies below the rural standard, which lies below the line."""
    least, _ = s.lines()
    _set_income_now(s, v[0], min(least, 12 * s.fen("low_income_standard.rural")) - s.draw(v, 1, 200_000))
    s.truth.found("EX01", s.household_keys(v[0]), households=v[0])


def income_below_the_line_with_a_lost_number(s: Scene, v: Victims) -> None:
    """EX01 of a household with a member whose number is lost."""
    s.lose_elder(v[0], "register_members")
    income_below_the_line(s, v)


def unsafe_by_the_registers_own_word(s: Scene, v: Victims) -> None:
    """The register itself calls the house unsafe."""
    _set(s, v[0], "housing_safe", 0)
    s.truth.found("EX02", s.household_keys(v[0]), households=v[0])


MISTAKES: tuple[Mistake, ...] = (
    Mistake(income_below_the_line, (_EXITED,), main=True),
    Mistake(unsafe_by_the_registers_own_word, (_EXITED,), main=True),
    Mistake(income_equal_to_the_line, (_EXITED,)),
    Mistake(income_below_the_standard, (_EXITED,), many=True),
    Mistake(income_below_the_line_with_a_lost_number, (_EXITED,)),
)
