"""PY01–PY06: cases. At D = 30 June 2026, May is the newest settled month (31 May + 10 days <= D); June is not."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    household,
    member,
    payment,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)


def paid(*payments: Row, members: list[Row] | None = None, more: dict[str, Any] | None = None, **over: Any) -> World:
    """C1 (300 a month since 2024) with member A, and these payments."""
    return world(
        **(
            {
                "low_income_households": [certificate(**over)],
                "low_income_members": [certificate_member()] if members is None else members,
                "low_income_payments": payments,
            }
            | (more or {})
        )
    )


UNKNOWN = [certificate_member(), certificate_member("C1", None)]

# PY01 停保, and a 成功 payment for a month after the month of end_date

py01 = Of("PY01")


def stopped(*payments: Row, end_date: date | None = date(2026, 3, 1), **over: Any) -> World:
    """C1, stopped on 1 March 2026."""
    return paid(*payments, **({"status": "停保", "end_date": end_date} | over))


PY01 = (
    py01.holds_for("paid for the month of the end", stopped(payment(month="2026-03"))),
    py01.broken_by("paid for the month after", stopped(payment(month="2026-04")), "C1"),
    py01.holds_for("returned", stopped(payment(month="2026-04", payment_status="退回"))),
    py01.holds_for("to come", stopped(payment(month="2026-04", payment_status="待发"))),
    py01.holds_for("ended on the last day of the month", stopped(payment(month="2026-04"), end_date=date(2026, 4, 30))),
    py01.broken_by("paid in the next year", stopped(payment(month="2026-01"), end_date=date(2025, 12, 31)), "C1"),
    py01.holds_for("end not given", stopped(payment(month="2026-04"), end_date=None)),
    py01.holds_for("在保 with an end in the past", stopped(payment(month="2026-04"), status="在保")),
    py01.holds_for("渐退 with an end in the past", stopped(payment(month="2026-04"), status="渐退")),
    py01.broken_by("a month not yet settled", stopped(payment(month="2026-06")), "C1"),
    py01.broken_by("低保边缘 too", stopped(payment(month="2026-04"), programme="低保边缘", tier=None), "C1"),
    py01.broken_by("several months, one finding", stopped(payment(month="2026-04"), payment(month="2026-05")), "C1"),
    py01.holds_for("another certificate's payment", stopped(payment("C2", "2026-04"))),
    py01.broken_by(
        "paid for a month that only an older delivery has",
        stopped(
            payment("C9", "2026-05"),
            more={"before": [deliver("low_income_payments", date(2026, 5, 31), [payment(month="2026-04")])]},
        ),
        "C1",
    ),
    py01.holds_for(
        "a newer delivery of the month takes the payment back",
        stopped(
            payment("C9", "2026-04"),
            more={"before": [deliver("low_income_payments", date(2026, 5, 31), [payment(month="2026-04")])]},
        ),
    ),
    py01.perhaps_broken_by("a member without a valid number", stopped(payment(month="2026-04"), members=UNKNOWN), "C1"),
    py01.perhaps_broken_by("no member row", stopped(payment(month="2026-04"), members=[]), "C1"),
)

# PY02 in force, 低保 or 特困, monthly_benefit > 0: a settled month between the first and last month paid at all,
# start_date <= its first day, no 成功 row

py02 = Of("PY02")


def others(*months: str) -> list[Row]:
    """Payments of somebody else's certificate, which say which months were paid at all."""
    return [payment("C9", month) for month in months]


LP = "low_income_payments"
OF_MAY_30 = dict.fromkeys(("low_income_households", "low_income_members"), date(2026, 5, 30))
OF_MAY_31 = dict.fromkeys(("low_income_households", "low_income_members"), date(2026, 5, 31))
OLDER = date(2026, 4, 30)


def settled_in(days: int, june: int) -> dict[str, Any]:
    """Payments as of a day of June, and the days in which a month settles."""
    return {"policy": {"payments.settle_days": days}, "as_of": {LP: date(2026, 6, june)}}


def early_and_late(of: Of, may: list[Row], later: list[Row], *keys: str) -> tuple[Case, ...]:
    """May from a delivery of the day before it had settled, and of that day; a later one says no more of it."""
    return (
        of.perhaps_broken_by(
            "the delivery that has the month came before it had settled",
            paid(*later, more={"before": [deliver(LP, date(2026, 6, 9), may)]}),
            *keys,
        ),
        of.broken_by(
            "the delivery that has the month came when it had settled",
            paid(*later, more={"before": [deliver(LP, date(2026, 6, 10), may)]}),
            *keys,
        ),
    )


PY02 = (
    py02.holds_for("paid", paid(payment())),
    py02.broken_by("others paid, C1 not", paid(*others("2026-05")), "C1"),
    py02.holds_for("no payment rows at all", paid()),
    py02.broken_by("returned", paid(payment(payment_status="退回")), "C1"),
    py02.broken_by("to come", paid(payment(payment_status="待发")), "C1"),
    py02.holds_for(
        "returned, then paid in another batch", paid(payment(payment_status="退回"), payment(batch_no="B2"))
    ),
    py02.holds_for("the month is not settled", paid(*others("2026-06"))),
    py02.holds_for("May is settled on 10 June, not on 9 June", paid(*others("2026-05"), more={"d": date(2026, 6, 9)})),
    py02.broken_by("May is settled on 10 June", paid(*others("2026-05"), more={"d": date(2026, 6, 10)}), "C1"),
    py02.broken_by("February is settled on 10 March", paid(*others("2026-02"), more={"d": date(2026, 3, 10)}), "C1"),
    py02.holds_for("February is not settled on 9 March", paid(*others("2026-02"), more={"d": date(2026, 3, 9)})),
    py02.broken_by("one of several months missing", paid(*others("2026-04", "2026-05"), payment()), "C1"),
    py02.holds_for(
        "a month that nobody was paid for, between two that were", paid(payment(month="2026-03"), payment())
    ),
    py02.holds_for(
        "a gap before a month that is not settled", paid(payment(month="2026-04"), payment(month="2026-06"))
    ),
    *early_and_late(py02, others("2026-05"), others("2026-06"), "C1"),
    py02.holds_for(
        "the payments' day settles a month, whatever D is",
        paid(*others("2026-05"), more={"d": date(2026, 7, 31), "as_of": {LP: date(2026, 6, 9)}}),
    ),
    py02.broken_by(
        "D behind the day of the payments",
        paid(*others("2026-05"), more={"d": date(2026, 7, 31), "as_of": {LP: date(2026, 6, 10)}}),
        "C1",
    ),
    py02.holds_for("a month that ends after the book's day", paid(*others("2026-05"), more={"as_of": OF_MAY_30})),
    py02.broken_by("a month that ends on the book's day", paid(*others("2026-05"), more={"as_of": OF_MAY_31}), "C1"),
    py02.perhaps_broken_by(
        "one of two months by an early delivery",
        paid(
            *others("2026-05"),
            more={"before": [deliver(LP, date(2026, 4, 30), others("2026-04"))]},
        ),
        "C1",
    ),
    py02.holds_for("months before the first and after the last do not count", paid(payment(month="2026-03"))),
    py02.holds_for("started after the first day", paid(*others("2026-05"), start_date=date(2026, 5, 2))),
    py02.broken_by("started on the first day", paid(*others("2026-05"), start_date=date(2026, 5, 1)), "C1"),
    py02.holds_for("no benefit", paid(*others("2026-05"), monthly_benefit=0)),
    py02.broken_by("a fen of benefit", paid(*others("2026-05"), monthly_benefit="0.01"), "C1"),
    py02.broken_by("特困", paid(*others("2026-05"), programme="城市特困", tier=None), "C1"),
    py02.holds_for("低保边缘", paid(*others("2026-05"), programme="低保边缘", tier=None)),
    py02.holds_for("stopped", paid(*others("2026-05"), status="停保", end_date=date(2026, 5, 31))),
    py02.broken_by("in grace", paid(*others("2026-05"), status="渐退"), "C1"),
    py02.holds_for(
        "paid in an older delivery, which alone has the month",
        paid(
            payment(),
            more={"before": [deliver("low_income_payments", date(2026, 5, 31), [payment(month="2026-04")])]},
        ),
    ),
    py02.broken_by(
        "a newer delivery of the month lacks the payment",
        paid(
            *others("2026-05"),
            more={"before": [deliver("low_income_payments", date(2026, 6, 10), [payment()])]},
        ),
        "C1",
    ),
    py02.broken_by(
        "a correction of the delivery lacks the payment",
        paid(
            *others("2026-05"),
            more={"before": [deliver("low_income_payments", date(2026, 6, 30), [payment()])]},
        ),
        "C1",
    ),
    py02.broken_by(
        "settle days in force at D",
        paid(
            *others("2026-05"),
            more={
                "d": date(2026, 6, 9),
                "policy": {"payments.settle_days": [(date(2020, 1, 1), 10), (date(2026, 6, 9), 9)]},
            },
        ),
        "C1",
    ),
    py02.perhaps_broken_by("a member without a valid number", paid(*others("2026-05"), members=UNKNOWN), "C1"),
    py02.perhaps_broken_by("no member row", paid(*others("2026-05"), members=[]), "C1"),
)

# PY04 a 退回 row and no 成功 row of the certificate and month

py04 = Of("PY04")
BACK: dict[str, Any] = {"payment_status": "退回"}

PY04 = (
    py04.broken_by("returned", paid(payment(**BACK)), "C1|2026-05"),
    py04.holds_for("paid", paid(payment())),
    py04.holds_for("returned, then paid in another batch", paid(payment(**BACK), payment(batch_no="B2"))),
    py04.broken_by(
        "returned, and to come", paid(payment(**BACK), payment(batch_no="B2", payment_status="待发")), "C1|2026-05"
    ),
    py04.holds_for("to come", paid(payment(payment_status="待发"))),
    py04.broken_by(
        "returned, and paid for another month", paid(payment(**BACK), payment(month="2026-04")), "C1|2026-05"
    ),
    py04.holds_for("a month not yet settled", paid(payment(month="2026-06", **BACK))),
    py04.broken_by("settled a day earlier by policy", paid(payment(**BACK), more=settled_in(9, 9)), "C1|2026-05"),
    py04.holds_for("settled a day later by policy", paid(payment(**BACK), more=settled_in(11, 10))),
    py04.broken_by("settled on the day", paid(payment(**BACK), more=settled_in(10, 10)), "C1|2026-05"),
    py04.holds_for("not settled the day before", paid(payment(**BACK), more=settled_in(10, 9))),
    *early_and_late(py04, [payment(**BACK)], others("2026-06"), "C1|2026-05"),
    py04.broken_by("two months", paid(payment(**BACK), payment(month="2026-04", **BACK)), "C1|2026-04", "C1|2026-05"),
    py04.broken_by(
        "a stopped certificate too",
        paid(payment(**BACK), status="停保", end_date=date(2026, 1, 1)),
        "C1|2026-05",
    ),
    py04.broken_by(
        "a certificate without a household row",
        paid(payment("C7", **BACK), members=[certificate_member("C7")]),
        "C7|2026-05",
    ),
    py04.holds_for(
        "the newest delivery that has the month says paid",
        paid(payment(), more={"before": [deliver("low_income_payments", date(2026, 6, 10), [payment(**BACK)])]}),
    ),
    py04.broken_by(
        "the older delivery that alone has the month says returned",
        paid(
            payment(),
            more={"before": [deliver("low_income_payments", date(2026, 5, 10), [payment(month="2026-04", **BACK)])]},
        ),
        "C1|2026-04",
    ),
    py04.perhaps_broken_by("a member without a valid number", paid(payment(**BACK), members=UNKNOWN), "C1|2026-05"),
    py04.perhaps_broken_by("no member row", paid(payment(**BACK), members=[]), "C1|2026-05"),
)

# PY06 paid for a month after the month of a death: of the payee, or of the only person covered

py06 = Of("PY06")


def dead(
    *payments: Row,
    person: str | None = A,
    died: date | None = date(2026, 3, 1),
    also: tuple[Row, ...] = (),
    **more: Any,
) -> World:
    """A died in March 2026 in the register; C1 with member A, and these payments."""
    gone = member(person_id=person, person_status="死亡", status_date=died)
    return paid(*payments, more={"register_households": [household()], "register_members": [gone, *also]}, **more)


TO_B: dict[str, Any] = {"month": "2026-04", "payee_id": B}
WITH_B = [certificate_member(), certificate_member("C1", B)]

PY06 = (
    py06.broken_by("paid to the dead for the month after", dead(payment(month="2026-04"), members=WITH_B), "C1"),
    py06.holds_for("paid for the month of the death", dead(payment(month="2026-03"), members=WITH_B)),
    py06.broken_by("paid to another for the only one covered", dead(payment(**TO_B)), "C1"),
    py06.holds_for("paid to another, two are covered", dead(payment(**TO_B), members=WITH_B)),
    py06.broken_by(
        "paid to another, the dead alone is covered of two",
        dead(payment(**TO_B), members=[certificate_member(), certificate_member("C1", B, covered=False)]),
        "C1",
    ),
    py06.holds_for(
        "paid to another, the dead is not the one covered",
        dead(payment(**TO_B), members=[certificate_member(covered=False), certificate_member("C1", B)]),
    ),
    py06.holds_for(
        "paid to another, nobody is covered", dead(payment(**TO_B), members=[certificate_member(covered=False)])
    ),
    py06.holds_for(
        "paid to another, a second covered row has no valid number",
        dead(payment(**TO_B), members=[certificate_member(), certificate_member("C1", None)]),
    ),
    py06.broken_by(
        "paid to the dead, who is no member",
        dead(payment(month="2026-04"), members=[certificate_member("C1", B)]),
        "C1",
    ),
    py06.holds_for("returned", dead(payment(month="2026-04", **BACK))),
    py06.holds_for("date not given", dead(payment(month="2026-04"), died=None)),
    py06.broken_by("a month not yet settled", dead(payment(month="2026-06")), "C1"),
    py06.holds_for("no valid number in the register", dead(payment(month="2026-04"), person=None)),
    py06.holds_for(
        "neither the dead nor the payee has a valid number",
        dead(payment(month="2026-04", payee_id=None), person=None, members=[certificate_member("C1", None)]),
    ),
    py06.holds_for("registered in the household again", dead(payment(month="2026-04"), also=(member("M2"),))),
    py06.broken_by(
        "alive in a household that has no row, so registered nowhere",
        dead(payment(month="2026-04"), also=(member("M2", "H9"),)),
        "C1",
    ),
    py06.holds_for(
        "moved away, not dead",
        paid(
            payment(month="2026-04"),
            more={
                "register_households": [household()],
                "register_members": [member(person_status="迁出", status_date=date(2026, 3, 1))],
            },
        ),
    ),
    py06.broken_by(
        "two dates of death: the earlier counts",
        dead(payment(month="2026-03"), also=(member("M2", person_status="死亡", status_date=date(2026, 2, 28)),)),
        "C1",
    ),
    py06.broken_by(
        "two rows of the death, one with a date",
        dead(payment(month="2026-04"), also=(member("M2", person_status="死亡"),)),
        "C1",
    ),
    py06.broken_by(
        "a stopped certificate too",
        dead(payment(month="2026-04"), status="停保", end_date=date(2026, 3, 31)),
        "C1",
    ),
    py06.broken_by(
        "died in a household that has no row",
        paid(
            payment(month="2026-04"),
            more={"register_members": [member(person_status="死亡", status_date=date(2026, 3, 1))]},
        ),
        "C1",
    ),
    py06.perhaps_broken_by(
        "paid to the dead, another member without a valid number", dead(payment(month="2026-04"), members=UNKNOWN), "C1"
    ),
    py06.perhaps_broken_by("paid to the dead, no member row", dead(payment(month="2026-04"), members=[]), "C1"),
)

CASES: tuple[Case, ...] = (*PY01, *PY02, *PY04, *PY06)
