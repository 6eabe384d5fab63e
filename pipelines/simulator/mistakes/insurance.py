"""Insurance that does not reach people: CV01, CV02, and EX04 where the household has left poverty."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import Ints
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Certificate, Household

_OPEN = Household(open=True)


_EXITED = Household(open=False)


_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)


_DESTITUTE = Household(open=True, roll=world.DESTITUTE, single=True)


_RURAL = Certificate(world.RURAL)


_EDGE = Certificate(world.EDGE)


def uninsure(s: Scene, v: Victims, persons: Ints) -> None:
    """No enrolment 正常参保 for the insurance year: none at all, an old one, or one that was suspended."""
    book = s.books["insurance_enrolments"]
    gone, old, suspended = v.turn(3)
    rows = s.enrolments(persons[gone])
    book.drop(rows)
    rows = s.enrolments(persons[old])
    book.put("year", rows, s.clock.insurance_year - 1)
    rows = s.enrolments(persons[suspended])
    book.put("enrolment_status", rows, "暂停参保")


def _found_uninsured(s: Scene, households: Ints, persons: Ints, exited: bool) -> None:
    absent = s.each("insurance_enrolments", persons)
    period = s.clock.insurance_period
    s.truth.found("CV01", s.person_keys(persons), period=period, absent=absent)
    if exited:
        s.truth.found("EX04", s.household_keys(households), period=period, households=households, absent=absent)


def uninsured_in_an_open_household(s: Scene, v: Victims) -> None:
    """The spouse is not insured."""
    persons = s.w.members(v[0], families.SPOUSE)
    uninsure(s, v, persons)
    _found_uninsured(s, v[0], persons, exited=False)


def uninsured_in_an_exited_household(s: Scene, v: Victims) -> None:
    """The spouse is not insured though the household has left poverty."""
    persons = s.w.members(v[0], families.SPOUSE)
    uninsure(s, v, persons)
    _found_uninsured(s, v[0], persons, exited=True)


def uninsured_by_a_lost_number(s: Scene, v: Victims) -> None:
    """The number on the enrolment is lost: the row bears the name and may be the proof."""
    persons = s.w.members(v[0], families.SPOUSE)
    s.lose_number("insurance_enrolments", "person_id", s.enrolments(persons))
    _found_uninsured(s, v[0], persons, exited=True)


def uninsured_where_another_number_is_lost(s: Scene, v: Victims) -> None:
    """The household has a member whose number is lost: that is no doubt about the person, but about the household."""
    s.lose_elder(v[0], "register_members")
    uninsured_in_an_exited_household(s, v)


def uninsured_in_no_household(s: Scene, v: Victims) -> None:
    """Near miss: a member row whose household has no row is no registration."""
    persons = s.adults(v[1])
    book = s.books["register_members"]
    rows = book.row_of("person", s.w.members(v[0], families.HEAD))
    new = book.copy(
        rows, person=persons, household=len(s.w.households) + 2 * v.number, member=book["member"][rows] + 91
    )
    book.put("sex", new, s.w.people.sex[persons])
    s.books["insurance_enrolments"].drop(s.enrolments(persons))


def _owed(s: Scene, class_: str) -> int:
    """fen a year, of the insurance year's last day: amounts stand for whole years."""
    on = s.clock.as_of.replace(year=s.clock.insurance_year, month=12, day=31)
    return s.m.policy.fen(f"insurance.subsidy.{class_}", on)


def _subsidise_less(s: Scene, v: Victims, persons: Ints, class_: str) -> None:
    """Nothing, or one fen less than is tolerated."""
    owed = _owed(s, class_)
    book = s.books["insurance_enrolments"]
    rows = book.row_of("person", persons)
    nothing = v.number % 2 == 0
    book.put("subsidy_amount", rows, np.where(nothing, 0, owed - s.fen("benefit_tolerance") - 1))
    book.put("subsidy_class", rows[nothing], "无")
    s.truth.found("CV02", s.person_keys(persons), period=s.clock.insurance_period)


def premium_of_the_poor_not_subsidised(s: Scene, v: Victims) -> None:
    """返贫致贫: registered in an open household."""
    _subsidise_less(s, v, s.w.members(v[0], families.SPOUSE), "返贫致贫")


def premium_on_the_roll_not_subsidised(s: Scene, v: Victims) -> None:
    """低保, of a register household."""
    _subsidise_less(s, v, s.w.members(v[0], families.SPOUSE), "低保")


def premium_on_the_roll_outside_not_subsidised(s: Scene, v: Victims) -> None:
    """低保, outside the register."""
    _subsidise_less(s, v, s.w.relatives(s.certificates_outside(v[0]), families.ELDER), "低保")


def premium_of_the_destitute_not_subsidised(s: Scene, v: Victims) -> None:
    """特困."""
    _subsidise_less(s, v, s.w.members(v[0], families.HEAD), "特困")


def premium_at_the_edge_not_subsidised(s: Scene, v: Victims) -> None:
    """低保边缘."""
    _subsidise_less(s, v, s.w.relatives(s.certificates_outside(v[0]), families.SPOUSE), "低保边缘")


def premium_of_an_employee(s: Scene, v: Victims) -> None:
    """Near miss: employees' insurance is not subsidised."""
    book = s.books["insurance_enrolments"]
    rows = s.enrolments(s.w.members(v[0], families.SPOUSE))
    book.put("scheme", rows, "职工")
    book.put("subsidy_amount", rows, 0)


def premium_at_the_edge_but_not_covered(s: Scene, v: Victims) -> None:
    """Near miss: who is not covered has no class."""
    persons = s.w.relatives(s.certificates_outside(v[0]), families.SPOUSE)
    members = s.books["low_income_members"]
    members.put("covered", s.person_rows("low_income_members", persons), 0)
    s.books["insurance_enrolments"].put("subsidy_amount", s.enrolments(persons), 0)


MISTAKES: tuple[Mistake, ...] = (
    Mistake(uninsured_in_an_open_household, (_OPEN,), main=True),
    Mistake(uninsured_in_an_exited_household, (_EXITED,), main=True),
    Mistake(premium_of_the_poor_not_subsidised, (_OPEN,), main=True),
    Mistake(uninsured_by_a_lost_number, (_EXITED,)),
    Mistake(uninsured_where_another_number_is_lost, (_EXITED,)),
    Mistake(uninsured_in_no_household, (_EXITED, Adult())),
    Mistake(premium_on_the_roll_not_subsidised, (_ON_ROLL,)),
    Mistake(premium_on_the_roll_outside_not_subsidised, (_RURAL,)),
    Mistake(premium_of_the_destitute_not_subsidised, (_DESTITUTE,)),
    Mistake(premium_at_the_edge_not_subsidised, (_EDGE,)),
    Mistake(premium_of_an_employee, (_OPEN,)),
    Mistake(premium_at_the_edge_but_not_covered, (_EDGE,)),
)
