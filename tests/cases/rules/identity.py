"""ID01–ID03: cases."""

from datetime import date
from typing import Any

from builders import (
    FEED_NAMES,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    payment,
    pid,
    student,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

# ID01 a current row whose identity number is blank or has a problem

id01 = Of("ID01")
LONG_AGO = date(2026, 3, 29)
"""93 days before D: stale."""

ONE_OF_EACH: dict[str, Any] = {
    "register_households": [household(head_id=None)],
    "register_members": [member(person_id=None)],
    "low_income_households": [certificate(head_id=None)],
    "low_income_members": [certificate_member(person_id=None, name="李明")],
    "low_income_payments": [payment(payee_id=None)],
    "insurance_enrolments": [enrolment(None, name="李明")],
    "students": [student(None, student_no="G1")],
    "education_subsidies": [education_subsidy(None, student_no="G1")],
    "housing_renovations": [housing_case(head_id=None)],
}

KEYS_OF_EACH = {
    "register_households": "register_households|head_id|H1",
    "register_members": "register_members|person_id|M1",
    "low_income_households": "low_income_households|head_id|C1",
    "low_income_members": "low_income_members|person_id|C1|李明",
    "low_income_payments": "low_income_payments|payee_id|C1|2026-05|B1",
    "insurance_enrolments": "insurance_enrolments|person_id|李明|2026|城乡居民",
    "students": "students|person_id|G1|朗利小学",
    "education_subsidies": "education_subsidies|person_id|G1|2025-2026|秋季|义务教育生活补助|B1",
    "housing_renovations": "housing_renovations|head_id|X1",
}

ALL_VALID: dict[str, Any] = {
    "register_households": [household()],
    "register_members": [member()],
    "low_income_households": [certificate()],
    "low_income_members": [certificate_member()],
    "low_income_payments": [payment()],
    "insurance_enrolments": [enrolment()],
    "students": [student()],
    "education_subsidies": [education_subsidy()],
    "housing_renovations": [housing_case()],
}


def all_but(*feeds: str) -> list[str]:
    """The keys of all feeds but these."""
    return [key for feed, key in KEYS_OF_EACH.items() if feed not in feeds]


def without(*feeds: str) -> dict[str, Any]:
    """Bad rows of all feeds but these, which never arrived."""
    return {feed: rows for feed, rows in ONE_OF_EACH.items() if feed not in feeds} | {"absent": feeds}


ID01 = (
    id01.holds_for("valid numbers in all feeds", world(**ALL_VALID)),
    id01.broken_by("no valid number in any feed", world(**ONE_OF_EACH), *all_but()),
    *(
        id01.broken_by(
            f"no valid number in {feed} alone", world(**(ALL_VALID | {feed: ONE_OF_EACH[feed]})), KEYS_OF_EACH[feed]
        )
        for feed in FEED_NAMES
    ),
    id01.broken_by(
        "any problem of the number",
        world(register_members=[member(person_id=None, person_id_problem="bad_check_digit")]),
        "register_members|person_id|M1",
    ),
    id01.broken_by(
        "members who moved away too",
        world(register_members=[member(person_id=None, person_status="迁出")]),
        "register_members|person_id|M1",
    ),
    id01.broken_by(
        "rows with an equal key are one finding",
        world(
            low_income_members=[
                certificate_member("C1", None, name="李明"),
                certificate_member("C1", None, name="李明", covered=False),
            ]
        ),
        "low_income_members|person_id|C1|李明",
    ),
    id01.broken_by(
        "two names are two",
        world(
            low_income_members=[
                certificate_member("C1", None, name="李明"),
                certificate_member("C1", None, name="李红"),
            ]
        ),
        "low_income_members|person_id|C1|李明",
        "low_income_members|person_id|C1|李红",
    ),
    id01.broken_by(
        "enrolments of one name, year and scheme are one finding",
        world(
            insurance_enrolments=[
                enrolment(None, name="李明"),
                enrolment(None, name="李明", county_code="440106"),
                enrolment(None, name="李明", enrolment_status="终止参保"),
            ]
        ),
        "insurance_enrolments|person_id|李明|2026|城乡居民",
    ),
    id01.broken_by(
        "years and schemes apart",
        world(
            insurance_enrolments=[
                enrolment(None, name="李明", year=2025),
                enrolment(None, name="李明", scheme="职工"),
            ]
        ),
        "insurance_enrolments|person_id|李明|2025|城乡居民",
        "insurance_enrolments|person_id|李明|2026|职工",
    ),
    id01.holds_for("a quarantined row is no current row", world(quarantined={"register_members": [{"name": "李明"}]})),
    id01.holds_for(
        "a row of an older delivery",
        world(before=[deliver("housing_renovations", date(2026, 5, 31), ONE_OF_EACH["housing_renovations"])]),
    ),
    id01.broken_by(
        "a month that only an older delivery has",
        world(
            low_income_payments=[payment()],
            before=[
                deliver("low_income_payments", date(2026, 5, 31), [payment(month="2026-04", payee_id=None)]),
            ],
        ),
        "low_income_payments|payee_id|C1|2026-04|B1",
    ),
    *(
        id01.broken_by(f"over the feeds that are there, without {feed}", world(**without(feed)), *all_but(feed))
        for feed in FEED_NAMES[4:]
    ),
    id01.broken_by(
        "half a register is not there",
        world(**without("register_members")),
        *all_but("register_households", "register_members"),
    ),
    id01.broken_by(
        "half a book of certificates is not there",
        world(**without("low_income_households")),
        *all_but("low_income_households", "low_income_members"),
    ),
    id01.broken_by(
        "a stale feed is not there", world(**ONE_OF_EACH, as_of={"students": LONG_AGO}), *all_but("students")
    ),
    id01.broken_by(
        "a feed that is just fresh is there",
        world(**ONE_OF_EACH, as_of={"students": date(2026, 3, 30)}),
        *all_but(),
    ),
    id01.not_evaluated("no feed at all", world(absent=FEED_NAMES)),
)

# ID02 a person of the register or a certificate under two or more names

id02 = Of("ID02")


def named(*, register: str = "李明", **more: Any) -> World:
    """A in the register under a name, and further rows."""
    return world(**({"register_members": [member(name=register)]} | more))


ELSEWHERE: dict[str, Any] = {
    "register_households": [household(head_name="李敏")],
    "low_income_households": [certificate(head_name="李敏")],
    "low_income_members": [certificate_member(name="李敏")],
    "low_income_payments": [payment(payee_name="李敏")],
    "insurance_enrolments": [enrolment(name="李敏")],
    "students": [student(name="李敏")],
    "education_subsidies": [education_subsidy(name="李敏")],
    "housing_renovations": [housing_case(head_name="李敏")],
}

ID02 = (
    id02.holds_for("one name", named(insurance_enrolments=[enrolment(name="李明")])),
    *(id02.broken_by(f"another name in {feed}", named(**{feed: rows}), A) for feed, rows in ELSEWHERE.items()),
    id02.broken_by(
        "two names in the register",
        named(register_members=[member("M1", name="李明"), member("M2", "H2", name="李敏")]),
        A,
    ),
    id02.broken_by(
        "a member who moved away",
        named(
            register_members=[member(name="李明", person_status="迁出")], insurance_enrolments=[enrolment(name="李敏")]
        ),
        A,
    ),
    id02.broken_by(
        "a person of a certificate only",
        world(low_income_members=[certificate_member(name="李明")], students=[student(name="李敏")]),
        A,
    ),
    id02.broken_by(
        "an uncovered person of a stopped certificate",
        world(
            low_income_households=[certificate(status="停保", end_date=date(2026, 1, 1), head_id=B)],
            low_income_members=[certificate_member(name="李明", covered=False)],
            students=[student(name="李敏")],
        ),
        A,
    ),
    id02.holds_for(
        "a person of neither", world(insurance_enrolments=[enrolment(name="李明")], students=[student(name="李敏")])
    ),
    id02.holds_for(
        "a household's head who is no member",
        world(register_households=[household(head_name="李明")], students=[student(name="李敏")]),
    ),
    *(
        id02.holds_for(
            f"names that differ by {what} only",
            named(register="阿依古丽", insurance_enrolments=[enrolment(name=name)]),
        )
        for what, name in (
            ("U+00B7", "阿依\u00b7古丽"),
            ("U+2022", "阿依\u2022古丽"),
            ("U+2027", "阿依\u2027古丽"),
            ("U+30FB", "阿依\u30fb古丽"),
            ("U+FF65", "阿依\uff65古丽"),
            ("a full stop", "阿依.古丽"),
            ("a full-width full stop", "阿依\uff0e古丽"),
            ("a blank", "阿依 古丽"),
            ("U+3000", "阿依\u3000古丽"),
        )
    ),
    id02.holds_for(
        "names that NFKC makes equal", named(register="王A", insurance_enrolments=[enrolment(name="王\uff21")])
    ),
    id02.broken_by("names that differ by case", named(register="王A", insurance_enrolments=[enrolment(name="王a")]), A),
    id02.holds_for("another name under another number", named(insurance_enrolments=[enrolment(B, name="李敏")])),
    id02.holds_for("another name without a valid number", named(insurance_enrolments=[enrolment(None, name="李敏")])),
    id02.holds_for(
        "another name in an older delivery",
        named(before=[deliver("students", date(2026, 5, 31), [student(name="李敏")])]),
    ),
    id02.broken_by(
        "another name in a month that only an older delivery has",
        named(
            low_income_payments=[payment(payee_name="李明")],
            before=[deliver("low_income_payments", date(2026, 5, 31), [payment(month="2026-04", payee_name="李敏")])],
        ),
        A,
    ),
    id02.broken_by(
        "over the feeds that are there",
        named(
            insurance_enrolments=[enrolment(name="李敏")],
            absent=("students", "low_income_households", "housing_renovations"),
        ),
        A,
    ),
    id02.holds_for(
        "another name in a stale feed",
        named(students=[student(name="李敏")], as_of={"students": LONG_AGO}),
    ),
    id02.holds_for(
        "half a register makes nobody a person of the register",
        named(insurance_enrolments=[enrolment(name="李敏")], absent=("register_households",)),
    ),
    id02.holds_for(
        "another name on a certificate, half of that book missing",
        named(low_income_members=[certificate_member(name="李敏")], absent=("low_income_households",)),
    ),
    id02.broken_by(
        "two names in the two feeds that are there",
        named(register_households=[household(head_name="李红")], absent=FEED_NAMES[2:], fillers=False),
        A,
    ),
    id02.not_evaluated("no feed at all", world(absent=FEED_NAMES)),
)

# ID03 birth_date or sex is given and differs from the number

id03 = Of("ID03")
WOMAN = pid(3, date(1990, 2, 28), "女")


def described(person: str | None = A, **over: Any) -> World:
    """M1 of H1."""
    return world(register_households=[household()], register_members=[member(person_id=person, **over)])


ID03 = (
    id03.holds_for("neither given", described()),
    id03.holds_for("both agree", described(birth_date=date(1980, 1, 1), sex="男")),
    id03.holds_for("both agree, a woman", described(WOMAN, birth_date=date(1990, 2, 28), sex="女")),
    id03.broken_by("born a day later", described(birth_date=date(1980, 1, 2)), "M1"),
    id03.broken_by("another sex", described(sex="女"), "M1"),
    id03.broken_by("another sex, a woman", described(WOMAN, sex="男"), "M1"),
    id03.broken_by("sex agrees, birth does not", described(birth_date=date(1981, 1, 1), sex="男"), "M1"),
    id03.broken_by("birth agrees, sex does not", described(birth_date=date(1980, 1, 1), sex="女"), "M1"),
    id03.holds_for("no valid number", described(None, birth_date=date(1980, 1, 1), sex="女")),
    id03.broken_by("moved away", described(sex="女", person_status="迁出"), "M1"),
    id03.broken_by("no household row", world(register_members=[member(household_no="H9", sex="女")]), "M1"),
    id03.broken_by(
        "each row of its own",
        world(register_members=[member("M1", sex="女"), member("M2", sex="男"), member("M3", person_id=B, sex="女")]),
        "M1",
        "M3",
    ),
)

CASES: tuple[Case, ...] = (*ID01, *ID02, *ID03)
