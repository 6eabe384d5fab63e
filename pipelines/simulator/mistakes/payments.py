"""Payments that do not follow the certificates: PY01–PY06, and ID05 where somebody dead is still on the roll."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import Days, Ints, day
from pipelines.simulator.departments.moment import EPOCH_MONTH
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Certificate, Household
from pipelines.simulator.timeline import month_text

_DAY = np.timedelta64(1, "D")
_RURAL = Certificate(world.RURAL)
_STOPPED = Certificate(world.STOPPED)
_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)
_DESTITUTE = Household(open=True, roll=world.DESTITUTE, single=True)


def _middle_of(month: int) -> np.datetime64:
    middle: np.datetime64 = np.datetime64(month - 1970 * 12, "M").astype("datetime64[D]") + 14 * _DAY
    return middle


def _lose_spouses_number(s: Scene, certificates: Ints) -> None:
    rows = s.person_rows("low_income_members", s.w.relatives(certificates, families.SPOUSE))
    s.lose_number("low_income_members", "person_id", rows)


# PY01 停保后发放


def _pay_on(s: Scene, v: Victims, certificates: Ints) -> None:
    """Payments of the month in which a certificate ended go on for one or two months."""
    book = s.books["low_income_payments"]
    ended = s.clocks[0].newest_settled - 3
    two = v.number % 2 == 1
    for later, chosen in ((1, np.ones(len(v), dtype=bool)), (2, two)):
        rows = s.payments(certificates[chosen], ended)
        book.copy(rows, month=book["month"][rows] + later, paid_on=book["paid_on"][rows] + 30 * later * _DAY)


def paid_after_the_end(s: Scene, v: Victims) -> None:
    """停保, and payments went on."""
    certificates = s.certificates_outside(v[0])
    _pay_on(s, v, certificates)
    s.truth.found("PY01", s.certificate_keys(certificates), certificates=certificates)


def paid_after_the_end_with_a_lost_number(s: Scene, v: Victims) -> None:
    """PY01 of a certificate with a member whose number is lost."""
    _lose_spouses_number(s, s.certificates_outside(v[0]))
    paid_after_the_end(s, v)


# PY02 在保未发放, PY04 退回未补发


def _some_month(s: Scene, v: Victims) -> Ints:
    """A month that every delivery's payments cover."""
    months = s.clocks[0].months
    return s.draw(v, months[0], months[-1])


def _rows_of_month(s: Scene, certificates: Ints, months: Ints) -> Ints:
    book = s.books["low_income_payments"]
    rows = s.payments(certificates)
    wanted = np.zeros(int(certificates.max(initial=0)) + 1, dtype=np.int64)
    wanted[certificates] = months - EPOCH_MONTH
    result: Ints = rows[book["month"][rows] == wanted[book["certificate"][rows]]]
    return result


def not_paid(s: Scene, v: Victims) -> None:
    """In one settled month nothing was paid, or it still waits."""
    certificates = s.certificates_outside(v[0])
    months = _some_month(s, v)
    book = s.books["low_income_payments"]
    none, waiting = v.turn(2)
    book.drop(_rows_of_month(s, certificates[none], months[none]))
    book.put("payment_status", _rows_of_month(s, certificates[waiting], months[waiting]), "待发")
    s.truth.found("PY02", s.certificate_keys(certificates), certificates=certificates)


def not_paid_with_a_lost_number(s: Scene, v: Victims) -> None:
    """PY02 of a certificate with a member whose number is lost."""
    _lose_spouses_number(s, s.certificates_outside(v[0]))
    not_paid(s, v)


def returned_and_not_paid_again(s: Scene, v: Victims) -> None:
    """The bank sent one month's payment back, and nobody paid again: not paid (PY02) either."""
    certificates = s.certificates_outside(v[0])
    months = _some_month(s, v)
    book = s.books["low_income_payments"]
    book.put("payment_status", _rows_of_month(s, certificates, months), "退回")
    keys = s.certificate_keys(certificates)
    s.truth.found("PY02", keys, certificates=certificates)
    both = [f"{key}|{month_text(month)}" for key, month in zip(keys, months.tolist(), strict=True)]
    s.truth.found("PY04", both, certificates=certificates)


def returned_with_a_lost_number(s: Scene, v: Victims) -> None:
    """PY04 of a certificate with a member whose number is lost."""
    _lose_spouses_number(s, s.certificates_outside(v[0]))
    returned_and_not_paid_again(s, v)


def returned_from_a_stopped_certificate(s: Scene, v: Victims) -> None:
    """The last payment of a certificate that has ended since: PY04 alone."""
    certificates = s.certificates_outside(v[0])
    ended = s.clocks[0].newest_settled - 3
    s.books["low_income_payments"].put("payment_status", s.payments(certificates, ended), "退回")
    keys = [f"{key}|{month_text(ended)}" for key in s.certificate_keys(certificates)]
    s.truth.found("PY04", keys, certificates=certificates)


# PY03 发放金额不符


def _pay_apart(s: Scene, v: Victims, beyond: Ints | int) -> Ints:
    certificates = s.certificates_outside(v[0])
    due = s.books["low_income_households"]["monthly_benefit"][s.certificate_rows(certificates)]
    apart = s.fen("benefit_tolerance") + beyond
    s.pay(certificates, np.where(v.number % 3 == 1, due + apart, np.maximum(due - apart, 1)))
    return certificates


def another_amount_paid(s: Scene, v: Victims) -> None:
    """Every month more or less than the certificate says, beyond the tolerance."""
    certificates = _pay_apart(s, v, s.draw(v, 1, 4000))
    s.truth.found("PY03", s.certificate_keys(certificates), period=s.clock.payment_period, certificates=certificates)


def another_amount_paid_with_a_lost_number(s: Scene, v: Victims) -> None:
    """PY03 of a certificate with a member whose number is lost."""
    _lose_spouses_number(s, s.certificates_outside(v[0]))
    another_amount_paid(s, v)


def another_amount_paid_by_the_tolerance(s: Scene, v: Victims) -> None:
    """Near miss: exactly the tolerance."""
    _pay_apart(s, v, 0)


# PY05 收款人非家庭成员


def paid_to_a_stranger(s: Scene, v: Victims) -> None:
    """All payments go to somebody outside the family."""
    certificates = s.certificates_outside(v[0])
    book = s.books["low_income_payments"]
    payee = np.zeros(int(certificates.max(initial=0)) + 1, dtype=np.int64)
    payee[certificates] = s.adults(v[1])
    rows = s.payments(certificates)
    book.put("person", rows, payee[book["certificate"][rows]])
    s.truth.found("PY05", s.certificate_keys(certificates), period=s.clock.payment_period, certificates=certificates)


def paid_to_a_stranger_with_a_lost_number(s: Scene, v: Victims) -> None:
    """PY05 of a certificate with a member whose number is lost: maybe that one is the payee."""
    _lose_spouses_number(s, s.certificates_outside(v[0]))
    paid_to_a_stranger(s, v)


def paid_to_a_stranger_long_ago(s: Scene, v: Victims) -> None:
    """Near miss: in older months only."""
    certificates = s.certificates_outside(v[0])
    book = s.books["low_income_payments"]
    older = s.clocks[0].months[0]
    rows = s.payments(certificates, older)
    book.put("person", rows, s.adults(v[1])[: len(rows)])


# PY06 死亡后发放, ID05 死亡仍在保


def _die(s: Scene, persons: Ints, on: np.datetime64 | Days) -> None:
    book = s.books["register_members"]
    rows = s.person_rows("register_members", persons)
    book.put("person_status", rows, "死亡")
    book.put("status_date", rows, on)


def _pay_to(s: Scene, households: Ints, persons: Ints) -> Ints:
    certificates: Ints = s.w.households.certificate[households]
    book = s.books["low_income_payments"]
    payee = np.zeros(int(certificates.max(initial=0)) + 1, dtype=np.int64)
    payee[certificates] = persons
    rows = s.payments(certificates)
    book.put("person", rows, payee[book["certificate"][rows]])
    return certificates


def paid_to_the_dead(s: Scene, v: Victims) -> None:
    """The elder died and left the certificate, but stays the payee, who is no member any more (PY05)."""
    elders = s.w.members(v[0], families.ELDER)
    _die(s, elders, _middle_of(s.clocks[0].newest_settled - 4))
    s.books["low_income_members"].drop(s.person_rows("low_income_members", elders))
    certificates = _pay_to(s, v[0], elders)
    keys = s.certificate_keys(certificates)
    s.truth.found("PY06", keys, certificates=certificates)
    s.truth.found("PY05", keys, period=s.clock.payment_period, certificates=certificates)


def paid_to_the_dead_who_is_still_a_member(s: Scene, v: Victims) -> None:
    """The elder died, is no longer covered, but still stands under the certificate (TL08)."""
    elders = s.w.members(v[0], families.ELDER)
    _die(s, elders, _middle_of(s.clocks[0].newest_settled - 4))
    book = s.books["low_income_members"]
    book.put("covered", s.person_rows("low_income_members", elders), 0)
    certificates = _pay_to(s, v[0], elders)
    s.truth.found("PY06", s.certificate_keys(certificates), certificates=certificates)
    s.truth.found("TL08", s.household_keys(v[0]), households=v[0], certificates=certificates)


def the_only_one_covered_is_dead(s: Scene, v: Victims) -> None:
    """A single destitute person died; the certificate lives on (ID05) and is paid."""
    heads = s.w.members(v[0], families.HEAD)
    _die(s, heads, _middle_of(s.clocks[0].newest_settled - 4))
    certificates = s.w.households.certificate[v[0]]
    s.truth.found("PY06", s.certificate_keys(certificates), certificates=certificates)
    s.truth.found("ID05", s.person_keys(heads))


def died_in_the_month_of_the_last_payment(s: Scene, v: Victims) -> None:
    """Near miss for PY06 (not for ID05): no payment is for a month after the month of death."""
    heads = s.w.members(v[0], families.HEAD)
    died = _middle_of(s.last.newest_settled)
    if died <= day(s.clock.as_of):
        _die(s, heads, died)
        s.truth.found("ID05", s.person_keys(heads))


def dead_but_on_the_roll(s: Scene, v: Victims) -> None:
    """The register knows of the elder's death, civil affairs do not (TL08 as well)."""
    elders = s.w.members(v[0], families.ELDER)
    back = s.draw(v, 5, 90).astype("timedelta64[D]")
    _die(s, elders, day(s.clocks[0].as_of) - back)
    s.truth.found("ID05", s.person_keys(elders))
    s.truth.found("TL08", s.household_keys(v[0]), households=v[0], certificates=s.w.households.certificate[v[0]])


MISTAKES: tuple[Mistake, ...] = (
    Mistake(paid_after_the_end, (_STOPPED,), main=True, steady=True),
    Mistake(not_paid, (_RURAL,), main=True, steady=True),
    Mistake(another_amount_paid, (_RURAL,), main=True, steady=True),
    Mistake(returned_and_not_paid_again, (_RURAL,), main=True, steady=True),
    Mistake(paid_to_a_stranger, (_RURAL, Adult()), main=True, steady=True),
    Mistake(paid_to_the_dead, (_ON_ROLL,), main=True, steady=True),
    Mistake(dead_but_on_the_roll, (_ON_ROLL,), main=True),
    Mistake(paid_after_the_end_with_a_lost_number, (_STOPPED,), steady=True),
    Mistake(not_paid_with_a_lost_number, (_RURAL,), steady=True),
    Mistake(returned_with_a_lost_number, (_RURAL,), steady=True),
    Mistake(returned_from_a_stopped_certificate, (_STOPPED,), steady=True),
    Mistake(another_amount_paid_with_a_lost_number, (_RURAL,), steady=True),
    Mistake(another_amount_paid_by_the_tolerance, (_RURAL,), steady=True),
    Mistake(paid_to_a_stranger_with_a_lost_number, (_RURAL, Adult()), steady=True),
    Mistake(paid_to_a_stranger_long_ago, (_RURAL, Adult()), steady=True),
    Mistake(paid_to_the_dead_who_is_still_a_member, (_ON_ROLL,), steady=True),
    Mistake(the_only_one_covered_is_dead, (_DESTITUTE,), steady=True),
    Mistake(died_in_the_month_of_the_last_payment, (_DESTITUTE,), steady=True),
)
