"""Certificates against standard and line: TL05–TL07."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import NO_MONEY, Days, Ints, day
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Certificate, Household

_DAY = np.timedelta64(1, "D")


_EXITED = Household(open=False)


_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)


_RURAL = Certificate(world.RURAL)


def _above(s: Scene, certificates: Ints, over: Ints | int) -> None:
    book = s.books["low_income_households"]
    limit = s.fen("low_income_standard.rural") + s.fen("income_tolerance")
    book.put("monthly_income", s.certificate_rows(certificates), limit + over)


def _found_above(s: Scene, certificates: Ints) -> None:
    s.truth.found("TL05", s.certificate_keys(certificates), certificates=certificates)


def above_the_standard(s: Scene, v: Victims) -> None:
    """Monthly income above standard and tolerance."""
    certificates = s.certificates_outside(v[0])
    _above(s, certificates, s.draw(v, 1, 60_000))
    _found_above(s, certificates)


def equal_to_standard_and_tolerance(s: Scene, v: Victims) -> None:
    """Near miss: the difference is exactly the tolerance."""
    _above(s, s.certificates_outside(v[0]), 0)


def _in_grace(s: Scene, certificates: Ints, since: np.datetime64 | Days) -> None:
    book = s.books["low_income_households"]
    rows = s.certificate_rows(certificates)
    book.put("status", rows, "渐退")
    book.put("grace_start", rows, since)


def above_the_standard_past_grace(s: Scene, v: Victims) -> None:
    """渐退 whose grace is over, for some since yesterday."""
    certificates = s.certificates_outside(v[0])
    back = np.where(v.number % 2 == 0, 1, s.draw(v, 1, 200))
    since = s.deadline("grace_months") - back.astype("timedelta64[D]")
    _above(s, certificates, s.draw(v, 1, 60_000))
    _in_grace(s, certificates, since)
    _found_above(s, certificates[s.is_over(since, "grace_months")])


def above_the_standard_on_the_last_day_of_grace(s: Scene, v: Victims) -> None:
    """Near miss: grace ends today."""
    certificates = s.certificates_outside(v[0])
    _above(s, certificates, s.draw(v, 1, 60_000))
    _in_grace(s, certificates, s.deadline("grace_months"))


def above_the_standard_but_ended_today(s: Scene, v: Victims) -> None:
    """Near miss: status 在保, but the end date is the as-of date, so it is not in force."""
    certificates = s.certificates_outside(v[0])
    _above(s, certificates, s.draw(v, 1, 60_000))
    s.books["low_income_households"].put("end_date", s.certificate_rows(certificates), s.clock.as_of)


def above_the_standard_with_a_lost_number(s: Scene, v: Victims) -> None:
    """A member's number is lost."""
    certificates = s.certificates_outside(v[0])
    rows = s.person_rows("low_income_members", s.w.relatives(certificates, families.SPOUSE))
    s.lose_number("low_income_members", "person_id", rows)
    above_the_standard(s, v)


def above_the_standard_without_members(s: Scene, v: Victims) -> None:
    """All member rows are missing."""
    s.lose_all_members(s.certificates_outside(v[0]))
    above_the_standard(s, v)


def _missed(s: Scene, certificates: Ints, line: int, shortfall: Ints | int) -> None:
    """A benefit that leaves the household ``shortfall`` fen a month and household short of the line."""
    book = s.books["low_income_households"]
    rows = s.certificate_rows(certificates)
    income, persons = book["monthly_income"][rows], book["persons"][rows]
    reaching = (line - 12 * income) * persons // 12
    book.put("benefit_method", rows, "分档")
    book.put("category_topup", rows, NO_MONEY)
    s.set_benefit(certificates, np.maximum(reaching - shortfall, 100))


def _found_missed(s: Scene, certificates: Ints) -> None:
    s.truth.found(
        "TL06",
        s.certificate_keys(certificates),
        certificates=certificates,
        absent=s.relatives("register_members", certificates),
    )


def missed_by_the_register(s: Scene, v: Victims) -> None:
    """Below the line even with the benefit, and nobody in the register."""
    certificates = s.certificates_outside(v[0])
    least, _ = s.lines()
    _missed(s, certificates, least, s.draw(v, 1, 9000))
    _found_missed(s, certificates)


def equal_to_the_line(s: Scene, v: Victims) -> None:
    """Near miss: income and benefit reach the line exactly."""
    _, most = s.lines()
    _missed(s, s.certificates_outside(v[0]), most, 0)


def missed_with_a_lost_number(s: Scene, v: Victims) -> None:
    """A member's number is lost: maybe that one is in the register."""
    certificates = s.certificates_outside(v[0])
    rows = s.person_rows("low_income_members", s.w.relatives(certificates, families.SPOUSE))
    s.lose_number("low_income_members", "person_id", rows)
    missed_by_the_register(s, v)


def missed_without_members(s: Scene, v: Victims) -> None:
    """No member rows at all."""
    s.lose_all_members(s.certificates_outside(v[0]))
    missed_by_the_register(s, v)


def missed_with_a_namesake(s: Scene, v: Victims) -> None:
    """Somebody without a number in the register bears a member's name."""
    certificates = s.certificates_outside(v[0])
    s.spare_register_member(v[1], s.w.relatives(certificates, families.ELDER))
    missed_by_the_register(s, v)


def missed_after_moving_out(s: Scene, v: Victims) -> None:
    """A member once stood in the register, as moved out: that is no registration."""
    certificates = s.certificates_outside(v[0])
    book = s.books["register_members"]
    rows = book.row_of("person", s.w.members(v[1], families.ELDER))
    new = book.copy(rows, person=s.w.relatives(certificates, families.SPOUSE), member=book["member"][rows] + 90)
    book.put("sex", new, s.w.people.sex[book["person"][new]])
    book.put("person_status", new, "迁出")
    book.put("status_date", new, day(s.clocks[0].as_of) - 100 * _DAY)
    missed_by_the_register(s, v)


def _gap(s: Scene, certificates: Ints, less: Ints | int) -> None:
    """A benefit ``less`` fen below gap and tolerance."""
    book = s.books["low_income_households"]
    rows = s.certificate_rows(certificates)
    standard = s.fen("low_income_standard.rural")
    gap = (standard - book["monthly_income"][rows]) * book["covered_persons"][rows]
    topup = book["category_topup"][rows]
    s.set_benefit(certificates, np.where(topup == NO_MONEY, 0, topup) + gap - s.fen("benefit_tolerance") - less)


def benefit_below_the_gap(s: Scene, v: Victims) -> None:
    """Less is paid than the gap to the standard, beyond the tolerance."""
    certificates = s.w.households.certificate[v[0]]
    _gap(s, certificates, s.draw(v, 1, 5000))
    s.truth.found("TL07", s.certificate_keys(certificates), certificates=certificates)


def benefit_below_the_gap_by_the_tolerance(s: Scene, v: Victims) -> None:
    """Near miss: less by exactly the tolerance."""
    _gap(s, s.w.households.certificate[v[0]], 0)


def benefit_below_the_gap_with_a_lost_number(s: Scene, v: Victims) -> None:
    """TL07 of a certificate with a member whose number is lost (in both books)."""
    s.lose_elder(v[0], "register_members", "low_income_members")
    benefit_below_the_gap(s, v)


def benefit_below_the_gap_outside_the_register(s: Scene, v: Victims) -> None:
    """Where the standard lies below the line, a benefit below the gap cannot reach the line either: TL06 as well."""
    certificates = s.certificates_outside(v[0])
    s.books["low_income_households"].put("category_topup", s.certificate_rows(certificates), NO_MONEY)
    _gap(s, certificates, s.draw(v, 1, 5000))
    s.truth.found("TL07", s.certificate_keys(certificates), certificates=certificates)
    _found_missed(s, certificates)


MISTAKES: tuple[Mistake, ...] = (
    Mistake(above_the_standard, (_RURAL,), main=True),
    Mistake(missed_by_the_register, (_RURAL,), main=True, steady=True),
    Mistake(benefit_below_the_gap, (_ON_ROLL,), main=True, steady=True),
    Mistake(equal_to_standard_and_tolerance, (_RURAL,)),
    Mistake(above_the_standard_past_grace, (_RURAL,), steady=True),
    Mistake(above_the_standard_on_the_last_day_of_grace, (_RURAL,), steady=True),
    Mistake(above_the_standard_but_ended_today, (_RURAL,), steady=True),
    Mistake(above_the_standard_with_a_lost_number, (_RURAL,)),
    Mistake(above_the_standard_without_members, (_RURAL,), steady=True),
    Mistake(equal_to_the_line, (_RURAL,), steady=True),
    Mistake(missed_with_a_lost_number, (_RURAL,), steady=True),
    Mistake(missed_without_members, (_RURAL,), steady=True),
    Mistake(missed_with_a_namesake, (_RURAL, _EXITED), steady=True),
    Mistake(missed_after_moving_out, (_RURAL, _EXITED), steady=True),
    Mistake(benefit_below_the_gap_by_the_tolerance, (_ON_ROLL,), steady=True),
    Mistake(benefit_below_the_gap_with_a_lost_number, (_ON_ROLL,), steady=True),
    Mistake(benefit_below_the_gap_outside_the_register, (_RURAL,), steady=True),
)
