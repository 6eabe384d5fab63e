"""CO01–CO04: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    household,
    housing_case,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)


def people(*rows: Row, refused: tuple[Row, ...] = (), refused_household: tuple[Row, ...] = (), **over: Any) -> World:
    """H1 with these rows; its head is A."""
    return world(
        register_households=[household(**over)],
        register_members=rows,
        quarantined={"register_members": refused, "register_households": refused_household},
    )


# CO01 persons differ from the 正常 rows

co01 = Of("CO01")
PAIR = (member(), member("M2", person_id=B, relation="配偶"))

CO01 = (
    co01.holds_for("as many as it says", people(*PAIR, persons=2)),
    co01.broken_by("fewer rows than it says", people(*PAIR, persons=3), "H1"),
    co01.broken_by("more rows than it says", people(*PAIR, persons=1), "H1"),
    co01.holds_for("who moved away does not count", people(member(), member("M2", person_id=B, person_status="迁出"))),
    co01.holds_for("no registered member", people(persons=3)),
    co01.holds_for("who has no number counts", people(member(), member("M2", person_id=None), persons=2)),
    co01.broken_by("certain, whatever numbers are missing", people(member(), member("M2", person_id=None)), "H1"),
    co01.broken_by("open household", people(*PAIR, persons=3, poverty_status="未脱贫", exit_year=None), "H1"),
    co01.perhaps_broken_by(
        "a refused row of the household",
        people(*PAIR, persons=3, refused=({"household_no": "H1", "name": "某人"},)),
        "H1",
    ),
    co01.broken_by(
        "a refused row of another household",
        people(*PAIR, persons=3, refused=({"household_no": "H2", "name": "某人"},)),
        "H1",
    ),
    co01.perhaps_broken_by(
        "a refused row whose household is not known",
        people(*PAIR, persons=1, refused=({"household_no": None, "name": "某人", "person_id": pid(77)},)),
        "H1",
    ),
    co01.broken_by(
        "a refused household whose number is not known",
        people(*PAIR, persons=3, refused_household=({"household_no": None, "head_name": "某人"},)),
        "H1",
    ),
)

# CO02 not one 户主, or the head is no member

co02 = Of("CO02")

CO02 = (
    co02.holds_for("one head, the one it names", people(*PAIR)),
    co02.broken_by("no head", people(member(relation="子")), "H1"),
    co02.broken_by("two heads", people(member(), member("M2", person_id=B)), "H1"),
    co02.holds_for("a second one who moved away", people(member(), member("M2", person_id=B, person_status="迁出"))),
    co02.broken_by("the head is no member", people(member(person_id=B)), "H1"),
    co02.broken_by(
        "the head moved away",
        people(member(person_status="迁出", status_date=date(2025, 1, 1)), member("M2", person_id=B)),
        "H1",
    ),
    co02.holds_for("the head has no number", people(member(person_id=B), head_id=None, head_name="某人")),
    co02.holds_for(
        "a member without a number bears the name",
        people(member(person_id=None, name="阿依·古丽"), head_name="阿依 古丽"),
    ),
    co02.broken_by("a member without a number bears another name", people(member(person_id=None, name="某人")), "H1"),
    co02.broken_by(
        "a member with another number bears the name", people(member(person_id=B, name=household()["head_name"])), "H1"
    ),
    co02.holds_for("no registered member", people()),
    co02.perhaps_broken_by(
        "a refused row of the household",
        people(member(relation="子"), refused=({"household_no": "H1", "name": "某人"},)),
        "H1",
    ),
    co02.perhaps_broken_by(
        "a refused row whose household is not known",
        people(member(relation="子"), refused=({"household_no": None, "name": "某人"},)),
        "H1",
    ),
)

# CO03 in force, with member rows, whose numbers are not the certificate's

co03 = Of("CO03")


def covering(*rows: Row, refused: tuple[Row, ...] = (), **over: Any) -> World:
    """C1 with these member rows."""
    return world(
        low_income_households=[certificate(**over)],
        low_income_members=rows,
        quarantined={"low_income_members": refused},
    )


BOTH = (certificate_member(), certificate_member(person_id=B))

CO03 = (
    co03.holds_for("as many as it says", covering(*BOTH, persons=2, covered_persons=2)),
    co03.broken_by("persons differ", covering(*BOTH, persons=3, covered_persons=2), "C1"),
    co03.broken_by("covered persons differ", covering(*BOTH, persons=2, covered_persons=1), "C1"),
    co03.holds_for(
        "one of two is covered",
        covering(certificate_member(), certificate_member(person_id=B, covered=False), persons=2),
    ),
    co03.broken_by("none is covered", covering(certificate_member(covered=False)), "C1"),
    co03.holds_for("no member row", covering(persons=3)),
    co03.broken_by("低保边缘", covering(*BOTH, programme="低保边缘", tier=None), "C1"),
    co03.holds_for("stopped", covering(*BOTH, status="停保", end_date=date(2026, 5, 31))),
    co03.holds_for(
        "who has no number counts",
        covering(certificate_member(), certificate_member(person_id=None), persons=2, covered_persons=2),
    ),
    co03.broken_by(
        "certain, whatever numbers are missing",
        covering(certificate_member(), certificate_member(person_id=None)),
        "C1",
    ),
    co03.perhaps_broken_by(
        "a refused row of the certificate", covering(*BOTH, refused=({"certificate_no": "C1", "name": "某人"},)), "C1"
    ),
    co03.perhaps_broken_by(
        "a refused row whose certificate is not known",
        covering(*BOTH, refused=({"certificate_no": None, "name": "某人"},)),
        "C1",
    ),
)

# CO04 open, safe by the register, dangerous by the assessment

co04 = Of("CO04")


def housed(*cases: Row, **over: Any) -> World:
    """H1, open, with member A, and these housing cases."""
    return world(register_households=[open_household(**over)], register_members=[member()], housing_renovations=cases)


CO04 = (
    co04.broken_by("grade C", housed(housing_case(grade="C")), "H1"),
    co04.broken_by("grade D, refused", housed(housing_case(grade="D", acceptance="不合格")), "H1"),
    co04.holds_for("grade B", housed(housing_case(grade="B"))),
    co04.holds_for("renovated", housed(housing_case(grade="D", method="新建", acceptance="合格"))),
    co04.holds_for("unsafe by both", housed(housing_case(grade="D"), housing_safe=False)),
    co04.holds_for("no assessment", housed()),
    co04.holds_for("exited", housed(housing_case(grade="D"), poverty_status="已脱贫", exit_year=2020)),
    co04.broken_by("back in poverty", housed(housing_case(grade="D"), poverty_status="返贫"), "H1"),
    co04.holds_for(
        "a newer case is safe", housed(housing_case(grade="D"), housing_case("X0", assessed_on=date(2025, 3, 2)))
    ),
    co04.perhaps_broken_by(
        "a registered member without a valid number",
        world(
            register_households=[open_household()],
            register_members=[member(), member("M2", person_id=None)],
            housing_renovations=[housing_case(grade="D")],
        ),
        "H1",
    ),
)

CASES: tuple[Case, ...] = (*CO01, *CO02, *CO03, *CO04)
