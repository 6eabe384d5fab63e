"""CV03, CV04: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    household,
    member,
    pid,
    student,
    world,
)
from cases.case import CERTAIN, POSSIBLE, Case, Of

A, B = pid(1), pid(2)

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
    cv03.not_evaluated("settlement day from policy", child(d=AUTUMN, policy={"school.settled_on": "11-01"})),
    cv03.broken_by("born in December", child(aged(2010, 12, 31)), aged(2010, 12, 31)),
    cv03.not_evaluated("waiting on the day before settlement", child(d=date(2025, 10, 14))),
    cv03.not_evaluated("waiting on the day on which school ends", child(d=date(2026, 7, 1))),
    cv03.broken_by("the day before school ends", child(d=date(2026, 6, 30)), CHILD),
    cv03.broken_by(
        "school ends a day later by policy", child(d=date(2026, 7, 1), policy={"school.ends_on": "07-02"}), CHILD
    ),
    cv03.not_evaluated("school ends a day earlier by policy", child(policy={"school.ends_on": "06-30"})),
    cv03.broken_by(
        "the school year of the delivery, whatever D is",
        child(aged(2010, 9, 2), d=date(2025, 12, 31), as_of={"students": date(2025, 10, 15)}),
        aged(2010, 9, 2),
    ),
    cv03_of_2024.broken_by(
        "the school year of a delivery before school ended, D behind the settlement of the next",
        child(
            aged(2018, 9, 1),
            d=date(2025, 10, 20),
            as_of={"students": date(2025, 6, 30)},
            policy={"freshness_days": 120},
        ),
        aged(2018, 9, 1),
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
    cv04.broken_by("middle school", pupil(pupils=[student(CHILD, stage="初中")]), item_key(LIVING)),
    cv04.broken_by(
        "both items of high school",
        pupil(pupils=[student(CHILD, stage="普通高中")]),
        item_key("普通高中助学金"),
        item_key("普通高中免学费"),
    ),
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
        pupil(education_subsidy(B, school_year="2021-2022"), policy={"education.settle_days": 1500}),
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
            fillers=False,
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
            fillers=False,
            pupils=[student(CHILD, name="李明")],
            before=[deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(B)])],
            quarantined={"education_subsidies": [{"name": "李明"}]},
        ),
        item_key(LIVING),
    ),
    cv04.not_evaluated(
        "no delivery has a term that had settled when it came",
        pupil(education_subsidy(B, school_year="2025-2026", term="春季"), fillers=False),
    ),
    cv04.not_evaluated("no subsidy at all", pupil(fillers=False)),
    cv04.holds_for(
        "an older term, which alone a delivery has, and which was received",
        pupil(education_subsidy(CHILD, **SPRING_2025), fillers=False),
    ),
    cv04.not_evaluated(
        "the term settles by the day of the newest delivery, whatever D is",
        pupil(
            fillers=False,
            d=date(2026, 3, 31),
            education_subsidies=[education_subsidy(B)],
            as_of={"education_subsidies": date(2026, 3, 2)},
        ),
    ),
    cv04.perhaps_broken_by(
        "the delivery that has the term came before it had settled",
        pupil(
            education_subsidy(B, school_year="2025-2026", term="春季"),
            fillers=False,
            before=[deliver("education_subsidies", date(2026, 3, 2), [education_subsidy(B)])],
        ),
        item_key(LIVING),
    ),
    cv04.broken_by(
        "the delivery that has the term came the day after it had settled",
        pupil(
            education_subsidy(B, school_year="2025-2026", term="春季"),
            fillers=False,
            before=[deliver("education_subsidies", date(2026, 3, 3), [education_subsidy(B)])],
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
            fillers=False,
            pupils=[student(CHILD, name="李明")],
            before=[
                deliver("education_subsidies", date(2026, 3, 31), [education_subsidy(B)], [{"name": "李明"}]),
            ],
        ),
        item_key(LIVING),
    ),
)

CASES: tuple[Case, ...] = (*CV03, *CV04)
