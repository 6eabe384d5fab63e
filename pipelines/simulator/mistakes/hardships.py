"""Several hardships outside the register: CV09."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import NEVER, Ints, day
from pipelines.simulator.mistakes.housing import condemn
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Certificate, Household
from pipelines.simulator.truth import Absent

_EXITED = Household(open=False)


_RURAL = Certificate(world.RURAL)


_EDGE = Certificate(world.EDGE)


_DAY = np.timedelta64(1, "D")


def _found_hardships(s: Scene, certificates: Ints) -> None:
    absent: Absent = s.relatives("register_members", certificates)
    s.truth.found("CV09", s.certificate_keys(certificates), certificates=certificates, absent=absent)


def _dangerous_house_outside(s: Scene, persons: Ints) -> None:
    book = s.books["housing_renovations"]
    rows = np.flatnonzero(book.kept)[: len(persons)]
    start = book["case"].max() + 1
    new = book.copy(rows, person=persons, case=start + np.arange(len(persons)), village_code=s.w.residence[persons])
    condemn(s, new, "D")
    book.put("paid", new, 0)
    book.put("paid_on", new, NEVER)
    book.put("assessed_on", new, day(s.clocks[0].as_of) - 400 * _DAY)


def _two_hardships(s: Scene, v: Victims, certificates: Ints) -> None:
    """Beside the low income that all of them have: no insurance, no school, or a dangerous house."""
    no_insurance, no_school, no_house = v.turn(3)
    spouses = s.w.relatives(certificates, families.SPOUSE)
    pupils = s.w.relatives(certificates, families.PUPIL)
    s.books["insurance_enrolments"].drop(s.enrolments(spouses[no_insurance]))
    s.books["students"].drop(s.books["students"].rows("person", pupils[no_school]))
    _dangerous_house_outside(s, s.w.relatives(certificates, families.HEAD)[no_house])


def several_hardships(s: Scene, v: Victims) -> None:
    """Income below the line and one more hardship, and nobody in the register."""
    certificates = s.certificates_outside(v[0])
    _two_hardships(s, v, certificates)
    _found_hardships(s, certificates)


def several_hardships_at_the_edge(s: Scene, v: Victims) -> None:
    """低保边缘 with income above the line, uninsured and out of school."""
    certificates = s.certificates_outside(v[0])
    s.books["insurance_enrolments"].drop(s.enrolments(s.w.relatives(certificates, families.SPOUSE)))
    book = s.books["students"]
    book.drop(book.rows("person", s.w.relatives(certificates, families.PUPIL)))
    _found_hardships(s, certificates)


def several_hardships_with_a_lost_number(s: Scene, v: Victims) -> None:
    """CV09 with a member whose number is lost."""
    certificates = s.certificates_outside(v[0])
    rows = s.person_rows("low_income_members", s.w.relatives(certificates, families.ELDER))
    s.lose_number("low_income_members", "person_id", rows)
    several_hardships(s, v)


def several_hardships_with_a_namesake(s: Scene, v: Victims) -> None:
    """CV09 with a namesake without a number in the register."""
    certificates = s.certificates_outside(v[0])
    s.spare_register_member(v[1], s.w.relatives(certificates, families.ELDER))
    several_hardships(s, v)


def one_hardship(s: Scene, v: Victims) -> None:
    """Near miss: uninsured only; or uninsured but not covered, and out of school."""
    certificates = s.certificates_outside(v[0])
    spouses = s.w.relatives(certificates, families.SPOUSE)
    s.books["insurance_enrolments"].drop(s.enrolments(spouses))
    _, two = v.turn(2)
    members, students = s.books["low_income_members"], s.books["students"]
    members.put("covered", s.person_rows("low_income_members", spouses[two]), 0)
    students.drop(students.rows("person", s.w.relatives(certificates, families.PUPIL)[two]))


def in_the_register_already(s: Scene, v: Victims) -> None:
    """Near miss: one member has a row 正常 in the register, though its household has none (so nothing is linked)."""
    certificates = s.certificates_outside(v[0])
    _two_hardships(s, v, certificates)
    persons = s.w.relatives(certificates, families.ELDER)
    book = s.books["register_members"]
    rows = book.row_of("person", s.w.members(v[1], families.ELDER))
    nowhere = len(s.w.households) + 2 * v.number + 1
    new = book.copy(rows, person=persons, household=nowhere, member=book["member"][rows] + 91, relation="其他")
    book.put("sex", new, s.w.people.sex[persons])


MISTAKES: tuple[Mistake, ...] = (
    Mistake(several_hardships, (_RURAL,), main=True),
    Mistake(several_hardships_at_the_edge, (_EDGE,)),
    Mistake(several_hardships_with_a_lost_number, (_RURAL,)),
    Mistake(several_hardships_with_a_namesake, (_RURAL, _EXITED)),
    Mistake(one_hardship, (_EDGE,)),
    Mistake(in_the_register_already, (_RURAL, _EXITED)),
)
