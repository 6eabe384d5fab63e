"""CV09: cases."""

from datetime import date
from decimal import Decimal
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    enrolment,
    housing_case,
    member,
    pid,
    student,
    world,
)
from cases.case import Case, Of
from cases.rules.coverage.housing import dangerous
from cases.rules.coverage.schooling import AUTUMN, CHILD, aged

A = pid(1)

# CV09 in force, nobody 正常 in the register, at least two of: uninsured, out of school, unsafe, 12 × income < 6000

cv09 = Of("CV09")


def hardship(
    *, uninsured: bool = False, truant: bool = False, unsafe: bool = False, poor: bool = False, **more: Any
) -> World:
    """C1 with A and a child, both covered, in nobody's register; the hardships that are named."""
    over = more.pop("certificate_over", {})
    return world(
        **(
            {
                "low_income_households": [certificate(**({"monthly_income": "499.99" if poor else 500} | over))],
                "low_income_members": [certificate_member("C1", A), certificate_member("C1", CHILD)],
                "insurance_enrolments": [enrolment(A)] + ([] if uninsured else [enrolment(CHILD)]),
                "students": [] if truant else [student(CHILD)],
                "housing_renovations": [dangerous() if unsafe else housing_case()],
            }
            | more
        )
    )


def names(name: str) -> list[Row]:
    """The two members, the child under a given name."""
    return [certificate_member("C1", A), certificate_member("C1", CHILD, name=name)]


def pupil_aged(child: str, *, year: int = 2026, **more: Any) -> World:
    """C1, poor, with A and a child at no school, both insured."""
    members = [certificate_member("C1", A), certificate_member("C1", child)]
    insured = [enrolment(A, year=year), enrolment(child, year=year)]
    return hardship(truant=True, poor=True, low_income_members=members, insurance_enrolments=insured, **more)


LAST_YEAR = [enrolment(A, year=2025), enrolment(CHILD, year=2025)]

CV09 = (
    cv09.holds_for("no hardship", hardship()),
    cv09.holds_for("uninsured only", hardship(uninsured=True)),
    cv09.holds_for("out of school only", hardship(truant=True)),
    cv09.holds_for("unsafe only", hardship(unsafe=True)),
    cv09.holds_for("poor only", hardship(poor=True)),
    cv09.broken_by("uninsured and out of school", hardship(uninsured=True, truant=True), "C1"),
    cv09.broken_by("uninsured and unsafe", hardship(uninsured=True, unsafe=True), "C1"),
    cv09.broken_by("uninsured and poor", hardship(uninsured=True, poor=True), "C1"),
    cv09.broken_by("out of school and unsafe", hardship(truant=True, unsafe=True), "C1"),
    cv09.broken_by("out of school and poor", hardship(truant=True, poor=True), "C1"),
    cv09.broken_by("unsafe and poor", hardship(unsafe=True, poor=True), "C1"),
    cv09.broken_by("all four", hardship(uninsured=True, truant=True, unsafe=True, poor=True), "C1"),
    cv09.holds_for("two uninsured persons are one signal", hardship(insurance_enrolments=[])),
    cv09.holds_for("three signals needed", hardship(uninsured=True, poor=True, policy={"signals_needed": 3})),
    cv09.broken_by("one signal needed", hardship(unsafe=True, policy={"signals_needed": 1}), "C1"),
    cv09.holds_for("income × 12 equal to the line is no signal", hardship(unsafe=True)),
    cv09.broken_by(
        "a line of a fen above income × 12", hardship(unsafe=True, policy={"poverty_line": Decimal("6000.01")}), "C1"
    ),
    cv09.broken_by("grade C", hardship(poor=True, housing_renovations=[dangerous(grade="C")]), "C1"),
    cv09.holds_for("grade B", hardship(poor=True, housing_renovations=[dangerous(grade="B")])),
    cv09.broken_by("six on 1 September itself", pupil_aged(aged(2019, 9, 1)), "C1"),
    cv09.holds_for("six on 2 September", pupil_aged(aged(2019, 9, 2))),
    cv09.holds_for("fifteen on 1 September itself", pupil_aged(aged(2010, 9, 1))),
    cv09.broken_by("fifteen on 2 September", pupil_aged(aged(2010, 9, 2)), "C1"),
    cv09.broken_by(
        "on the day of the school's settlement, six this September",
        pupil_aged(aged(2019, 9, 1), year=2025, d=date(2025, 10, 15)),
        "C1",
    ),
    cv09.holds_for(
        "the day before the insurance's settlement, enrolled last year",
        hardship(poor=True, insurance_enrolments=LAST_YEAR, d=date(2026, 2, 28)),
    ),
    cv09.broken_by(
        "on the day of the insurance's settlement, enrolled last year",
        hardship(poor=True, insurance_enrolments=LAST_YEAR, d=date(2026, 3, 1)),
        "C1",
    ),
    cv09.holds_for(
        "an uninsured member who is not covered is no signal",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=[certificate_member("C1", A), certificate_member("C1", CHILD, covered=False)],
        ),
    ),
    cv09.broken_by(
        "a child out of school who is not covered is a signal",
        hardship(
            truant=True,
            poor=True,
            low_income_members=[certificate_member("C1", A), certificate_member("C1", CHILD, covered=False)],
        ),
        "C1",
    ),
    cv09.broken_by(
        "an unsafe house headed by a member who is not covered",
        hardship(
            unsafe=True,
            poor=True,
            low_income_members=[certificate_member("C1", A, covered=False), certificate_member("C1", CHILD)],
        ),
        "C1",
    ),
    cv09.holds_for(
        "the newest case headed by a member counts",
        hardship(
            poor=True,
            housing_renovations=[dangerous("X9"), housing_case("X1", CHILD, assessed_on=date(2025, 3, 2))],
        ),
    ),
    cv09.broken_by(
        "暂停参保 is uninsured",
        hardship(poor=True, insurance_enrolments=[enrolment(A), enrolment(CHILD, enrolment_status="暂停参保")]),
        "C1",
    ),
    cv09.broken_by(
        "低保边缘", hardship(uninsured=True, poor=True, certificate_over={"programme": "低保边缘", "tier": None}), "C1"
    ),
    cv09.broken_by(
        "城市特困", hardship(uninsured=True, poor=True, certificate_over={"programme": "城市特困", "tier": None}), "C1"
    ),
    cv09.holds_for(
        "stopped",
        hardship(uninsured=True, poor=True, certificate_over={"status": "停保", "end_date": date(2026, 1, 1)}),
    ),
    cv09.holds_for(
        "starts tomorrow", hardship(uninsured=True, poor=True, certificate_over={"start_date": date(2026, 7, 1)})
    ),
    cv09.holds_for("a member in the register", hardship(uninsured=True, poor=True, register_members=[member()])),
    cv09.broken_by(
        "a member who died in the register",
        hardship(uninsured=True, poor=True, register_members=[member(person_status="死亡")]),
        "C1",
    ),
    cv09.not_evaluated("waiting once school has ended", hardship(d=date(2026, 7, 1), uninsured=True, poor=True)),
    cv09.not_evaluated("no row for the insurance year", hardship(poor=True, insurance_enrolments=[], fillers=False)),
    cv09.not_evaluated(
        "students delivered the day before settlement",
        hardship(poor=True, d=AUTUMN, as_of={"students": date(2025, 10, 14)}),
    ),
    cv09.holds_for("no member row: poverty is the only signal", hardship(poor=True, low_income_members=[])),
    cv09.perhaps_broken_by(
        "no member row, one signal needed",
        hardship(poor=True, low_income_members=[], policy={"signals_needed": 1}),
        "C1",
    ),
    cv09.perhaps_broken_by(
        "a member without a valid number",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=[*names("李明"), certificate_member("C1", None)],
        ),
        "C1",
    ),
    cv09.holds_for(
        "a covered member without a valid number is not uninsured",
        hardship(poor=True, low_income_members=[certificate_member("C1", A), certificate_member("C1", None)]),
    ),
    cv09.perhaps_broken_by(
        "a namesake without a valid number in the register",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=names("李明"),
            register_members=[member(person_id=None, name="李明")],
        ),
        "C1",
    ),
    cv09.perhaps_broken_by(
        "a quarantined namesake in the register",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=names("李明"),
            quarantined={"register_members": [{"name": "李 明"}]},
        ),
        "C1",
    ),
    cv09.broken_by(
        "hidden rows of other names in the register",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=names("李明"),
            quarantined={"register_members": [{"name": "李民"}]},
        ),
        "C1",
    ),
    cv09.perhaps_broken_by(
        "a refused namesake in insurance",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=names("李明"),
            quarantined={"insurance_enrolments": [{"name": "李明"}]},
        ),
        "C1",
    ),
)

CASES: tuple[Case, ...] = (*CV09,)
