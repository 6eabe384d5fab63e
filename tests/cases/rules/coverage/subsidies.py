"""CV04: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    member,
    student,
)
from cases.case import POSSIBLE, Case, Of
from cases.rules.coverage.schooling import CHILD, A, B, child

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
    cv04.holds_for("received in other words", pupil(education_subsidy(CHILD, item_sent="两免一补"))),
    cv04.broken_by("received as 其他", pupil(education_subsidy(CHILD, item="其他")), item_key(LIVING)),
    cv04.holds_for(
        "其他 is owed to nobody",
        pupil(education_subsidy(CHILD), policy={"education.items": {"小学": [LIVING, "其他"]}}),
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
    cv04.perhaps_broken_by(
        "a refused subsidy of the register's name for the pupil",
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
    cv04.perhaps_broken_by(
        "a refused namesake, of whatever term, in a delivery that does not have the term",
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
        "a refused namesake of one of two pupils with one number: one person's items are in doubt",
        pupil(
            education_subsidy(B),
            pupils=[
                student(CHILD, name="李明"),
                student(CHILD, name="李敏", stage="学前", student_no="G9", school="幼儿园"),
            ],
            quarantined={"education_subsidies": [{"name": "李敏"}]},
        ),
        {(item_key(LIVING), ""): POSSIBLE, (item_key("学前教育资助"), ""): POSSIBLE},
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

CASES: tuple[Case, ...] = CV04
