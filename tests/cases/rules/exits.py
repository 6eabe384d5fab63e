"""EX01–EX05: cases."""

from datetime import date
from typing import Any

from builders import Row, World, enrolment, household, housing_case, member, open_household, pid, student, world
from cases.case import Case, Of

A, B = pid(1), pid(2)
CHILD = pid(5, date(2015, 5, 5))
CHILD_2 = pid(6, date(2014, 4, 4))

# EX01 income_current < line (6000) at D, or income_previous < line on 31 December 2025

ex01 = Of("EX01")


def exited(*, members: list[Row] | None = None, d: date = date(2026, 6, 30), policy: Any = None, **over: Any) -> World:
    """H1, exited, with member A."""
    rows = [member()] if members is None else members
    return world(d, policy=policy, register_households=[household(**over)], register_members=rows)


RAISED = {"poverty_line": [(date(2020, 1, 1), 5000), (date(2026, 1, 1), 6000), (date(2026, 7, 1), 7000)]}

EX01 = (
    ex01.holds_for("both incomes above the line", exited()),
    ex01.holds_for("both incomes equal to the line", exited(income_current=6000, income_previous=6000)),
    ex01.broken_by("this year's a fen below", exited(income_current="5999.99"), "H1"),
    ex01.broken_by("last year's a fen below", exited(income_previous="5999.99"), "H1"),
    ex01.broken_by("negative income", exited(income_current=-1), "H1"),
    ex01.holds_for("last year's income against last year's line", exited(income_previous=5000, policy=RAISED)),
    ex01.broken_by("a fen below last year's line", exited(income_previous="4999.99", policy=RAISED), "H1"),
    ex01.broken_by("this year's income against the line at D", exited(income_current="5999.99", policy=RAISED), "H1"),
    ex01.holds_for("a line that rises tomorrow", exited(income_current=6000, policy=RAISED)),
    ex01.broken_by("a line that rises at D", exited(income_current=6000, policy=RAISED, d=date(2026, 7, 1)), "H1"),
    ex01.broken_by(
        "on 31 December the line of a year ago counts for last year",
        exited(
            income_previous="4999.99",
            policy={"poverty_line": [(date(2020, 1, 1), 5000), (date(2025, 12, 31), 4000)]},
            d=date(2025, 12, 31),
        ),
        "H1",
    ),
    ex01.holds_for(
        "a day later the new one does",
        exited(
            income_previous="4999.99",
            policy={"poverty_line": [(date(2020, 1, 1), 5000), (date(2025, 12, 31), 4000)]},
            d=date(2026, 1, 1),
        ),
    ),
    ex01.holds_for("open household", exited(poverty_status="未脱贫", income_current=0)),
    ex01.holds_for("household back in poverty", exited(poverty_status="返贫", income_current=0)),
    ex01.holds_for("household without a registered member", exited(income_current=0, members=[])),
    ex01.holds_for(
        "household whose members have moved away",
        exited(income_current=0, members=[member(person_status="迁出")]),
    ),
    ex01.broken_by("year of exit not given", exited(income_current=0, exit_year=None), "H1"),
    ex01.perhaps_broken_by(
        "a registered member without a valid number",
        exited(income_current=0, members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
    ex01.broken_by(
        "a member without a valid number who moved away",
        exited(income_current=0, members=[member(), member("M2", person_id=None, person_status="迁出")]),
        "H1",
    ),
)

# EX02 housing_safe 否, or assessment C or D and not 合格

ex02 = Of("EX02")


def housed(*cases: Row, **more: Any) -> World:
    """H1, exited, with member A, and these housing cases."""
    return world(
        **({"register_households": [household()], "register_members": [member()], "housing_renovations": cases} | more)
    )


EX02 = (
    ex02.holds_for("safe, no case", housed()),
    ex02.broken_by("unsafe by the register", housed(register_households=[household(housing_safe=False)]), "H1"),
    ex02.broken_by(
        "unsafe by the register, safe by the assessment",
        housed(housing_case(), register_households=[household(housing_safe=False)]),
        "H1",
    ),
    ex02.holds_for("grade A", housed(housing_case())),
    ex02.holds_for("grade B", housed(housing_case(grade="B"))),
    ex02.broken_by("grade C", housed(housing_case(grade="C")), "H1"),
    ex02.broken_by("grade D", housed(housing_case(grade="D")), "H1"),
    ex02.broken_by("grade D, refused", housed(housing_case(grade="D", acceptance="不合格")), "H1"),
    ex02.holds_for("grade D, renovated", housed(housing_case(grade="D", method="新建", acceptance="合格"))),
    ex02.broken_by(
        "grade D, being renovated", housed(housing_case(grade="D", method="新建", started_on=date(2026, 6, 1))), "H1"
    ),
    ex02.holds_for(
        "a newer case is safe", housed(housing_case(grade="D"), housing_case("X0", assessed_on=date(2025, 3, 2)))
    ),
    ex02.broken_by(
        "a newer case is dangerous",
        housed(housing_case("X9"), housing_case("X1", grade="C", assessed_on=date(2025, 3, 2))),
        "H1",
    ),
    ex02.holds_for("somebody else's case", housed(housing_case(head_id=B, grade="D"))),
    ex02.holds_for("open household", housed(register_households=[open_household(housing_safe=False)])),
    ex02.holds_for(
        "household without a registered member",
        housed(register_households=[household(housing_safe=False)], register_members=[]),
    ),
    ex02.perhaps_broken_by(
        "a registered member without a valid number",
        housed(housing_case(grade="D"), register_members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
)

# EX03 a registered person of it meets CV03

ex03 = Of("EX03", "2025-2026")


def family(*pupils: Row, **more: Any) -> World:
    """H1, exited, with adult A and a child, and these students rows."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member(), member("M2", person_id=CHILD, name="李明", relation="子")],
                "students": pupils,
            }
            | more
        )
    )


TWO_CHILDREN = [
    member("M1", person_id=CHILD, name="李明", relation="子"),
    member("M2", person_id=CHILD_2, name="李红", relation="女"),
]

EX03 = (
    ex03.broken_by("a child at no school", family(), "H1"),
    ex03.holds_for("the child at school", family(student(CHILD, name="李明"))),
    ex03.holds_for("taught at home", family(student(CHILD, name="李明", student_status="送教上门"))),
    ex03.broken_by("dropped out", family(student(CHILD, name="李明", student_status="辍学")), "H1"),
    ex03.holds_for("six on 2 September", family(register_members=[member(person_id=pid(5, date(2019, 9, 2)))])),
    ex03.broken_by("six on 1 September", family(register_members=[member(person_id=pid(5, date(2019, 9, 1)))]), "H1"),
    ex03.holds_for("fifteen on 1 September", family(register_members=[member(person_id=pid(5, date(2010, 9, 1)))])),
    ex03.broken_by(
        "fifteen on 2 September", family(register_members=[member(person_id=pid(5, date(2010, 9, 2)))]), "H1"
    ),
    ex03.holds_for("open household", family(register_households=[open_household()])),
    ex03.holds_for("household back in poverty", family(register_households=[household(poverty_status="返贫")])),
    ex03.holds_for(
        "the child moved away", family(register_members=[member(), member("M2", person_id=CHILD, person_status="迁出")])
    ),
    ex03.broken_by("two children, one finding", family(register_members=TWO_CHILDREN), "H1"),
    ex03.not_evaluated("waiting on the day before settlement", family(d=date(2025, 10, 14))),
    ex03.not_evaluated("waiting once school has ended", family(d=date(2026, 7, 1))),
    ex03.not_evaluated("school ends a day earlier by policy", family(policy={"school.ends_on": "06-30"})),
    ex03.broken_by(
        "school ends a day later by policy", family(d=date(2026, 7, 1), policy={"school.ends_on": "07-02"}), "H1"
    ),
    ex03.broken_by("the day of settlement, this school year", family(d=date(2025, 10, 15)), "H1"),
    ex03.not_evaluated(
        "students delivered the day before settlement",
        family(d=date(2025, 10, 20), as_of={"students": date(2025, 10, 14)}),
    ),
    ex03.broken_by(
        "students delivered on the day of settlement",
        family(d=date(2025, 10, 20), as_of={"students": date(2025, 10, 15)}),
        "H1",
    ),
    ex03.perhaps_broken_by(
        "another registered member without a valid number",
        family(register_members=[member("M1", person_id=None), member("M2", person_id=CHILD)]),
        "H1",
    ),
    ex03.perhaps_broken_by("a pupil of the name without a valid number", family(student(None, name="李明")), "H1"),
    ex03.perhaps_broken_by(
        "a quarantined pupil of the name", family(quarantined={"students": [{"name": "李·明"}]}), "H1"
    ),
    ex03.broken_by("a hidden pupil of another name", family(student(None, name="李民")), "H1"),
    ex03.perhaps_broken_by(
        "a refused namesake of a member who need not be at school",
        family(quarantined={"students": [{"name": member()["name"]}]}),
        "H1",
    ),
    ex03.perhaps_broken_by(
        "two children at no school, a hidden pupil of one's name",
        family(student(None, name="李明"), register_members=TWO_CHILDREN),
        "H1",
    ),
    ex03.broken_by(
        "one of two children at school, a hidden pupil of that one's name",
        family(student(CHILD, name="李明"), student(None, name="李明"), register_members=TWO_CHILDREN),
        "H1",
    ),
)

# EX04 a registered person of it meets CV01

ex04 = Of("EX04", "2026")
ex04_of_2025 = Of("EX04", "2025")


def insured(*rows: Row, **more: Any) -> World:
    """H1, exited, with A and B (李明), and these enrolments."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member(), member("M2", person_id=B, name="李明")],
                "insurance_enrolments": rows,
            }
            | more
        )
    )


EX04 = (
    ex04.holds_for("all enrolled", insured(enrolment(A), enrolment(B, scheme="职工"))),
    ex04.broken_by("one not enrolled", insured(enrolment(A)), "H1"),
    ex04.broken_by("nobody enrolled, one finding", insured(), "H1"),
    ex04.broken_by("one 暂停参保", insured(enrolment(A), enrolment(B, enrolment_status="暂停参保")), "H1"),
    ex04.broken_by("one enrolled last year", insured(enrolment(A), enrolment(B, year=2025)), "H1"),
    ex04_of_2025.broken_by(
        "before settlement, last year's row asked for", insured(enrolment(A, year=2025), d=date(2026, 2, 28)), "H1"
    ),
    ex04_of_2025.holds_for(
        "before settlement, last year's rows",
        insured(enrolment(A, year=2025), enrolment(B, year=2025), d=date(2026, 2, 28)),
    ),
    ex04.broken_by(
        "on the day of settlement, last year's rows",
        insured(enrolment(A, year=2025), enrolment(B, year=2025), d=date(2026, 3, 1)),
        "H1",
    ),
    ex04.not_evaluated("no row for the year", insured(enrolment(A, year=2025), fillers=False)),
    ex04.holds_for("open household", insured(register_households=[open_household()])),
    ex04.holds_for("nobody registered", insured(register_members=[member(person_status="死亡")])),
    ex04.holds_for(
        "a member without a valid number is not absent",
        insured(enrolment(A), register_members=[member(), member("M2", person_id=None)]),
    ),
    ex04.perhaps_broken_by(
        "another member without a valid number",
        insured(register_members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
    ex04.perhaps_broken_by(
        "a namesake enrolled without a valid number", insured(enrolment(A), enrolment(None, name="李明")), "H1"
    ),
    ex04.perhaps_broken_by(
        "a quarantined namesake", insured(enrolment(A), quarantined={"insurance_enrolments": [{"name": "李 明"}]}), "H1"
    ),
    ex04.broken_by(
        "a hidden row of another name",
        insured(enrolment(A), quarantined={"insurance_enrolments": [{"name": "李民"}]}),
        "H1",
    ),
    ex04.perhaps_broken_by(
        "a refused namesake of the one who is enrolled",
        insured(enrolment(A), quarantined={"insurance_enrolments": [{"name": member()["name"]}]}),
        "H1",
    ),
    ex04.perhaps_broken_by(
        "nobody enrolled, a hidden namesake of one",
        insured(quarantined={"insurance_enrolments": [{"name": "李明"}]}),
        "H1",
    ),
)

# EX05 water_safe 否

ex05 = Of("EX05")

EX05 = (
    ex05.broken_by("water is not safe", exited(water_safe=False), "H1"),
    ex05.holds_for("water is safe", exited(water_safe=True)),
    ex05.holds_for("nothing is said of water", exited()),
    ex05.holds_for("open household", exited(water_safe=False, poverty_status="未脱贫", exit_year=None)),
    ex05.holds_for("household without a registered member", exited(water_safe=False, members=[])),
    ex05.perhaps_broken_by(
        "a registered member without a valid number",
        exited(water_safe=False, members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
)

CASES: tuple[Case, ...] = (*EX01, *EX02, *EX03, *EX04, *EX05)
