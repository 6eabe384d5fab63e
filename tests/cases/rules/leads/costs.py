"""LD08 and LD09: cases."""

from datetime import date
from decimal import Decimal
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    enrolment,
    household,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of
from office_rows import cost

A, B = pid(1), pid(2)
FEN = Decimal("0.01")
LEAST = 10000 + FEN
MC = "medical_costs"
ld08, ld09 = Of("LD08"), Of("LD09")


def living(*costs: Row, people: tuple[Row, ...] = (member(),), house: Row | None = None, **over: Any) -> World:
    """H1, exited, and what treatment cost its people."""
    books = {"register_households": [house or household()], "register_members": people}
    return world(medical_costs=costs, fillers=False, **books, **over)


def stranger(*costs: Row, enrolled: tuple[Row, ...] = (enrolment(),), **over: Any) -> World:
    """A on no list but that of the insured."""
    return world(medical_costs=costs, insurance_enrolments=enrolled, **over)


def on(covered: bool = True, **certificate_over: Any) -> dict[str, list[Row]]:
    """C1 of A."""
    members = [certificate_member(covered=covered)]
    return {"low_income_households": [certificate(**certificate_over)], "low_income_members": members}


NEWEST = cost(B, month="2026-06", own_cost=0)
HALVES = (cost(own_cost=5000), cost(month="2026-04", own_cost=5000 + FEN))

CASES: tuple[Case, ...] = (
    ld08.perhaps_broken_by("a fen more than is asked about", living(cost(own_cost=LEAST)), "H1"),
    ld08.holds_for("as much as is asked about", living(cost(own_cost=10000))),
    ld08.perhaps_broken_by("in two months", living(*HALVES), "H1"),
    ld08.perhaps_broken_by(
        "two people together",
        living(cost(own_cost=5000), cost(B, own_cost=5000 + FEN), people=(member(), member("M2", person_id=B))),
        "H1",
    ),
    ld08.holds_for("of somebody else", living(cost(B, own_cost=LEAST))),
    ld08.holds_for(
        "of somebody who left",
        living(cost(own_cost=LEAST), people=(member(person_status="迁出"), member("M2", person_id=B))),
    ),
    ld08.holds_for("nobody's number", living(cost(None, own_cost=LEAST))),
    ld08.perhaps_broken_by(
        "not monitored, in so many words", living(cost(own_cost=LEAST), house=household(monitoring="无")), "H1"
    ),
    ld08.holds_for("monitored", living(cost(own_cost=LEAST), house=household(monitoring="脱贫不稳定户"))),
    ld08.holds_for("open", living(cost(own_cost=LEAST), house=open_household())),
    ld08.holds_for("on the roll", living(cost(own_cost=LEAST), **on())),
    ld08.perhaps_broken_by("a member who is not covered", living(cost(own_cost=LEAST), **on(covered=False)), "H1"),
    ld08.perhaps_broken_by("of a marginal household", living(cost(own_cost=LEAST), **on(programme="低保边缘")), "H1"),
    ld08.perhaps_broken_by("the first of twelve months", living(cost(month="2025-07", own_cost=LEAST), NEWEST), "H1"),
    ld08.holds_for("the month before", living(cost(month="2025-06", own_cost=LEAST), NEWEST)),
    ld08.perhaps_broken_by(
        "twelve months that end with the newest that has a row",
        living(cost(month="2025-06", own_cost=LEAST), cost(B, month="2026-05", own_cost=0)),
        "H1",
    ),
    ld08.holds_for("a month after its feed's day", living(cost(month="2026-07", own_cost=LEAST), NEWEST)),
    ld08.holds_for(
        "one by the feed's own day",
        living(cost(month="2026-06", own_cost=LEAST), as_of={MC: date(2026, 5, 31)}),
    ),
    ld08.holds_for("no month by its day has a row", living(cost(month="2026-07", own_cost=LEAST))),
    ld08.not_evaluated("no document allows it", living(cost(own_cost=LEAST), policy={"leads.basis": {}})),
    ld09.perhaps_broken_by("a fen more than is asked about", stranger(cost(own_cost=LEAST)), A),
    ld09.holds_for("as much as is asked about", stranger(cost(own_cost=10000))),
    ld09.perhaps_broken_by("in two months", stranger(*HALVES), A),
    ld09.holds_for("the month before the window", stranger(cost(month="2025-06", own_cost=LEAST), NEWEST)),
    ld09.holds_for(
        "registered",
        stranger(cost(own_cost=LEAST), register_households=[household()], register_members=[member()]),
    ),
    ld09.perhaps_broken_by(
        "left the register",
        stranger(
            cost(own_cost=LEAST), register_households=[household()], register_members=[member(person_status="迁出")]
        ),
        A,
    ),
    ld09.holds_for("on the roll", stranger(cost(own_cost=LEAST), **on())),
    ld09.holds_for("a member who is not covered", stranger(cost(own_cost=LEAST), **on(covered=False))),
    ld09.holds_for("of a marginal household", stranger(cost(own_cost=LEAST), **on(programme="低保边缘"))),
    ld09.perhaps_broken_by(
        "of a certificate that has ended", stranger(cost(own_cost=LEAST), **on(end_date=date(2026, 1, 1))), A
    ),
    ld09.holds_for("insured as a worker", stranger(cost(own_cost=LEAST), enrolled=(enrolment(scheme="职工"),))),
    ld09.holds_for(
        "insurance suspended", stranger(cost(own_cost=LEAST), enrolled=(enrolment(enrolment_status="暂停参保"),))
    ),
    ld09.holds_for("insured last year", stranger(cost(own_cost=LEAST), enrolled=(enrolment(year=2025),))),
    ld09.holds_for("not insured", stranger(cost(own_cost=LEAST), enrolled=())),
    ld09.perhaps_broken_by(
        "a day before the year is settled, last year's",
        stranger(cost(month="2026-02", own_cost=LEAST), enrolled=(enrolment(year=2025),), d=date(2026, 2, 28)),
        A,
    ),
    ld09.perhaps_broken_by(
        "on the day on which it is settled, this year's",
        stranger(cost(month="2026-02", own_cost=LEAST), d=date(2026, 3, 1)),
        A,
    ),
    ld09.not_evaluated("no document allows it", stranger(cost(own_cost=LEAST), policy={"leads.basis": {}})),
)
