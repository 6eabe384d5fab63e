"""PY03, PY05: cases about M*, May 2026, beside the book of its last day."""

from dataclasses import replace
from datetime import date
from typing import Any

from builders import Delivery, World, certificate, certificate_member, deliver, payment
from cases.case import Case, Of
from cases.rules.payments import BACK, OF_MAY_31, OLDER, UNKNOWN, A, B, early_and_late, others, paid


def book_of(day: date, benefit: Any, no: str = "C1", member_id: str = A) -> list[Delivery]:
    """Both halves of the assistance book as of a day."""
    return [
        deliver("low_income_households", day, [certificate(no, monthly_benefit=benefit)]),
        deliver("low_income_members", day, [certificate_member(no, member_id)]),
    ]


def then(
    now: World, benefit: Any, no: str = "C1", older: date | None = None, newest: Any = None, member_id: str = A
) -> World:
    """A world with a book as of the end of May (or of an older day; then ``newest`` is that of May) beside its own."""
    earlier = book_of(older or date(2026, 5, 31), benefit, no, member_id)
    if newest is not None:
        earlier += book_of(date(2026, 5, 31), newest)
    return replace(now, deliveries=(*earlier, *now.deliveries))


def then_halves(now: World) -> World:
    """April's book with what was paid, and of May's the household half alone, with what is in force today."""
    half = deliver("low_income_households", date(2026, 5, 31), [certificate()])
    return replace(now, deliveries=(*book_of(OLDER, 250), half, *now.deliveries))


# PY03 in force, 低保 or 特困, started by the first day of M*, paid in M*, abs(sum − 300) > 10

py03 = Of("PY03", "2026-05")

PY03 = (
    py03.holds_for("the benefit", paid(payment())),
    py03.holds_for("more by the tolerance", paid(payment(amount=310))),
    py03.broken_by("more by a fen beyond it", paid(payment(amount="310.01")), "C1"),
    py03.holds_for("less by the tolerance", paid(payment(amount=290))),
    py03.broken_by("less by a fen beyond it", paid(payment(amount="289.99")), "C1"),
    py03.holds_for("two batches that add up", paid(payment(amount=100), payment(amount=200, batch_no="B2"))),
    py03.broken_by("paid twice", paid(payment(), payment(batch_no="B2")), "C1"),
    py03.holds_for("a returned batch does not count", paid(payment(), payment(batch_no="B2", payment_status="退回"))),
    py03.holds_for("nothing that arrived", paid(payment(amount=0, payment_status="退回"))),
    py03.broken_by("zero that arrived", paid(payment(amount=0)), "C1"),
    py03.holds_for("an older month is not asked about", paid(payment(month="2026-04", amount=1), payment())),
    py03.holds_for("a month not yet settled is not asked about", paid(payment(), payment(month="2026-06", amount=1))),
    Of("PY03", "2026-04").broken_by(
        "the newest settled month may be an older one", paid(payment(month="2026-04", amount=1)), "C1"
    ),
    py03.holds_for("others were paid for a newer month", paid(payment(month="2026-04", amount=1), *others("2026-05"))),
    Of("PY03", "2026-04").broken_by(
        "the day before May is settled, April counts",
        paid(payment(month="2026-04", amount=1), payment(amount=2), more={"d": date(2026, 6, 9)}),
        "C1",
    ),
    py03.broken_by("the day May is settled", paid(payment(amount=2), more={"d": date(2026, 6, 10)}), "C1"),
    py03.holds_for("no settled month", paid(payment(month="2026-06", amount=1))),
    py03.holds_for("started after the first day", paid(payment(amount=1), start_date=date(2026, 5, 2))),
    py03.broken_by("started on the first day", paid(payment(amount=1), start_date=date(2026, 5, 1)), "C1"),
    py03.broken_by("特困", paid(payment(amount=1), programme="农村特困", tier=None), "C1"),
    py03.holds_for("低保边缘", paid(payment(amount=1), programme="低保边缘", tier=None)),
    py03.holds_for("stopped", paid(payment(amount=1), status="停保", end_date=date(2026, 5, 31))),
    py03.broken_by("paid although the benefit is zero", paid(payment(), monthly_benefit=0), "C1"),
    *early_and_late(py03, [payment(amount=1)], others("2026-06"), "C1"),
    py03.holds_for("the book of the month's end has what was paid", then(paid(payment(amount=250)), 250)),
    py03.holds_for("within the tolerance of what it was then", then(paid(payment(amount=250)), 260)),
    py03.broken_by("as little what it was then", then(paid(payment(amount=250)), "260.01"), "C1"),
    py03.broken_by("the book of the month's end knows another", then(paid(payment(amount=250)), 250, "C2"), "C1"),
    py03.broken_by("a book before it had what was paid", then(paid(payment(amount=250)), 250, "C1", OLDER, 300), "C1"),
    py03.broken_by(
        "the current book is that of the month's end",
        then(paid(payment(amount=250), more={"as_of": OF_MAY_31}), 250, "C1", date(2026, 4, 30)),
        "C1",
    ),
    py03.holds_for("one half of the month's end, both of the month before", then_halves(paid(payment(amount=250)))),
    py03.perhaps_broken_by("a member without a valid number", paid(payment(amount=1), members=UNKNOWN), "C1"),
    py03.perhaps_broken_by("no member row", paid(payment(amount=1), members=[]), "C1"),
)

# PY05 paid in M* to a valid number that is no member of the certificate

py05 = Of("PY05", "2026-05")

PY05 = (
    py05.holds_for("paid to a member", paid(payment())),
    py05.broken_by("paid to somebody else", paid(payment(payee_id=B)), "C1"),
    py05.holds_for("payee without a valid number", paid(payment(payee_id=None))),
    py05.holds_for(
        "paid to a member who is not covered",
        paid(payment(payee_id=B), members=[certificate_member(), certificate_member("C1", B, covered=False)]),
    ),
    py05.broken_by(
        "paid to a member of another certificate",
        paid(payment(payee_id=B), members=[certificate_member(), certificate_member("C2", B)]),
        "C1",
    ),
    py05.holds_for("returned", paid(payment(payee_id=B, **BACK))),
    py05.holds_for("an older month", paid(payment(month="2026-04", payee_id=B), payment())),
    py05.holds_for("a month not yet settled", paid(payment(), payment(month="2026-06", payee_id=B))),
    py05.broken_by("one of two batches", paid(payment(), payment(batch_no="B2", payee_id=B)), "C1"),
    py05.broken_by(
        "a stopped certificate too", paid(payment(payee_id=B), status="停保", end_date=date(2026, 6, 1)), "C1"
    ),
    py05.broken_by("May is settled on 10 June", paid(payment(payee_id=B), more={"d": date(2026, 6, 10)}), "C1"),
    py05.holds_for("May is not settled on 9 June", paid(payment(payee_id=B), more={"d": date(2026, 6, 9)})),
    *early_and_late(py05, [payment(payee_id=B)], others("2026-06"), "C1"),
    py05.holds_for("a member at the month's end", then(paid(payment(payee_id=B)), 300, member_id=B)),
    py05.broken_by("a member in neither book", then(paid(payment(payee_id=B)), 300), "C1"),
    py05.broken_by("a member elsewhere then", then(paid(payment(payee_id=B)), 300, "C2", member_id=B), "C1"),
    py05.holds_for("no settled month", paid(payment(month="2026-06", payee_id=B))),
    py05.perhaps_broken_by("another member without a valid number", paid(payment(payee_id=B), members=UNKNOWN), "C1"),
    py05.perhaps_broken_by("no member row", paid(payment(), members=[]), "C1"),
)

CASES: tuple[Case, ...] = (*PY03, *PY05)
