"""School and its subsidies that do not reach children: CV03, CV04, and EX03."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import Ints, day
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Certificate, Household

_OPEN = Household(open=True)


_EXITED = Household(open=False)


_RURAL = Certificate(world.RURAL)


_DAY = np.timedelta64(1, "D")


def take_out_of_school(s: Scene, v: Victims, persons: Ints) -> None:
    """No row at a school: none at all, dropped out, moved away, or graduated."""
    book = s.books["students"]
    none, *other = v.turn(4)
    book.drop(book.rows("person", persons[none]))
    for turn, status in zip(other, ("辍学", "转出", "毕业"), strict=True):
        book.put("student_status", book.rows("person", persons[turn]), status)


def _found_out_of_school(s: Scene, households: Ints, persons: Ints, exited: bool) -> None:
    absent, period = s.each("students", persons), s.clock.school_period
    s.truth.found("CV03", s.person_keys(persons), period=period, absent=absent)
    if exited:
        s.truth.found("EX03", s.household_keys(households), period=period, households=households, absent=absent)


def out_of_school_in_an_open_household(s: Scene, v: Victims) -> None:
    """A child of compulsory age is at no school."""
    persons = s.w.members(v[0], families.PUPIL)
    take_out_of_school(s, v, persons)
    _found_out_of_school(s, v[0], persons, exited=False)


def out_of_school_in_an_exited_household(s: Scene, v: Victims) -> None:
    """The same where the household has left poverty."""
    persons = s.w.members(v[0], families.PUPIL)
    take_out_of_school(s, v, persons)
    _found_out_of_school(s, v[0], persons, exited=True)


def out_of_school_by_a_lost_number(s: Scene, v: Victims) -> None:
    """The pupil's number is lost at school; the name is there."""
    persons = s.w.members(v[0], families.PUPIL)
    s.lose_number("students", "person_id", s.person_rows("students", persons))
    _found_out_of_school(s, v[0], persons, exited=True)


def out_of_school_where_another_number_is_lost(s: Scene, v: Victims) -> None:
    """Doubt about the household, none about the child."""
    s.lose_elder(v[0], "register_members")
    out_of_school_in_an_exited_household(s, v)


def at_school_in_other_ways(s: Scene, v: Victims) -> None:
    """Near miss: 休学, 送教上门, 延缓入学 and 县外就读 are school too."""
    book = s.books["students"]
    rows = s.person_rows("students", s.w.members(v[0], families.PUPIL))
    for turn, status in zip(v.turn(4), ("休学", "送教上门", "延缓入学", "县外就读"), strict=True):
        book.put("student_status", rows[turn], status)


def _found_without_subsidy(s: Scene, persons: Ints, absent: bool = True) -> None:
    term = s.clock.term
    items = s.m.policy.at("education.items", s.clock.as_of)["小学"]
    for item in items:
        keys = [f"{person}|{term.school_year}|{term.term}|{item}" for person in s.person_keys(persons)]
        s.truth.found("CV04", keys, absent=s.each("education_subsidies", persons))


def _withhold(s: Scene, v: Victims, persons: Ints) -> None:
    book = s.books["education_subsidies"]
    none, returned, waiting = v.turn(3)
    book.drop(s.subsidies(persons[none]))
    book.put("payment_status", s.subsidies(persons[returned]), "退回")
    book.put("payment_status", s.subsidies(persons[waiting]), "待发")


def pupil_of_the_register_without_subsidy(s: Scene, v: Victims) -> None:
    """Nothing was paid for the last finished term, or it came back, or still waits."""
    persons = s.w.members(v[0], families.PUPIL)
    _withhold(s, v, persons)
    _found_without_subsidy(s, persons)


def pupil_on_the_roll_without_subsidy(s: Scene, v: Victims) -> None:
    """The same outside the register."""
    persons = s.w.relatives(s.certificates_outside(v[0]), families.PUPIL)
    _withhold(s, v, persons)
    _found_without_subsidy(s, persons)


def _lose_pupils_number(s: Scene, persons: Ints) -> Ints:
    book = s.books["education_subsidies"]
    rows = s.subsidies(persons)
    s.lose_number("education_subsidies", "person_id", rows)
    owners: Ints = book["person"][rows]
    return owners


def subsidy_under_a_lost_number(s: Scene, v: Victims) -> None:
    """The row for the term has neither number nor student number of the pupil, only the name."""
    persons = s.w.members(v[0], families.PUPIL)
    s.books["education_subsidies"].put("pupil", s.subsidies(persons), s.adults(v[1]))
    _lose_pupils_number(s, persons)
    _found_without_subsidy(s, persons)


def subsidy_under_the_student_number(s: Scene, v: Victims) -> None:
    """Near miss: the identity number is lost, but the student number proves it."""
    _lose_pupils_number(s, s.w.members(v[0], families.PUPIL))


def enrolled_after_the_term_began(s: Scene, v: Victims) -> None:
    """Near miss: a pupil who came a day after the term's first has no claim to it."""
    persons = s.w.members(v[0], families.PUPIL)
    book = s.books["students"]
    book.put("enrolled_on", s.person_rows("students", persons), day(s.clock.term.first_day) + _DAY)
    s.books["education_subsidies"].drop(s.subsidies(persons))


MISTAKES: tuple[Mistake, ...] = (
    Mistake(out_of_school_in_an_exited_household, (_EXITED,), main=True),
    Mistake(out_of_school_in_an_open_household, (_OPEN,)),
    Mistake(pupil_of_the_register_without_subsidy, (_EXITED,), main=True),
    Mistake(out_of_school_by_a_lost_number, (_EXITED,)),
    Mistake(out_of_school_where_another_number_is_lost, (_EXITED,)),
    Mistake(at_school_in_other_ways, (_EXITED,)),
    Mistake(pupil_on_the_roll_without_subsidy, (_RURAL,)),
    Mistake(subsidy_under_a_lost_number, (_EXITED, Adult())),
    Mistake(subsidy_under_the_student_number, (_EXITED,)),
    Mistake(enrolled_after_the_term_began, (_EXITED,)),
)
