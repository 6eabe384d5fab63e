"""CV05–CV07, CV09, EX02 and CO04 of households that moved (易地搬迁): the house they left is no hardship of theirs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from builders import (
    D,
    Row,
    World,
    certificate,
    certificate_member,
    enrolment,
    household,
    housing_case,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of
from office_rows import relocation

A, B = pid(1), pid(2)
DAY = timedelta(days=1)
ASSESSED = housing_case()["assessed_on"]
LEFT = housing_case(grade="D", method="无需改造")
BEGUN = housing_case(grade="D", method="新建", started_on=date(2025, 4, 1))
RE = "relocations"

cv05, cv06, cv07, cv09, ex02, co04 = (Of(code) for code in ("CV05", "CV06", "CV07", "CV09", "EX02", "CO04"))
HOUSES: Mapping[Of, tuple[Row, tuple[Row, ...]]] = {
    cv05: (household(), (LEFT,)),
    cv06: (household(), (BEGUN,)),
    cv07: (household(), ()),
    ex02: (household(), (LEFT,)),
    co04: (open_household(), (LEFT,)),
}
"""By rule: the household H1 and its housing cases, of which the rule speaks while nobody has moved."""


def living(of: Of, *moves: Row, as_of: date = D, refused: tuple[Row, ...] = (), **over: Any) -> World:
    """H1, whose member is A, with these relocations as of a day."""
    row, houses = HOUSES[of]
    return world(
        register_households=[row | over],
        register_members=[member()],
        housing_renovations=houses,
        relocations=moves,
        as_of={RE: as_of},
        quarantined={RE: refused},
        fillers=False,
    )


def unread(given: World, column: str = "moved_in_on") -> World:
    """The world, in which this value of the first relocation was refused."""
    holed = [replace(d, refused=((0, column),)) if d.feed == RE else d for d in given.deliveries]
    return replace(given, deliveries=tuple(holed))


def of_a_household(of: Of) -> Iterator[Case]:
    """What holds of each of these rules alike."""
    yield of.holds_for("moved", living(of, relocation()))
    yield of.holds_for("moved in today", living(of, relocation(moved_in_on=D)))
    yield of.broken_by("a day before it moves in", living(of, relocation(moved_in_on=D), as_of=D - DAY), "H1")
    yield of.broken_by("has not moved in", living(of, relocation(moved_in_on=None)), "H1")
    yield of.holds_for("moved, by its number", living(of, relocation(head_id=B, household_no="H1")))
    yield of.holds_for("moved, by its number alone", living(of, relocation(head_id=None, household_no="H1")))
    yield of.broken_by("somebody else moved", living(of, relocation(head_id=B, household_no="H2")), "H1")
    yield of.holds_for("moved, by relocations grown stale", living(of, relocation(), as_of=date(2025, 5, 1)))
    yield of.perhaps_broken_by("when it moved in was refused", unread(living(of, relocation(moved_in_on=None))), "H1")
    yield of.broken_by("when somebody else did", unread(living(of, relocation(head_id=B, moved_in_on=None))), "H1")
    yield of.broken_by(
        "relocations are no feed that it needs",
        living(of, refused=({"relocation_no": "R9", "household_no": "H1", "head_id": A},)),
        "H1",
    )
    if of is not cv07:
        yield of.holds_for("moved in when assessed", living(of, relocation(moved_in_on=ASSESSED)))
        yield of.broken_by("assessed after it moved", living(of, relocation(moved_in_on=ASSESSED - DAY)), "H1")


def gone(*moves: Row) -> World:
    """C1 of A, below the line with a house of grade D, and of B, who lives at A's; nobody is registered."""
    return world(
        low_income_households=[certificate(monthly_income=100, monthly_benefit=100, persons=2)],
        low_income_members=[certificate_member(), certificate_member(person_id=B)],
        insurance_enrolments=[enrolment(), enrolment(B)],
        housing_renovations=[LEFT],
        relocations=moves,
    )


CASES: tuple[Case, ...] = (
    *(case for of in HOUSES for case in of_a_household(of)),
    ex02.broken_by("moved, and unsafe by the register", living(ex02, relocation(), housing_safe=False), "H1"),
    ex02.broken_by(
        "unsafe by the register, and when it moved in was refused",
        unread(living(ex02, relocation(moved_in_on=None), housing_safe=False)),
        "H1",
    ),
    cv09.broken_by("nobody has moved", gone(relocation(head_id=pid(3))), "C1"),
    cv09.holds_for("moved", gone(relocation())),
    cv09.holds_for("another member moved", gone(relocation(head_id=B))),
    cv09.holds_for("moved in when assessed", gone(relocation(moved_in_on=ASSESSED))),
    cv09.broken_by("assessed after it moved", gone(relocation(moved_in_on=ASSESSED - DAY)), "C1"),
    cv09.broken_by("moves in tomorrow", gone(relocation(moved_in_on=D + DAY)), "C1"),
    cv09.perhaps_broken_by("when it moved in was refused", unread(gone(relocation(moved_in_on=None))), "C1"),
)
