"""Who should be on the roll and is not, or is and is not known to be: TL02–TL04."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import Ints
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Certificate, Household

_OPEN = Household(open=True)


_EXITED = Household(open=False)


_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)


_RURAL = Certificate(world.RURAL)


def set_income(s: Scene, households: Ints, fen: Ints | int) -> None:
    s.books["register_households"].put("income_current", s.household_rows(households), fen)


def _set_type(s: Scene, households: Ints, label: str) -> None:
    s.books["register_households"].put("household_type", s.household_rows(households), label)


def _eligible(s: Scene, v: Victims, doubtful: bool = False) -> None:
    set_income(s, v[0], 12 * s.fen("low_income_standard.rural") - s.draw(v, 1, 200_000))
    s.truth.found(
        "TL02",
        s.household_keys(v[0]),
        households=v[0],
        absent=s.everyone("low_income_members", v[0]),
        doubtful=doubtful,
    )


def eligible_but_not_on_the_roll(s: Scene, v: Victims) -> None:
    """Income below the standard and nobody on the roll."""
    _eligible(s, v)


def income_equal_to_the_standard(s: Scene, v: Victims) -> None:
    """Near miss: income is exactly the standard."""
    set_income(s, v[0], 12 * s.fen("low_income_standard.rural"))


def eligible_with_a_lost_number(s: Scene, v: Victims) -> None:
    """A member's number is lost in the register: maybe that one is on the roll."""
    s.lose_elder(v[0], "register_members")
    _eligible(s, v)


def eligible_with_a_namesake(s: Scene, v: Victims) -> None:
    """Somebody without a number under some certificate bears the elder's name."""
    s.spare_member(s.certificates_outside(v[1]), s.w.members(v[0], families.ELDER))
    _eligible(s, v)


def _orphan_rows(s: Scene, v: Victims, covered: int) -> None:
    book = s.books["low_income_members"]
    rows = book.row_of("certificate", s.certificates_outside(v[1]))
    # Numbers beyond all certificates: no household row bears them.
    orphan = len(s.w.certificates) + 2 * v.number + covered
    book.copy(
        rows,
        certificate=orphan,
        person=s.w.members(v[0], families.SPOUSE),
        covered=np.full(len(rows), covered, dtype=np.int64),
    )


def eligible_under_a_certificate_without_a_household(s: Scene, v: Victims) -> None:
    """A member row 是 whose certificate has no household row: the half that is missing may be the proof."""
    _orphan_rows(s, v, covered=1)
    _eligible(s, v, doubtful=True)


def typed_under_a_certificate_without_a_household(s: Scene, v: Victims) -> None:
    """The same for TL03, but a row 否 is no reason to doubt."""
    _orphan_rows(s, v, covered=0)
    typed_low_income_but_not_on_the_roll(s, v)


def typed_low_income_but_not_on_the_roll(s: Scene, v: Victims) -> None:
    """The register says 低保户 or 特困供养户, civil affairs know nothing of it."""
    even, odd = v.turn(2)
    _set_type(s, v[0][even], "低保户")
    _set_type(s, v[0][odd], "特困供养户")
    s.truth.found("TL03", s.household_keys(v[0]), households=v[0], absent=s.everyone("low_income_members", v[0]))


def type_kept_after_the_certificate_was_stopped(s: Scene, v: Victims) -> None:
    """Civil affairs stopped the certificate months ago, the register has not heard."""
    typed_low_income_but_not_on_the_roll(s, v)


def typed_with_a_lost_number(s: Scene, v: Victims) -> None:
    """TL03 with a member whose number is lost."""
    s.lose_elder(v[0], "register_members")
    typed_low_income_but_not_on_the_roll(s, v)


def typed_with_a_namesake(s: Scene, v: Victims) -> None:
    """TL03 with a namesake among the certificates' members."""
    s.spare_member(s.certificates_outside(v[1]), s.w.members(v[0], families.SPOUSE))
    typed_low_income_but_not_on_the_roll(s, v)


def on_the_roll_but_typed_general(s: Scene, v: Victims) -> None:
    """On the roll, and the register still says 一般户."""
    _set_type(s, v[0], "一般户")
    s.truth.found("TL04", s.household_keys(v[0]), households=v[0])


def typed_general_with_a_lost_number(s: Scene, v: Victims) -> None:
    """The elder's number is lost in both books, so that the sets of persons agree."""
    s.lose_elder(v[0], "register_members", "low_income_members")
    on_the_roll_but_typed_general(s, v)


MISTAKES: tuple[Mistake, ...] = (
    Mistake(eligible_but_not_on_the_roll, (_OPEN,), main=True),
    Mistake(typed_low_income_but_not_on_the_roll, (_EXITED,), main=True),
    Mistake(on_the_roll_but_typed_general, (_ON_ROLL,), main=True),
    Mistake(income_equal_to_the_standard, (_OPEN,)),
    Mistake(eligible_with_a_lost_number, (_OPEN,)),
    Mistake(eligible_with_a_namesake, (_OPEN, _RURAL)),
    Mistake(eligible_under_a_certificate_without_a_household, (_OPEN, _RURAL)),
    Mistake(typed_under_a_certificate_without_a_household, (_EXITED, _RURAL)),
    Mistake(type_kept_after_the_certificate_was_stopped, (Household(open=False, roll=world.WAS_ON),)),
    Mistake(typed_with_a_lost_number, (_EXITED,)),
    Mistake(typed_with_a_namesake, (_EXITED, _RURAL)),
    Mistake(typed_general_with_a_lost_number, (_ON_ROLL,)),
)
