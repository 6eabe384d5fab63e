"""DU01–DU05: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

# DU01 registered in two or more households

du01 = Of("DU01")


def registered(*members: Row, **more: Any) -> World:
    """H1 (exited) and H2 (open) with these members."""
    return world(
        **({"register_households": [household("H1"), open_household("H2")], "register_members": members} | more)
    )


DU01 = (
    du01.broken_by("in two households", registered(member("M1", "H1"), member("M2", "H2")), A),
    du01.holds_for("in one", registered(member("M1", "H1"), member("M2", "H2", B))),
    du01.holds_for("twice in one household", registered(member("M1", "H1"), member("M2", "H1"))),
    du01.holds_for("moved away from one", registered(member("M1", "H1"), member("M2", "H2", person_status="迁出"))),
    du01.holds_for("married away from one", registered(member("M1", "H1"), member("M2", "H2", person_status="婚嫁"))),
    du01.holds_for("one has no household row", registered(member("M1", "H1"), member("M2", "H9"))),
    du01.holds_for("no valid number in either", registered(member("M1", "H1", None), member("M2", "H2", None))),
    du01.broken_by(
        "in three, and another member without a valid number",
        registered(
            member("M1", "H1"),
            member("M2", "H2"),
            member("M3", "H3"),
            member("M4", "H3", None),
            register_households=[household(n) for n in ("H1", "H2", "H3")],
        ),
        A,
    ),
    du01.broken_by("under two names", registered(member("M1", "H1", name="李明"), member("M2", "H2", name="李敏")), A),
)

# DU02 on the roll under two or more 低保 certificates

du02 = Of("DU02")


def rolls(first: Row, second: Row, covered: bool = True, person: str | None = A) -> World:
    """A person covered under C1 and, maybe, C2."""
    return world(
        low_income_households=[first, second],
        low_income_members=[certificate_member("C1", person), certificate_member("C2", person, covered=covered)],
    )


DU02 = (
    du02.broken_by("two 农村低保", rolls(certificate("C1"), certificate("C2")), A),
    du02.broken_by("农村低保 and 城市低保", rolls(certificate("C1"), certificate("C2", programme="城市低保")), A),
    du02.holds_for("低保 and 特困", rolls(certificate("C1"), certificate("C2", programme="农村特困", tier=None))),
    du02.holds_for(
        "two 特困",
        rolls(certificate("C1", programme="农村特困", tier=None), certificate("C2", programme="城市特困", tier=None)),
    ),
    du02.holds_for("低保 and 低保边缘", rolls(certificate("C1"), certificate("C2", programme="低保边缘", tier=None))),
    du02.holds_for("covered under one only", rolls(certificate("C1"), certificate("C2"), covered=False)),
    du02.holds_for(
        "one stopped", rolls(certificate("C1"), certificate("C2", status="停保", end_date=date(2026, 1, 1)))
    ),
    du02.holds_for("one ends at D", rolls(certificate("C1"), certificate("C2", end_date=date(2026, 6, 30)))),
    du02.broken_by("one ends tomorrow", rolls(certificate("C1"), certificate("C2", end_date=date(2026, 7, 1))), A),
    du02.broken_by("one in grace", rolls(certificate("C1"), certificate("C2", status="渐退")), A),
    du02.holds_for("one without a household row", rolls(certificate("C1"), certificate("C8"))),
    du02.holds_for("no valid number", rolls(certificate("C1"), certificate("C2"), person=None)),
)

# DU03 正常参保 for I in both schemes

du03 = Of("DU03", "2026")
du03_of_2025 = Of("DU03", "2025")


def schemes(*rows: Row, **more: Any) -> World:
    """These enrolments."""
    return world(**({"insurance_enrolments": rows} | more))


DU03 = (
    du03.broken_by("城乡居民 and 职工", schemes(enrolment(), enrolment(scheme="职工")), A),
    du03.broken_by("in two counties", schemes(enrolment(), enrolment(scheme="职工", county_code="440106")), A),
    du03.holds_for("城乡居民 in two counties", schemes(enrolment(), enrolment(county_code="440106"))),
    du03.holds_for("职工 suspended", schemes(enrolment(), enrolment(scheme="职工", enrolment_status="暂停参保"))),
    du03.holds_for("职工 last year", schemes(enrolment(), enrolment(scheme="职工", year=2025))),
    du03.holds_for("two persons", schemes(enrolment(A), enrolment(B, scheme="职工"))),
    du03.holds_for("no valid number", schemes(enrolment(None), enrolment(None, scheme="职工"))),
    du03.holds_for("both last year", schemes(enrolment(year=2025), enrolment(year=2025, scheme="职工"))),
    du03_of_2025.broken_by(
        "both last year, before settlement",
        schemes(enrolment(year=2025), enrolment(year=2025, scheme="职工"), d=date(2026, 2, 28)),
        A,
    ),
    du03.broken_by(
        "both this year, on the day of settlement",
        schemes(enrolment(), enrolment(scheme="职工"), d=date(2026, 3, 1)),
        A,
    ),
    du03.not_evaluated(
        "no row for the year",
        schemes(enrolment(year=2025), enrolment(year=2025, scheme="职工"), fillers=False),
    ),
    du03.broken_by(
        "register never arrived",
        schemes(
            enrolment(),
            enrolment(scheme="职工"),
            absent=("register_households", "register_members", "low_income_members"),
        ),
        A,
    ),
)

# DU04 two or more 成功 rows

du04 = Of("DU04")
LIVING = f"{A}|2025-2026|秋季|义务教育生活补助"
SPRING: dict[str, Any] = {"school_year": "2024-2025", "term": "春季"}


def received(*rows: Row, **more: Any) -> World:
    """These subsidies."""
    return world(**({"education_subsidies": rows} | more))


DU04 = (
    du04.holds_for("one payment", received(education_subsidy())),
    du04.broken_by("two batches", received(education_subsidy(), education_subsidy(batch_no="B2")), LIVING),
    du04.broken_by(
        "three batches are one finding",
        received(*(education_subsidy(batch_no=b) for b in ("B1", "B2", "B3"))),
        LIVING,
    ),
    du04.broken_by(
        "two student numbers of one person", received(education_subsidy(), education_subsidy(student_no="G2")), LIVING
    ),
    du04.holds_for(
        "one returned", received(education_subsidy(), education_subsidy(batch_no="B2", payment_status="退回"))
    ),
    du04.holds_for(
        "one to come", received(education_subsidy(), education_subsidy(batch_no="B2", payment_status="待发"))
    ),
    du04.holds_for("two items", received(education_subsidy(), education_subsidy(item="雨露计划"))),
    du04.holds_for(
        "two batches in different words for one item",
        received(education_subsidy(item_sent="两免一补"), education_subsidy(item_sent="寄宿生生活补助", batch_no="B2")),
    ),
    du04.holds_for(
        "once in other words, once in the label's own",
        received(education_subsidy(), education_subsidy(item_sent="两免一补", batch_no="B2")),
    ),
    du04.broken_by(
        "two batches in the same other words",
        received(education_subsidy(item_sent="两免一补"), education_subsidy(item_sent="两免一补", batch_no="B2")),
        LIVING,
    ),
    du04.broken_by(
        "twice in each of two words is one finding",
        received(
            *(education_subsidy(batch_no=batch) for batch in ("B1", "B2")),
            *(education_subsidy(item_sent="两免一补", batch_no=batch) for batch in ("B3", "B4")),
        ),
        LIVING,
    ),
    du04.holds_for("其他 twice", received(*(education_subsidy(item="其他", batch_no=b) for b in ("B1", "B2")))),
    du04.holds_for("two terms", received(education_subsidy(), education_subsidy(**SPRING))),
    du04.holds_for(
        "spring of two school years",
        received(education_subsidy(**SPRING), education_subsidy(school_year="2023-2024", term="春季")),
    ),
    du04.broken_by(
        "an earlier term too",
        received(education_subsidy(**SPRING), education_subsidy(**SPRING, batch_no="B2")),
        f"{A}|2024-2025|春季|义务教育生活补助",
    ),
    du04.holds_for(
        "no valid number",
        received(education_subsidy(None), education_subsidy(None, batch_no="B2")),
    ),
    du04.holds_for(
        "the second batch in an older delivery of the same term",
        received(
            education_subsidy(),
            before=[deliver("education_subsidies", date(2026, 5, 31), [education_subsidy(batch_no="B2")])],
        ),
    ),
    du04.broken_by(
        "two batches of a term that only an older delivery has",
        received(
            education_subsidy(),
            fillers=False,
            before=[
                deliver(
                    "education_subsidies",
                    date(2026, 5, 31),
                    [education_subsidy(**SPRING), education_subsidy(**SPRING, batch_no="B2")],
                )
            ],
        ),
        f"{A}|2024-2025|春季|义务教育生活补助",
    ),
)

# DU05 two cases with paid > 0, plan years less than 10 apart

du05 = Of("DU05")


def renovated(*years: int | None, paid: Any = 10000, **more: Any) -> World:
    """A's cases X1, X2…, paid, planned for these years."""
    cases = [housing_case(f"X{i}", plan_year=year, paid=paid) for i, year in enumerate(years, 1)]
    return world(**({"housing_renovations": cases} | more))


DU05 = (
    du05.broken_by("nine years apart", renovated(2016, 2025), A),
    du05.holds_for("ten years apart", renovated(2015, 2025)),
    du05.broken_by("the same year", renovated(2025, 2025), A),
    du05.broken_by("the later one first", renovated(2025, 2020), A),
    du05.holds_for("one case", renovated(2025)),
    du05.holds_for("one year not given", renovated(None, 2025)),
    du05.holds_for("nothing paid", renovated(2020, 2025, paid=0)),
    du05.holds_for(
        "paid for one only",
        renovated(
            housing_renovations=[
                housing_case("X1", plan_year=2020, paid=10000),
                housing_case("X2", plan_year=2025, paid=0, subsidy=10000),
            ]
        ),
    ),
    du05.broken_by(
        "a fen paid for the second",
        renovated(
            housing_renovations=[
                housing_case("X1", plan_year=2020, paid=10000),
                housing_case("X2", plan_year=2025, paid="0.01"),
            ]
        ),
        A,
    ),
    du05.broken_by("two of three close to each other", renovated(2000, 2012, 2021), A),
    du05.holds_for("three, each ten years after the last", renovated(1995, 2005, 2015)),
    du05.holds_for(
        "two heads",
        renovated(
            housing_renovations=[
                housing_case("X1", A, plan_year=2024, paid=1),
                housing_case("X2", B, plan_year=2025, paid=1),
            ]
        ),
    ),
    du05.holds_for(
        "no valid number",
        renovated(
            housing_renovations=[
                housing_case("X1", None, plan_year=2024, paid=1),
                housing_case("X2", None, plan_year=2025, paid=1),
            ]
        ),
    ),
    du05.holds_for("years from policy", renovated(2016, 2025, policy={"housing.repeat_years": 9})),
)

CASES: tuple[Case, ...] = (*DU01, *DU02, *DU03, *DU04, *DU05)
