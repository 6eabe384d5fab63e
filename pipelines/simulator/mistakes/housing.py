"""Houses that are not safe, not assessed or not paid for: CV05–CV08, and EX02."""

import numpy as np

from pipelines.simulator import families
from pipelines.simulator.arrays import NEVER, NONE, Days, Ints, years_of
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Household

_OPEN = Household(open=True)


_EXITED = Household(open=False)


_DAY = np.timedelta64(1, "D")


def condemn(s: Scene, rows: Ints, grade: str) -> None:
    """A dangerous house at these rows, not accepted, no work planned."""
    book = s.books["housing_renovations"]
    book.put("grade", rows, grade)
    book.put("acceptance", rows, "未验收")
    book.put("method", rows, "新建")
    book.put("plan_year", rows, NONE)
    book.put("started_on", rows, NEVER)
    book.put("completed_on", rows, NEVER)
    book.put("subsidy", rows, 3_500_000)


def _houses(s: Scene, households: Ints) -> Ints:
    return s.person_rows("housing_renovations", s.w.members(households, families.HEAD))


def _found_unsafe(s: Scene, households: Ints) -> None:
    s.truth.found("EX02", s.household_keys(households), households=households)


def _found_otherwise(s: Scene, households: Ints) -> None:
    """CO04: open households whose house the register calls safe."""
    s.truth.found("CO04", s.household_keys(households), households=households)


def _no_project(s: Scene, v: Victims) -> None:
    rows = _houses(s, v[0])
    condemn(s, rows, "D")
    book = s.books["housing_renovations"]
    not_needed, _, planned_long_ago = v.turn(3)
    book.put("method", rows[not_needed], "无需改造")
    book.put("plan_year", rows[planned_long_ago], s.clocks[0].as_of.year - 1)
    s.truth.found("CV05", s.household_keys(v[0]), households=v[0])


def dangerous_house_without_a_project(s: Scene, v: Victims) -> None:
    """Grade D, and no work was ever planned, or it was called unnecessary, or planned for a year gone by."""
    _no_project(s, v)
    homes = s.books["register_households"]
    homes.put("housing_safe", s.household_rows(v[0]), 0)


def dangerous_house_of_an_exited_household(s: Scene, v: Victims) -> None:
    """The register calls the house safe."""
    _no_project(s, v)
    _found_unsafe(s, v[0])


def dangerous_house_where_a_number_is_lost(s: Scene, v: Victims) -> None:
    """A member's number is lost: another case may be theirs."""
    s.lose_elder(v[0], "register_members")
    dangerous_house_of_an_exited_household(s, v)


def dangerous_house_planned_this_year(s: Scene, v: Victims) -> None:
    """Near miss: work is planned for this year, and the register has not heard that the house is dangerous."""
    rows = _houses(s, v[0])
    condemn(s, rows, "C")
    _found_otherwise(s, v[0])
    s.books["housing_renovations"].put("plan_year", rows, s.clock.as_of.year)


def dangerous_house_assessed_again(s: Scene, v: Victims) -> None:
    """Near miss: of two assessments of one day the one with the greater case number counts."""
    book = s.books["housing_renovations"]
    rows = _houses(s, v[0])
    case = book["case"].max() + 1 + np.arange(len(rows))
    book.copy(rows, case=case)
    condemn(s, rows, "D")


def _late(s: Scene, v: Victims, since: np.datetime64 | Days) -> Ints:
    rows = _houses(s, v[0])
    condemn(s, rows, "C")
    book = s.books["housing_renovations"]
    book.put("started_on", rows, since)
    book.put("plan_year", rows, years_of(book["started_on"][rows]))
    book.put("assessed_on", rows, book["started_on"][rows] - 60 * _DAY)
    return rows


def _renovation_late(s: Scene, v: Victims) -> Ints:
    """Begun more than the allowed months ago, in some cases one day more; returns the households found."""
    back = np.where(v.number % 2 == 0, 1, s.draw(v, 1, 500))
    since = s.deadline("housing.complete_within_months") - back.astype("timedelta64[D]")
    rows = _late(s, v, since)
    s.books["housing_renovations"].put("acceptance", rows[v.number % 3 == 1], "不合格")
    late = v[0][s.is_over(since, "housing.complete_within_months")]
    s.truth.found("CV06", s.household_keys(late), households=late)
    return late


def renovation_not_finished(s: Scene, v: Victims) -> None:
    """Work goes on for too long, and the register calls the house safe."""
    _renovation_late(s, v)
    _found_otherwise(s, v[0])


def renovation_not_finished_of_an_exited_household(s: Scene, v: Victims) -> None:
    """The household left poverty before its house was safe."""
    _renovation_late(s, v)
    _found_unsafe(s, v[0])


def renovation_where_a_number_is_lost(s: Scene, v: Victims) -> None:
    """CV06 with a member whose number is lost."""
    s.lose_elder(v[0], "register_members")
    renovation_not_finished(s, v)


def renovation_on_its_last_day(s: Scene, v: Victims) -> None:
    """Near miss: the allowed months end today."""
    _late(s, v, s.deadline("housing.complete_within_months"))
    _found_otherwise(s, v[0])


def _found_not_assessed(s: Scene, households: Ints) -> None:
    s.truth.found(
        "CV07", s.household_keys(households), households=households,
        absent=s.everyone("housing_renovations", households),
    )  # fmt: skip


def house_not_assessed(s: Scene, v: Victims) -> None:
    """No case, or one that is headed by somebody else."""
    book = s.books["housing_renovations"]
    rows = _houses(s, v[0])
    none, other = v.turn(2)
    book.drop(rows[none])
    book.put("person", rows[other], s.adults(v[1])[other])
    _found_not_assessed(s, v[0])


def house_not_assessed_by_a_lost_number(s: Scene, v: Victims) -> None:
    """The case's number is lost; the head's name is there."""
    s.lose_number("housing_renovations", "head_id", _houses(s, v[0]))
    _found_not_assessed(s, v[0])


def house_not_assessed_where_a_member_is_in_doubt(s: Scene, v: Victims) -> None:
    """CV07 with a member whose number is lost in the register."""
    s.lose_elder(v[0], "register_members")
    s.books["housing_renovations"].drop(_houses(s, v[0]))
    _found_not_assessed(s, v[0])


def _accepted(s: Scene, v: Victims, done: np.datetime64 | Days) -> Ints:
    """Accepted houses for which some of the subsidy is not paid."""
    rows = _houses(s, v[0])
    condemn(s, rows, "D")
    book = s.books["housing_renovations"]
    book.put("completed_on", rows, done)
    book.put("started_on", rows, book["completed_on"][rows] - 150 * _DAY)
    book.put("assessed_on", rows, book["completed_on"][rows] - 250 * _DAY)
    book.put("plan_year", rows, years_of(book["started_on"][rows]))
    book.put("acceptance", rows, "合格")
    book.put("paid", rows, 3_500_000 - s.draw(v, 1, 2_000_000))
    return rows


def subsidy_for_the_house_not_paid(s: Scene, v: Victims) -> None:
    """Less is paid than promised, and the months to pay are over."""
    back = np.where(v.number % 2 == 0, 1, s.draw(v, 1, 500))
    done = s.deadline("housing.pay_within_months") - back.astype("timedelta64[D]")
    rows = _accepted(s, v, done)
    owed = rows[s.is_over(done, "housing.pay_within_months")]
    s.truth.found("CV08", s.books["housing_renovations"].texts("case_no", owed))


def subsidy_for_the_house_due_today(s: Scene, v: Victims) -> None:
    """Near miss: the months to pay end today."""
    _accepted(s, v, s.deadline("housing.pay_within_months"))


MISTAKES: tuple[Mistake, ...] = (
    Mistake(dangerous_house_without_a_project, (_OPEN,), main=True),
    Mistake(renovation_not_finished, (_OPEN,), main=True, steady=True),
    Mistake(house_not_assessed, (_EXITED, Adult()), main=True),
    Mistake(subsidy_for_the_house_not_paid, (_EXITED,), main=True, steady=True),
    Mistake(dangerous_house_of_an_exited_household, (_EXITED,)),
    Mistake(dangerous_house_where_a_number_is_lost, (_EXITED,)),
    Mistake(dangerous_house_planned_this_year, (_OPEN,)),
    Mistake(dangerous_house_assessed_again, (_EXITED,)),
    Mistake(renovation_not_finished_of_an_exited_household, (_EXITED,), steady=True),
    Mistake(renovation_where_a_number_is_lost, (_OPEN,), steady=True),
    Mistake(renovation_on_its_last_day, (_OPEN,), steady=True),
    Mistake(house_not_assessed_by_a_lost_number, (_EXITED,)),
    Mistake(house_not_assessed_where_a_member_is_in_doubt, (_EXITED,)),
    Mistake(subsidy_for_the_house_due_today, (_EXITED,), steady=True),
)
