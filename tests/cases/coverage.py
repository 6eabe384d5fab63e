"""CV01–CV09: cases."""

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
    student,
    world,
)
from cases.case import CERTAIN, POSSIBLE, Case, Of

A, B = pid(1), pid(2)
TODAY = date(2026, 6, 30)

# CV01 registered, no 正常参保 for I (2026)

cv01 = Of("CV01", "2026")
cv01_of_2025 = Of("CV01", "2025")


def insured(*rows: Row, **more: Any) -> World:
    """H1 with member A, and these enrolments."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member()],
                "insurance_enrolments": rows,
            }
            | more
        )
    )


CV01 = (
    cv01.holds_for("enrolled 城乡居民", insured(enrolment())),
    cv01.holds_for("enrolled 职工", insured(enrolment(scheme="职工"))),
    cv01.holds_for("enrolled in another county", insured(enrolment(county_code="440106"))),
    cv01.broken_by("no enrolment", insured(), A),
    cv01.broken_by("暂停参保", insured(enrolment(enrolment_status="暂停参保")), A),
    cv01.broken_by("终止参保", insured(enrolment(enrolment_status="终止参保")), A),
    cv01.holds_for("终止 here and 正常 there", insured(enrolment(), enrolment(enrolment_status="终止参保"))),
    cv01.broken_by("enrolled last year only", insured(enrolment(year=2025)), A),
    cv01.broken_by("enrolled for next year only", insured(enrolment(year=2027)), A),
    cv01_of_2025.holds_for(
        "the day before settlement asks for last year", insured(enrolment(year=2025), d=date(2026, 2, 28))
    ),
    cv01_of_2025.broken_by(
        "the day before settlement, enrolled for this year only", insured(enrolment(), d=date(2026, 2, 28)), A
    ),
    cv01.broken_by("the day of settlement asks for this year", insured(enrolment(year=2025), d=date(2026, 3, 1)), A),
    cv01_of_2025.broken_by("settlement day from policy", insured(policy={"insurance.settled_on": "07-01"}), A),
    cv01.not_evaluated("no row for the year", insured(enrolment(year=2025), fillers=False)),
    cv01.not_evaluated("an empty delivery", insured(fillers=False)),
    cv01.broken_by(
        "one row for the year, be it a 终止参保 of somebody else",
        insured(enrolment(B, enrolment_status="终止参保"), fillers=False),
        A,
    ),
    cv01.holds_for("exited and open alike", insured(enrolment(), register_households=[open_household()])),
    cv01.broken_by("open household", insured(register_households=[open_household()]), A),
    cv01.holds_for("moved away", insured(register_members=[member(person_status="迁出")])),
    cv01.holds_for("no household row", insured(register_households=[])),
    cv01.holds_for("no valid number", insured(register_members=[member(person_id=None)])),
    cv01.broken_by(
        "registered in two households, one finding",
        insured(
            register_households=[household("H1"), household("H2")],
            register_members=[member("M1", "H1"), member("M2", "H2")],
        ),
        A,
    ),
    cv01.broken_by(
        "another member without a valid number leaves no doubt",
        insured(register_members=[member(), member("M2", person_id=None)]),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake enrolled without a valid number",
        insured(enrolment(None, name="李明"), register_members=[member(name="李明")]),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake without a valid number in a row of another year and status",
        insured(
            enrolment(None, name="李明", year=2025, enrolment_status="终止参保"),
            register_members=[member(name="李明")],
        ),
        A,
    ),
    cv01.perhaps_broken_by(
        "a quarantined namesake, with a dot",
        insured(
            register_members=[member(name="买买提·阿吉")],
            quarantined={"insurance_enrolments": [{"name": "买买提.阿吉"}]},
        ),
        A,
    ),
    cv01.broken_by(
        "hidden rows of other names",
        insured(
            enrolment(None, name="李明"),
            register_members=[member(name="李敏")],
            quarantined={"insurance_enrolments": [{"name": "李民"}]},
        ),
        A,
    ),
    cv01.broken_by(
        "a namesake enrolled under another number",
        insured(enrolment(B, name="李明"), register_members=[member(name="李明")]),
        A,
    ),
    cv01.broken_by(
        "a namesake hidden in an older delivery",
        insured(
            register_members=[member(name="李明")],
            before=[deliver("insurance_enrolments", date(2026, 5, 31), [enrolment(None, name="李明")])],
        ),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake under one of the two names that the register gives the person",
        insured(
            enrolment(None, name="李明"),
            register_households=[household("H1"), household("H2")],
            register_members=[member("M1", "H1", name="李敏"), member("M2", "H2", name="李明")],
        ),
        A,
    ),
)

# CV02 城乡居民, 正常参保, for I, subsidised below the class (特困 400, 低保 280, 返贫致贫 200, 低保边缘 100)

cv02 = Of("CV02", "2026")
cv02_of_2025 = Of("CV02", "2025")


def subsidised(amount: Any, *programmes: str, household_row: Row | None = None, **more: Any) -> World:
    """A enrolled with a subsidy, covered under a certificate of each programme; in ``household_row``'s household."""
    rows: dict[str, Any] = {
        "insurance_enrolments": [enrolment(subsidy_amount=amount)],
        "low_income_households": [
            certificate(f"C{i}", programme=programme, tier=None) for i, programme in enumerate(programmes, 1)
        ],
        "low_income_members": [certificate_member(f"C{i}") for i, _ in enumerate(programmes, 1)],
    }
    if household_row is not None:
        rows |= {"register_households": [household_row], "register_members": [member()]}
    return world(**(rows | more))


RAISED_AT_NEW_YEAR = {"insurance.subsidy.低保": [(date(2024, 1, 1), 250), (date(2026, 1, 1), 280)]}
RAISED_TODAY = {"insurance.subsidy.低保": [(date(2024, 1, 1), 280), (date(2026, 6, 30), 281)]}

CV02 = (
    cv02.holds_for("特困, the full amount", subsidised(400, "农村特困")),
    cv02.broken_by("特困, a fen less", subsidised("399.99", "农村特困"), A),
    cv02.broken_by("城市特困, a fen less", subsidised("399.99", "城市特困"), A),
    cv02.holds_for("低保, the full amount", subsidised(280, "农村低保")),
    cv02.broken_by("低保, a fen less", subsidised("279.99", "农村低保"), A),
    cv02.broken_by("城市低保, a fen less", subsidised("279.99", "城市低保"), A),
    cv02.holds_for("open household, the full amount", subsidised(200, household_row=open_household())),
    cv02.broken_by("open household, a fen less", subsidised("199.99", household_row=open_household()), A),
    cv02.broken_by(
        "returned household, a fen less",
        subsidised("199.99", household_row=household(poverty_status="返贫", exit_year=None)),
        A,
    ),
    cv02.holds_for("exited household is no class", subsidised(0, household_row=household())),
    cv02.holds_for("低保边缘, the full amount", subsidised(100, "低保边缘")),
    cv02.broken_by("低保边缘, a fen less", subsidised("99.99", "低保边缘"), A),
    cv02.broken_by("特困 comes before 低保", subsidised(280, "农村低保", "农村特困"), A),
    cv02.broken_by("低保 comes before 返贫致贫", subsidised(200, "农村低保", household_row=open_household()), A),
    cv02.broken_by("返贫致贫 comes before 低保边缘", subsidised(100, "低保边缘", household_row=open_household()), A),
    cv02.broken_by("低保边缘 in an exited household", subsidised(99, "低保边缘", household_row=household()), A),
    cv02.holds_for(
        "低保边缘, not covered",
        subsidised(0, "低保边缘", low_income_members=[certificate_member(covered=False)]),
    ),
    cv02.holds_for(
        "低保边缘, stopped",
        subsidised(
            0,
            "低保边缘",
            low_income_households=[
                certificate(programme="低保边缘", tier=None, status="停保", end_date=date(2026, 1, 1))
            ],
        ),
    ),
    cv02.holds_for(
        "低保 stopped, and no other class",
        subsidised(0, "农村低保", low_income_households=[certificate(status="停保", end_date=date(2026, 1, 1))]),
    ),
    cv02.holds_for("no class", subsidised(0)),
    cv02.holds_for(
        "职工", subsidised(0, "农村低保", insurance_enrolments=[enrolment(scheme="职工", subsidy_amount=0)])
    ),
    cv02.holds_for(
        "暂停参保",
        subsidised(0, "农村低保", insurance_enrolments=[enrolment(enrolment_status="暂停参保", subsidy_amount=0)]),
    ),
    cv02.holds_for(
        "last year's row", subsidised(0, "农村低保", insurance_enrolments=[enrolment(year=2025, subsidy_amount=0)])
    ),
    cv02.broken_by(
        "one of two rows below",
        subsidised(
            280,
            "农村低保",
            insurance_enrolments=[
                enrolment(subsidy_amount=280),
                enrolment(subsidy_amount=0, county_code="440106"),
            ],
        ),
        A,
    ),
    cv02.holds_for(
        "the department's own class does not matter",
        subsidised(280, "农村低保", insurance_enrolments=[enrolment(subsidy_class="无", subsidy_amount=280)]),
    ),
    cv02.broken_by("amount read at D", subsidised(280, "农村低保", policy=RAISED_TODAY), A),
    cv02.holds_for("amount that rises tomorrow", subsidised(280, "农村低保", policy=RAISED_TODAY, d=date(2026, 6, 29))),
    cv02_of_2025.holds_for(
        "for last year, the amount of last 31 December",
        subsidised(
            250,
            "农村低保",
            insurance_enrolments=[enrolment(year=2025, subsidy_amount=250)],
            policy=RAISED_AT_NEW_YEAR,
            d=date(2026, 2, 28),
        ),
    ),
    cv02_of_2025.broken_by(
        "for last year, a fen below the amount of last 31 December",
        subsidised(
            250,
            "农村低保",
            insurance_enrolments=[enrolment(year=2025, subsidy_amount="249.99")],
            policy=RAISED_AT_NEW_YEAR,
            d=date(2026, 2, 28),
        ),
        A,
    ),
    cv02.broken_by(
        "for this year, the amount since 1 January",
        subsidised(250, "农村低保", policy=RAISED_AT_NEW_YEAR, d=date(2026, 3, 1)),
        A,
    ),
    cv02.not_evaluated(
        "no row for the year",
        subsidised(0, "农村低保", insurance_enrolments=[enrolment(year=2025)], fillers=False),
    ),
    cv02.broken_by(
        "registered in an open and an exited household",
        subsidised(
            0,
            register_households=[household("H1"), open_household("H2")],
            register_members=[member("M1", "H1"), member("M2", "H2")],
        ),
        A,
    ),
    cv02.holds_for(
        "moved away from an open household",
        subsidised(0, household_row=open_household(), register_members=[member(person_status="迁出")]),
    ),
    cv02.holds_for(
        "no valid number",
        subsidised(
            0,
            "农村低保",
            insurance_enrolments=[enrolment(None, subsidy_amount=0)],
            low_income_members=[certificate_member("C1", None)],
        ),
    ),
    cv02.broken_by(
        "hidden rows say nothing against a row that is there",
        subsidised(
            0,
            "农村低保",
            low_income_members=[certificate_member(), certificate_member("C1", None)],
            quarantined={"insurance_enrolments": [{"name": enrolment()["name"]}]},
        ),
        A,
    ),
)

# CV03 registered, 6 <= age on 1 September 2025 < 15, at no school

cv03 = Of("CV03", "2025-2026")
cv03_of_2024 = Of("CV03", "2024-2025")
CHILD = pid(5, date(2015, 5, 5))


def child(person: str | None = CHILD, *pupils: Row, **more: Any) -> World:
    """H1 with a child, and these students rows."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member(person_id=person, relation="子")],
                "students": pupils,
            }
            | more
        )
    )


def aged(year: int, month: int, day: int) -> str:
    """A child born on a day."""
    return pid(7, date(year, month, day))


AUTUMN = date(2025, 10, 20)

CV03 = (
    cv03.broken_by("child at no school", child(), CHILD),
    *(
        cv03.holds_for(f"child {status}", child(CHILD, student(CHILD, student_status=status)))
        for status in ("在读", "休学", "送教上门", "延缓入学", "县外就读")
    ),
    *(
        cv03.broken_by(f"child {status}", child(CHILD, student(CHILD, student_status=status)), CHILD)
        for status in ("辍学", "毕业", "转出")
    ),
    cv03.holds_for(
        "转出 at one school, 在读 at another",
        child(
            CHILD,
            student(CHILD, student_status="转出"),
            student(CHILD, school="下司小学"),
        ),
    ),
    cv03.broken_by("six on 1 September itself", child(aged(2019, 9, 1)), aged(2019, 9, 1)),
    cv03.holds_for("six on 2 September", child(aged(2019, 9, 2))),
    cv03.holds_for("fifteen on 1 September itself", child(aged(2010, 9, 1))),
    cv03.broken_by("fifteen on 2 September", child(aged(2010, 9, 2)), aged(2010, 9, 2)),
    cv03.holds_for("adult", child(A)),
    cv03.holds_for("age from policy", child(aged(2010, 9, 2), policy={"compulsory_age": [6, 14]})),
    cv03.broken_by(
        "age in force at D",
        child(aged(2020, 9, 1), policy={"compulsory_age": [(date(2020, 1, 1), [6, 15]), (date(2026, 6, 30), [5, 15])]}),
        aged(2020, 9, 1),
    ),
    cv03.holds_for("no valid number", child(None)),
    cv03.broken_by(
        "the number counts, not the birth date given",
        child(register_members=[member(person_id=CHILD, birth_date=date(1990, 1, 1))]),
        CHILD,
    ),
    cv03.holds_for("died", child(register_members=[member(person_id=CHILD, person_status="死亡")])),
    cv03.holds_for("no household row", child(register_households=[])),
    cv03.broken_by(
        "on the day of settlement, six this September", child(aged(2019, 9, 1), d=date(2025, 10, 15)), aged(2019, 9, 1)
    ),
    cv03_of_2024.broken_by("settlement day from policy", child(d=AUTUMN, policy={"school.settled_on": "11-01"}), CHILD),
    cv03.broken_by("born in December", child(aged(2010, 12, 31)), aged(2010, 12, 31)),
    cv03_of_2024.holds_for(
        "the day before settlement, six this September", child(aged(2019, 9, 1), d=date(2025, 10, 14))
    ),
    cv03_of_2024.broken_by(
        "the day before settlement, six last September", child(aged(2018, 9, 1), d=date(2025, 10, 14)), aged(2018, 9, 1)
    ),
    cv03.not_evaluated(
        "students delivered the day before settlement", child(d=AUTUMN, as_of={"students": date(2025, 10, 14)})
    ),
    cv03.broken_by(
        "students delivered on the day of settlement", child(d=AUTUMN, as_of={"students": date(2025, 10, 15)}), CHILD
    ),
    cv03.perhaps_broken_by(
        "a pupil of the name without a valid number",
        child(CHILD, student(None, name="李明"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
    cv03.perhaps_broken_by(
        "a quarantined pupil of the name, with blanks",
        child(
            register_members=[member(person_id=CHILD, name="李明")], quarantined={"students": [{"name": "李\u3000明"}]}
        ),
        CHILD,
    ),
    cv03.perhaps_broken_by(
        "a hidden pupil of the name who left school",
        child(
            CHILD,
            student(None, name="李明", student_status="辍学"),
            register_members=[member(person_id=CHILD, name="李明")],
        ),
        CHILD,
    ),
    cv03.broken_by(
        "a hidden pupil of another name",
        child(CHILD, student(None, name="李民"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
    cv03.broken_by(
        "a pupil of the name with another valid number",
        child(CHILD, student(B, name="李明"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
)

# CV04 pupil of the register or roll, 在读, without an item in the last finished term (秋季 2025-2026 at D)

cv04 = Of("CV04")


def item_key(item: str, person: str = CHILD, term: str = "2025-2026|秋季") -> str:
    """person_id|school_year|term|item."""
    return f"{person}|{term}|{item}"


LIVING = "义务教育生活补助"


def pupil(*received: Row, pupils: list[Row] | None = None, **more: Any) -> World:
    """A registered child 在读 at primary school, and these subsidies."""
    rows = [student(CHILD)] if pupils is None else pupils
    return child(CHILD, *rows, **({"education_subsidies": received} | more))


ROLL_ONLY: dict[str, Any] = {
    "register_households": [],
    "register_members": [],
    "low_income_households": [certificate()],
    "low_income_members": [certificate_member("C1", CHILD)],
}
SPRING_2025: dict[str, Any] = {"school_year": "2024-2025", "term": "春季"}

CV04 = (
    cv04.holds_for("received", pupil(education_subsidy(CHILD))),
    cv04.broken_by("nothing received", pupil(), item_key(LIVING)),
    cv04.broken_by("退回", pupil(education_subsidy(CHILD, payment_status="退回")), item_key(LIVING)),
    cv04.broken_by("待发", pupil(education_subsidy(CHILD, payment_status="待发")), item_key(LIVING)),
    cv04.holds_for(
        "退回, then paid in another batch",
        pupil(education_subsidy(CHILD, payment_status="退回"), education_subsidy(CHILD, batch_no="B2")),
    ),
    cv04.broken_by("another item", pupil(education_subsidy(CHILD, item="雨露计划")), item_key(LIVING)),
    cv04.broken_by("another term", pupil(education_subsidy(CHILD, **SPRING_2025)), item_key(LIVING)),
    cv04.holds_for("received under another student number", pupil(education_subsidy(CHILD, student_no="G-other"))),
    cv04.holds_for(
        "received without a valid number, under the student number",
        pupil(education_subsidy(None, student_no=f"G{CHILD}")),
    ),
    cv04.holds_for(
        "received under another person's number and this student number",
        pupil(education_subsidy(B, student_no=f"G{CHILD}")),
    ),
    cv04.broken_by("received by another pupil", pupil(education_subsidy(B)), item_key(LIVING)),
    cv04.broken_by(
        "one of two items",
        pupil(education_subsidy(CHILD, item="普通高中助学金"), pupils=[student(CHILD, stage="普通高中")]),
        item_key("普通高中免学费"),
    ),
    cv04.broken_by(
        "both items", pupil(pupils=[student(CHILD, stage="中职")]), item_key("中职助学金"), item_key("中职免学费")
    ),
    cv04.broken_by("kindergarten", pupil(pupils=[student(CHILD, stage="学前")]), item_key("学前教育资助")),
    cv04.holds_for("a stage that entitles to nothing", pupil(pupils=[student(CHILD, stage="高等教育")])),
    *(
        cv04.holds_for(f"pupil {status}", pupil(pupils=[student(CHILD, student_status=status)]))
        for status in ("休学", "辍学", "毕业", "转出", "送教上门", "延缓入学", "县外就读")
    ),
    cv04.broken_by(
        "enrolled on the first day of the term",
        pupil(pupils=[student(CHILD, enrolled_on=date(2025, 9, 1))]),
        item_key(LIVING),
    ),
    cv04.holds_for("enrolled the day after", pupil(pupils=[student(CHILD, enrolled_on=date(2025, 9, 2))])),
    cv04.holds_for("neither registered nor on the roll", pupil(register_members=[], register_households=[])),
    cv04.broken_by("on the roll only", pupil(**ROLL_ONLY), item_key(LIVING)),
    cv04.holds_for(
        "covered under 低保边缘 only",
        pupil(**(ROLL_ONLY | {"low_income_households": [certificate(programme="低保边缘", tier=None)]})),
    ),
    cv04.holds_for(
        "on a certificate, not covered",
        pupil(**(ROLL_ONLY | {"low_income_members": [certificate_member("C1", CHILD, covered=False)]})),
    ),
    cv04.broken_by(
        "adult pupil of the register", pupil(register_members=[member()], pupils=[student(A)]), item_key(LIVING, A)
    ),
    cv04.holds_for("pupil without a valid number", pupil(pupils=[student(None)])),
    cv04.broken_by(
        "the day the autumn term may still settle, spring before it counts",
        pupil(education_subsidy(CHILD), d=date(2026, 3, 2)),
        item_key(LIVING, term="2024-2025|春季"),
    ),
    cv04.holds_for(
        "the day the autumn term may still settle, spring received",
        pupil(education_subsidy(CHILD, **SPRING_2025), d=date(2026, 3, 2)),
    ),
    cv04.broken_by(
        "the day after, autumn counts",
        pupil(education_subsidy(CHILD, **SPRING_2025), d=date(2026, 3, 3)),
        item_key(LIVING),
    ),
    cv04.holds_for("the day the spring term may still settle", pupil(education_subsidy(CHILD), d=date(2026, 8, 30))),
    cv04.broken_by(
        "the day after, spring counts",
        pupil(education_subsidy(CHILD), d=date(2026, 8, 31)),
        item_key(LIVING, term="2025-2026|春季"),
    ),
    cv04.holds_for(
        "enrolled after the first day of the spring term",
        pupil(pupils=[student(CHILD, enrolled_on=date(2026, 2, 2))], d=date(2026, 8, 31)),
    ),
    cv04.broken_by(
        "enrolled on the first day of the spring term",
        pupil(pupils=[student(CHILD, enrolled_on=date(2026, 2, 1))], d=date(2026, 8, 31)),
        item_key(LIVING, term="2025-2026|春季"),
    ),
    cv04.broken_by(
        "days to settle from policy",
        pupil(d=date(2026, 3, 2), policy={"education.settle_days": 29}),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "a term takes years to settle",
        pupil(policy={"education.settle_days": 1500}),
        item_key(LIVING, term="2021-2022|秋季"),
    ),
    cv04.holds_for(
        "items in force at D",
        pupil(policy={"education.items": [(date(2020, 1, 1), {"小学": [LIVING]}), (date(2026, 6, 30), {})]}),
    ),
    cv04.holds_for(
        "the term stands in an older delivery only",
        pupil(
            education_subsidy(CHILD, school_year="2025-2026", term="春季"),
            before=[deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(CHILD)])],
        ),
    ),
    cv04.broken_by(
        "the term stands in a newer delivery without the pupil",
        pupil(
            education_subsidy(B),
            before=[deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(CHILD)])],
        ),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "two student numbers, one of them received for by nobody's number",
        pupil(
            education_subsidy(None, student_no="G2"),
            pupils=[student(CHILD), student(CHILD, student_no="G2", school="下司小学")],
        ),
        item_key(LIVING),
    ),
    cv04.perhaps_broken_by(
        "a subsidy of the pupil's name without a valid number",
        pupil(education_subsidy(None, name="李明", student_no="G9"), pupils=[student(CHILD, name="李明")]),
        item_key(LIVING),
    ),
    cv04.perhaps_broken_by(
        "a quarantined subsidy of the pupil's name, in the delivery that has the term",
        pupil(
            education_subsidy(B),
            pupils=[student(CHILD, name="李明")],
            quarantined={"education_subsidies": [{"name": "李明"}]},
        ),
        item_key(LIVING),
    ),
    cv04.perhaps_broken_by(
        "the name counts as the students row gives it",
        pupil(
            education_subsidy(B),
            pupils=[student(CHILD, name="李明")],
            register_members=[member(person_id=CHILD, name="李敏")],
            quarantined={"education_subsidies": [{"name": "李明"}]},
        ),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "a hidden subsidy of the register's name for the pupil",
        pupil(
            education_subsidy(B),
            pupils=[student(CHILD, name="李明")],
            register_members=[member(person_id=CHILD, name="李敏")],
            quarantined={"education_subsidies": [{"name": "李敏"}]},
        ),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "a hidden subsidy of another name",
        pupil(education_subsidy(None, name="李民", student_no="G9"), pupils=[student(CHILD, name="李明")]),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "a hidden namesake in a delivery that does not have the term",
        pupil(
            education_subsidy(B, school_year="2025-2026", term="春季"),
            pupils=[student(CHILD, name="李明")],
            before=[deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(B)])],
            quarantined={"education_subsidies": [{"name": "李明"}]},
        ),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "a hidden namesake where no delivery has the term",
        pupil(
            education_subsidy(B, school_year="2025-2026", term="春季"),
            pupils=[student(CHILD, name="李明")],
            quarantined={"education_subsidies": [{"name": "李明"}]},
        ),
        item_key(LIVING),
    ),
    Case(
        "CV04",
        "a hidden namesake of one of two pupils with one number: only that pupil's items are in doubt",
        pupil(
            education_subsidy(B),
            pupils=[
                student(CHILD, name="李明"),
                student(CHILD, name="李敏", stage="学前", student_no="G9", school="幼儿园"),
            ],
            quarantined={"education_subsidies": [{"name": "李敏"}]},
        ),
        {(item_key(LIVING), ""): CERTAIN, (item_key("学前教育资助"), ""): POSSIBLE},
    ),
    cv04.perhaps_broken_by(
        "a hidden namesake in the older delivery that has the term",
        pupil(
            education_subsidy(B, school_year="2025-2026", term="春季"),
            pupils=[student(CHILD, name="李明")],
            before=[
                deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(B)], [{"name": "李明"}]),
            ],
        ),
        item_key(LIVING),
    ),
)

# CV05 assessment C or D, not 合格, and 无需改造, or not started and plan_year null or before 2026

cv05 = Of("CV05")


def housed(*cases: Row, **more: Any) -> World:
    """H1 with member A, and these housing cases."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member()],
                "housing_renovations": cases,
            }
            | more
        )
    )


def dangerous(case_no: str = "X1", head_id: str | None = A, **over: Any) -> Row:
    """A house of grade D that was to be rebuilt; nothing planned, nothing begun."""
    return housing_case(case_no, head_id, **({"grade": "D", "method": "新建"} | over))


CV05 = (
    cv05.broken_by("grade D, no plan", housed(dangerous()), "H1"),
    cv05.broken_by("grade C, no plan", housed(dangerous(grade="C")), "H1"),
    cv05.holds_for("grade B", housed(dangerous(grade="B"))),
    cv05.holds_for("grade A", housed(dangerous(grade="A"))),
    cv05.broken_by("planned for last year", housed(dangerous(plan_year=2025)), "H1"),
    cv05.holds_for("planned for this year", housed(dangerous(plan_year=2026))),
    cv05.holds_for("planned for next year", housed(dangerous(plan_year=2027))),
    cv05.holds_for("started", housed(dangerous(started_on=date(2020, 1, 1)))),
    cv05.holds_for("started, planned for last year", housed(dangerous(plan_year=2025, started_on=date(2025, 5, 1)))),
    cv05.broken_by("grade D and 无需改造", housed(dangerous(method="无需改造")), "H1"),
    cv05.broken_by("无需改造, planned for this year", housed(dangerous(method="无需改造", plan_year=2026)), "H1"),
    cv05.broken_by("无需改造, started", housed(dangerous(method="无需改造", started_on=date(2026, 5, 1))), "H1"),
    cv05.holds_for("无需改造, accepted", housed(dangerous(method="无需改造", acceptance="合格"))),
    cv05.holds_for("accepted", housed(dangerous(acceptance="合格"))),
    cv05.broken_by("not accepted", housed(dangerous(acceptance="不合格")), "H1"),
    cv05.holds_for("a newer case is safe", housed(dangerous("X9"), housing_case("X1", assessed_on=date(2025, 3, 2)))),
    cv05.broken_by(
        "an older case is safe", housed(dangerous("X1"), housing_case("X9", assessed_on=date(2025, 2, 28))), "H1"
    ),
    cv05.holds_for("of one day, the greater case number counts", housed(dangerous("X1"), housing_case("X2"))),
    cv05.holds_for("case numbers compare as text", housed(dangerous("X10"), housing_case("X9"))),
    cv05.broken_by("X9 is greater than X10", housed(dangerous("X9"), housing_case("X10")), "H1"),
    cv05.broken_by(
        "the case of another member, the newest",
        housed(
            housing_case("X1"),
            dangerous("X2", B, assessed_on=date(2025, 3, 2)),
            register_members=[member(), member("M2", "H1", B)],
        ),
        "H1",
    ),
    cv05.holds_for(
        "the case of a member who died does not count",
        housed(dangerous("X2", B), register_members=[member(), member("M2", "H1", B, person_status="死亡")]),
    ),
    cv05.holds_for("case of somebody else", housed(dangerous(head_id=B))),
    cv05.holds_for("case without a valid number", housed(dangerous(head_id=None))),
    cv05.holds_for("household without a registered member", housed(dangerous(), register_members=[])),
    cv05.broken_by(
        "head of two households, in both",
        housed(
            dangerous(),
            register_households=[household("H1"), open_household("H2")],
            register_members=[member("M1", "H1"), member("M2", "H2")],
        ),
        "H1",
        "H2",
    ),
    cv05.broken_by(
        "grades from policy", housed(dangerous(grade="B"), policy={"housing.grades_to_renovate": ["B"]}), "H1"
    ),
    cv05.perhaps_broken_by(
        "a registered member without a valid number",
        housed(dangerous(), register_members=[member(), member("M2", "H1", None)]),
        "H1",
    ),
    cv05.broken_by(
        "a hidden namesake says nothing against a presence",
        housed(dangerous(), quarantined={"housing_renovations": [{"head_name": member()["name"]}]}),
        "H1",
    ),
)

# CV06 C or D, not 无需改造, started, not 合格, D > started_on + 12 months

cv06 = Of("CV06")


def begun(started_on: date | None, *, d: date = TODAY, more: dict[str, Any] | None = None, **over: Any) -> World:
    """A dangerous house whose renovation has begun."""
    return housed(dangerous(**({"started_on": started_on} | over)), **({"d": d} | (more or {})))


CV06 = (
    cv06.holds_for("the last day of the months", begun(date(2025, 6, 30))),
    cv06.broken_by("the day after", begun(date(2025, 6, 29)), "H1"),
    cv06.holds_for("29 February + 12 months = 28 February", begun(date(2024, 2, 29), d=date(2025, 2, 28))),
    cv06.broken_by("1 March is after it", begun(date(2024, 2, 29), d=date(2025, 3, 1)), "H1"),
    cv06.holds_for("not started", begun(None)),
    cv06.holds_for("无需改造", begun(date(2020, 1, 1), method="无需改造")),
    cv06.holds_for("accepted", begun(date(2020, 1, 1), acceptance="合格")),
    cv06.broken_by("finished, not accepted", begun(date(2020, 1, 1), completed_on=date(2020, 9, 1)), "H1"),
    cv06.broken_by("finished, refused", begun(date(2020, 1, 1), acceptance="不合格"), "H1"),
    cv06.broken_by("grade C", begun(date(2020, 1, 1), grade="C"), "H1"),
    cv06.holds_for("grade B", begun(date(2020, 1, 1), grade="B")),
    *(
        cv06.broken_by(f"method {method}", begun(date(2020, 1, 1), method=method), "H1")
        for method in ("新建", "修缮加固", "置换", "租赁", "兜底建设")
    ),
    cv06.holds_for(
        "a newer assessment is safe",
        housed(dangerous(started_on=date(2020, 1, 1)), housing_case("X2", assessed_on=date(2026, 1, 1))),
    ),
    cv06.broken_by(
        "months in force at D",
        begun(
            date(2025, 6, 30),
            more={"policy": {"housing.complete_within_months": [(date(2020, 1, 1), 12), (date(2026, 1, 1), 11)]}},
        ),
        "H1",
    ),
    cv06.holds_for("household without a registered member", begun(date(2020, 1, 1), more={"register_members": []})),
    cv06.perhaps_broken_by(
        "a registered member without a valid number",
        begun(date(2020, 1, 1), more={"register_members": [member(), member("M2", "H1", None)]}),
        "H1",
    ),
)

# CV07 no assessment

cv07 = Of("CV07")

CV07 = (
    cv07.holds_for("assessed", housed(housing_case())),
    cv07.broken_by("no case", housed(), "H1"),
    cv07.broken_by("a case of somebody else", housed(housing_case(head_id=B)), "H1"),
    cv07.holds_for(
        "a case of another registered member",
        housed(housing_case(head_id=B), register_members=[member(), member("M2", "H1", B)]),
    ),
    cv07.broken_by(
        "a case of a member who moved away",
        housed(housing_case(head_id=B), register_members=[member(), member("M2", "H1", B, person_status="迁出")]),
        "H1",
    ),
    cv07.holds_for("household without a registered member", housed(register_members=[])),
    cv07.broken_by("open household", housed(register_households=[open_household()]), "H1"),
    cv07.broken_by(
        "the register's head, who is no member, has a case",
        housed(housing_case(head_id=B), register_households=[household(head_id=B)]),
        "H1",
    ),
    cv07.perhaps_broken_by(
        "a registered member without a valid number",
        housed(register_members=[member(), member("M2", "H1", None)]),
        "H1",
    ),
    cv07.perhaps_broken_by(
        "only a member without a valid number", housed(register_members=[member(person_id=None)]), "H1"
    ),
    cv07.perhaps_broken_by(
        "a case of a registered person's name without a valid number",
        housed(housing_case(head_id=None, head_name="李明"), register_members=[member(name="李明")]),
        "H1",
    ),
    cv07.perhaps_broken_by(
        "of any registered person, not of the head only",
        housed(
            housing_case(head_id=None, head_name="李明"),
            register_members=[member(), member("M2", "H1", B, name="李明", relation="配偶")],
        ),
        "H1",
    ),
    cv07.perhaps_broken_by(
        "a quarantined case of the name, with dots",
        housed(register_members=[member(name="李·明")], quarantined={"housing_renovations": [{"head_name": "李‧明"}]}),
        "H1",
    ),
    cv07.broken_by(
        "a hidden case of another name",
        housed(housing_case(head_id=None, head_name="李民"), register_members=[member(name="李明")]),
        "H1",
    ),
    cv07.broken_by(
        "a hidden case of the name of a member who moved away",
        housed(
            housing_case(head_id=None, head_name="李明"),
            register_members=[member(), member("M2", "H1", B, name="李明", person_status="迁出")],
        ),
        "H1",
    ),
    cv07.broken_by(
        "a case of the name with another valid number",
        housed(housing_case(head_id=B, head_name="李明"), register_members=[member(name="李明")]),
        "H1",
    ),
)

# CV08 合格, completed_on + 3 months < D, paid < subsidy

cv08 = Of("CV08")


def finished(completed_on: date | None, *, d: date = TODAY, head_id: str | None = A, **over: Any) -> World:
    """X1, accepted, promised 35,000, paid a fen less."""
    case = {"acceptance": "合格", "completed_on": completed_on, "subsidy": 35000, "paid": "34999.99"} | over
    return world(d, housing_renovations=[dangerous(head_id=head_id, **case)])


CV08 = (
    cv08.holds_for("the last day to pay", finished(date(2026, 3, 30))),
    cv08.broken_by("the day after", finished(date(2026, 3, 29)), "X1"),
    cv08.holds_for("30 November + 3 months = 28 February", finished(date(2025, 11, 30), d=date(2026, 2, 28))),
    cv08.broken_by("1 March is after it", finished(date(2025, 11, 30), d=date(2026, 3, 1)), "X1"),
    cv08.holds_for("paid in full", finished(date(2025, 1, 1), paid=35000)),
    cv08.holds_for("paid more", finished(date(2025, 1, 1), paid=36000)),
    cv08.broken_by("nothing paid", finished(date(2025, 1, 1), paid=0), "X1"),
    cv08.holds_for("not accepted", finished(date(2025, 1, 1), acceptance="未验收")),
    cv08.holds_for("refused", finished(date(2025, 1, 1), acceptance="不合格")),
    cv08.holds_for("accepted, no date of completion", finished(None)),
    cv08.broken_by("any grade and method", finished(date(2025, 1, 1), grade="A", method="无需改造"), "X1"),
    cv08.broken_by("a head without a valid number leaves no doubt", finished(date(2025, 1, 1), head_id=None), "X1"),
    cv08.broken_by(
        "an older case of the same head too",
        world(
            housing_renovations=[
                dangerous(
                    "X1", acceptance="合格", completed_on=date(2020, 1, 1), subsidy=1, assessed_on=date(2019, 1, 1)
                ),
                dangerous("X2", acceptance="合格", completed_on=date(2025, 1, 1), subsidy=1),
            ]
        ),
        "X1",
        "X2",
    ),
)

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
    cv09.broken_by(
        "a hidden namesake in insurance",
        hardship(
            uninsured=True,
            poor=True,
            low_income_members=names("李明"),
            quarantined={"insurance_enrolments": [{"name": "李明"}]},
        ),
        "C1",
    ),
)

CASES: tuple[Case, ...] = (*CV01, *CV02, *CV03, *CV04, *CV05, *CV06, *CV07, *CV08, *CV09)
