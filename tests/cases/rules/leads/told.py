"""LD04 and LD10: cases."""

from datetime import date, timedelta
from typing import Any

from builders import D, Row, World, certificate, certificate_member, household, member, payment, pid, world
from cases.case import Case, Of
from office_rows import death, outside_lead

A, B = pid(1), pid(2)
DAY = timedelta(days=1)
DUE = D - timedelta(days=30)
"""Whoever died then should stand on no list any more."""
ld04, ld10 = Of("LD04"), Of("LD10")
REGISTERED = {"register_households": [household()], "register_members": [member()]}
ON_ROLL = {"low_income_households": [certificate()], "low_income_members": [certificate_member()]}


def died(*deaths: Row, **over: Any) -> World:
    """These deaths beside what the books say."""
    return world(deaths=deaths, fillers=False, **over)


def paid(month: str, on: date, **over: Any) -> World:
    """A died on a day and is the payee for a month."""
    return died(death(died_on=on), low_income_payments=[payment(month=month, **over)])


DEAD = member(person_status="死亡", status_date=date(2026, 5, 1))
ELSEWHERE = member("M2", "H2")

CASES: tuple[Case, ...] = (
    ld04.perhaps_broken_by("registered, and died long ago enough", died(death(died_on=DUE), **REGISTERED), A),
    ld04.holds_for("died a day later", died(death(died_on=DUE + DAY), **REGISTERED)),
    ld04.holds_for(
        "the register is a day older", died(death(died_on=DUE), as_of=dict.fromkeys(REGISTERED, D - DAY), **REGISTERED)
    ),
    ld04.perhaps_broken_by("on the roll, and died long ago enough", died(death(died_on=DUE), **ON_ROLL), A),
    ld04.holds_for("on the roll, and died a day later", died(death(died_on=DUE + DAY), **ON_ROLL)),
    ld04.holds_for(
        "the roll is a day older", died(death(died_on=DUE), as_of=dict.fromkeys(ON_ROLL, D - DAY), **ON_ROLL)
    ),
    ld04.holds_for(
        "a member who is not covered",
        died(death(), low_income_households=[certificate()], low_income_members=[certificate_member(covered=False)]),
    ),
    ld04.perhaps_broken_by("registered, on the roll and paid", died(death(), **REGISTERED, **ON_ROLL), A),
    ld04.holds_for("the register knows", died(death(), register_households=[household()], register_members=[DEAD])),
    ld04.holds_for(
        "the register knows, and civil affairs do not",
        died(death(), register_households=[household()], register_members=[DEAD], **ON_ROLL),
    ),
    ld04.perhaps_broken_by(
        "dead in one household, registered in another",
        died(death(), register_households=[household(), household("H2")], register_members=[DEAD, ELSEWHERE]),
        A,
    ),
    ld04.perhaps_broken_by(
        "left, and on the roll",
        died(death(), register_households=[household()], register_members=[member(person_status="迁出")], **ON_ROLL),
        A,
    ),
    ld04.perhaps_broken_by(
        "the earliest of two days counts",
        died(death(died_on=DUE), death(died_on=DUE + DAY, registry="火化"), **REGISTERED),
        A,
    ),
    ld04.perhaps_broken_by("paid for the month after", paid("2026-06", date(2026, 5, 31)), A),
    ld04.holds_for("paid for the month of death", paid("2026-05", date(2026, 5, 1))),
    ld04.holds_for("what was paid came back", paid("2026-06", date(2026, 5, 31), payment_status="退回")),
    ld04.holds_for("somebody else was paid", paid("2026-06", date(2026, 5, 31), payee_id=B)),
    ld04.holds_for("nobody's number", died(death(None), **REGISTERED, **ON_ROLL)),
    ld04.holds_for("somebody else died", died(death(B), **REGISTERED, **ON_ROLL)),
    ld04.perhaps_broken_by("under another name", died(death(name="王五"), **REGISTERED), A),
    ld04.not_evaluated("no document allows it", died(death(), policy={"leads.basis": {}}, **REGISTERED)),
    ld10.perhaps_broken_by("not settled", world(outside_leads=[outside_lead()], fillers=False), "X-1"),
    ld10.holds_for("settled", world(outside_leads=[outside_lead(lead_status="已办结")], fillers=False)),
    ld10.perhaps_broken_by(
        "about nobody by name",
        world(outside_leads=[outside_lead(name=None, person_id=None, household_no=None)], fillers=False),
        "X-1",
    ),
    ld10.perhaps_broken_by(
        "two of them, by two offices",
        world(
            outside_leads=[outside_lead(due_on=date(2026, 7, 17)), outside_lead("X-2", department="教育局")],
            fillers=False,
        ),
        "X-1",
        "X-2",
    ),
    ld10.not_evaluated("no document allows it", world(outside_leads=[outside_lead()], policy={"leads.basis": {}})),
)
