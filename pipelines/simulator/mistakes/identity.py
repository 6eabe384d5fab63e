"""Numbers, names and dates that do not fit together: ID01–ID03."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import NONE
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Certificate, Household

_EXITED = Household(open=False)
_OPEN = Household(open=True)
_RURAL = Certificate(world.RURAL)


def number_lost_in_the_register(s: Scene, v: Victims) -> None:
    """A member's number, where it changes nothing else."""
    s.lose_elder(v[0], "register_members")


def heads_number_lost(s: Scene, v: Victims) -> None:
    """The head's number in the household's row, of the register or of a certificate."""
    register, assistance = v.turn(2)
    s.lose_number("register_households", "head_id", s.household_rows(v[0][register]))
    certificates = s.certificates_outside(v[1][assistance])
    s.lose_number("low_income_households", "head_id", s.certificate_rows(certificates))


def payees_number_lost(s: Scene, v: Victims) -> None:
    """In one month."""
    certificates = s.certificates_outside(v[0])
    rows = s.payments(certificates, s.clock.newest_settled)
    s.lose_number("low_income_payments", "payee_id", rows)


def strangers_number_lost_at_the_insurance(s: Scene, v: Victims) -> None:
    """Of somebody who is in no other book."""
    s.lose_number("insurance_enrolments", "person_id", s.enrolments(s.adults(v[0])))


def another_name(s: Scene, v: Victims) -> None:
    """One number, two names: at the insurance, at school, or under the certificate."""
    insurance, school = v.turn(2)
    spouses, pupils = s.w.members(v[0], families.SPOUSE), s.w.members(v[0], families.PUPIL)
    for feed, rows, persons in (
        ("insurance_enrolments", s.enrolments(spouses[insurance]), spouses[insurance]),
        ("students", s.person_rows("students", pupils[school]), pupils[school]),
    ):
        book = s.books[feed]
        book.say("name", rows, [name + "某" for name in book.texts("name", rows)])
        s.truth.found("ID02", s.person_keys(persons))


def another_name_of_the_head(s: Scene, v: Victims) -> None:
    """The certificate's household row names the head otherwise."""
    certificates = s.certificates_outside(v[0])
    book = s.books["low_income_households"]
    rows = s.certificate_rows(certificates)
    book.say("head_name", rows, [name + "某" for name in book.texts("head_name", rows)])
    s.truth.found("ID02", s.person_keys(s.w.relatives(certificates, families.HEAD)))


def same_name_with_another_dot(s: Scene, v: Victims) -> None:
    """Near miss: dots do not make another name."""
    elders = s.w.members(v[0], families.ELDER)
    register, insurance = s.books["register_members"], s.books["insurance_enrolments"]
    rows = s.person_rows("register_members", elders)
    plain = register.texts("name", rows)
    register.say("name", rows, [name[:1] + "·" + name[1:].replace("·", "") for name in plain])
    rows = insurance.rows("person", elders)
    owner = np.zeros(int(elders.max(initial=0)) + 1, dtype=np.int64)
    owner[elders] = np.arange(len(elders))
    insurance.say("name", rows, [plain[i].replace("·", "") for i in owner[insurance["person"][rows]].tolist()])


def birth_or_sex_unlike_the_number(s: Scene, v: Victims) -> None:
    """The register's birth date or sex is not the number's."""
    book = s.books["register_members"]
    rows = s.person_rows("register_members", s.w.members(v[0], families.ELDER))
    birth, sex = v.turn(2)
    book.put("shift", rows[birth], 1 + s.draw(v, 0, 300)[birth])
    book.put("sex", rows[sex], 1 - book["sex"][rows[sex]])
    s.truth.found("ID03", book.texts("member_no", rows))


def neither_birth_nor_sex_given(s: Scene, v: Victims) -> None:
    """Near miss: what is not given does not differ."""
    book = s.books["register_members"]
    rows = s.person_rows("register_members", s.w.members(v[0], families.ELDER))
    book.put("shift", rows, NONE)
    book.put("sex", rows, NONE)


MISTAKES: tuple[Mistake, ...] = (
    Mistake(number_lost_in_the_register, (_EXITED,), main=True),
    Mistake(another_name, (_EXITED,), main=True),
    Mistake(birth_or_sex_unlike_the_number, (_OPEN,), main=True),
    Mistake(heads_number_lost, (_EXITED, _RURAL)),
    Mistake(payees_number_lost, (_RURAL,), steady=True),
    Mistake(strangers_number_lost_at_the_insurance, (Adult(),)),
    Mistake(another_name_of_the_head, (_RURAL,)),
    Mistake(same_name_with_another_dot, (_EXITED,)),
    Mistake(neither_birth_nor_sex_given, (_OPEN,)),
)
