"""CV05–CV08: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    household,
    housing_case,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)
TODAY = date(2026, 6, 30)

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
    cv05.perhaps_broken_by(
        "a refused case that bears the name of one of them",
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

CASES: tuple[Case, ...] = (*CV05, *CV06, *CV07, *CV08)
