"""What is counted, and where: money that rules believe owed, and households, in a literal county."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from builders import COUNTY, D, enrolment, household, member, open_household, pid
from nights import FEED_ROWS, finding, night
from office_rows import relocation, row_of

from expectations.feeds.work_plans import TARGET
from pipelines.evaluation.lacking import lack_of
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.questions import QUESTIONS
from warehouse.evaluation.sampling import Design, Sample, draw_sample, read_frame
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published
from warehouse.sql import bound
from warehouse.tables.plans import TARGETS


def records(lake: Lake, query: str) -> list[dict[str, Any]]:
    with open_published(lake) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def figures_of(lake: Lake, name: str) -> dict[str, tuple[Any, ...]]:
    rows = records(lake, "FROM evaluation.indicators ORDER BY area_code")
    figures = ("numerator", "denominator", "unknown", "numerator_persons", "rest_persons")
    return {row["area_code"]: tuple(row[f] for f in figures) for row in rows if row["indicator"] == name}


def test_what_is_owed_stands_by_area_certain_apart_from_possible_and_without_what_is_settled(tmp_path: Path) -> None:
    """C1 is owed 300.10 and 300 (one certificate), C2 in another township perhaps 90; C3 of no village 7."""

    def owed(number: int, certificate_no: str, yuan: str | None, **over: Any) -> dict[str, Any]:
        place = {"household_no": None, "certificate_no": certificate_no}
        return finding(number, rule="PY04", rule_yuan=None if yuan is None else Decimal(yuan), **place | over)

    other = f"{COUNTY}102201"
    found = [
        owed(1, "C1", "300.10"),
        owed(2, "C1", "300.00", state="重开"),
        owed(3, "C1", "1000.00", state="销号"),
        owed(4, "C2", "90.00", certainty="possible", village_code=other),
        owed(5, "C3", "7.00", village_code=None),
        owed(6, "C4", None),
    ]
    load_and_publish(lake=Lake(tmp_path), run=night(Lake(tmp_path), findings=found))
    here, nowhere = f"{COUNTY}101201", f"{COUNTY}000000"
    first, second, third = (Decimal("600.10"), Decimal("600.10"), 1, 1, 0), (0, 90, 0, 0, 1), (7, 7, 0, 1, 0)
    assert figures_of(Lake(tmp_path), "应补发金额：退回未补发（PY04）") == {
        COUNTY: (Decimal("607.10"), Decimal("697.10"), 1, 2, 1),
        nowhere[:9]: third,
        nowhere: third,
        here[:9]: first,
        here: first,
        other[:9]: second,
        other: second,
    }
    assert figures_of(Lake(tmp_path), "应追回金额：停保后发放（PY01）") == {COUNTY: (0, 0, 0, 0, 0)}, (
        "asked, and nothing found"
    )
    nobody_asked = figures_of(Lake(tmp_path), "应补发金额：改造补助未足额拨付（CV08）")
    assert nobody_asked == {COUNTY: (None, None, 0, 0, 0)}


def test_a_household_in_which_nobody_is_registered_is_named_apart_and_counts_nowhere(tmp_path: Path) -> None:
    empty = open_household("H3", head_id=pid(3), cause="因病", income_current=100)
    register = [*FEED_ROWS["register_households"], empty]
    load_and_publish(lake=Lake(tmp_path), run=night(Lake(tmp_path), register_households=register))
    cards = {row["household_no"]: row["counts"] for row in records(Lake(tmp_path), "FROM evaluation.household_card")}
    assert cards == {"H1": True, "H2": True, "H3": False}
    assert figures_of(Lake(tmp_path), "无在册人员的户（households_without_members）")[COUNTY] == (1, 3, 0, 1, 2)
    by_slug = {question.slug: question.sql for question in QUESTIONS}
    asked = {"county": COUNTY, "as_of": D, "other_day": D}
    answers = {
        slug: records(Lake(tmp_path), bound(by_slug[slug], **asked)) for slug in ("causes", "register_on", "below_line")
    }
    assert {row["cause"]: row["households"] for row in answers["causes"]} == {"合计": 2, "缺技术": 2}
    assert {row["poverty_status"]: row["households"] for row in answers["register_on"]} == {"未脱贫": 1, "已脱贫": 1}
    assert answers["below_line"] == []
    with published_query(Lake(tmp_path)) as query:
        frame = read_frame(query, COUNTY, D)
    assert (frame.households_without_members, "H3" in {unit.key for unit in frame.units}) == (1, False)
    sample = draw_sample(frame, Design(), "s")
    older = {key: value for key, value in json.loads(sample.as_json()).items() if "without" not in key}
    assert Sample.from_json(json.dumps(older)) == replace(sample, households_without_members=None)


PLANNED = [
    {"year": year, "area_code": area, "target": target, "planned": planned}
    for year, area, target, planned in (
        (2026, COUNTY, "脱贫户数", 4),
        (2026, f"{COUNTY}101", "脱贫户数", 1),
        (2026, COUNTY, "脱贫人数", 10),
        (2025, COUNTY, "搬迁入住户数", 2),
        (2026, COUNTY, "危改竣工户数", 0),
        (2027, COUNTY, "新增低保户数", 3),
    )
]


def test_plans_stand_beside_what_was_reached_by_area_and_target(tmp_path: Path) -> None:
    """H2 and H4 exited in 2026 (two persons in H4), H5 in 2025, H6 in 2026 without anybody registered."""
    exited = {"poverty_status": "已脱贫", "exit_year": 2026}
    other = {"village": "清江村", "township": "下司镇", "village_code": f"{COUNTY}102201"}
    lake = Lake(tmp_path)
    given = night(
        lake,
        register_households=[
            open_household("H1"),
            household("H2", head_id=pid(2), **exited),
            household("H4", head_id=pid(4), **exited, **other),
            household("H5", head_id=pid(5), exit_year=2025),
            household("H6", head_id=pid(6), **exited),
        ],
        register_members=[
            member("M1", "H1", pid(1)),
            member("M2", "H2", pid(2)),
            member("M3", "H4", pid(4)),
            member("M4", "H4", pid(3)),
            member("M5", "H5", pid(5)),
        ],
        relocations=[
            relocation("R1", pid(1), household_no="H4"),
            relocation("R2", pid(2)),
            relocation("R3", pid(9)),
            relocation("R4", pid(4), moved_in_on=date(2026, 8, 1)),
            relocation("R5", pid(5), plan_year=2024),
        ],
        work_plans=[row_of("work_plans", n, **plan) for n, plan in enumerate(PLANNED)],
    )
    load_and_publish(lake=lake, run=given)
    here, there, nowhere = f"{COUNTY}101201", f"{COUNTY}102201", f"{COUNTY}000000"
    households = {area: row[:2] for area, row in figures_of(lake, "计划完成率：脱贫户数").items()}
    assert households[COUNTY] == (2, 4)
    assert households[here[:9]] == (1, 1)
    assert households[there[:9]] == households[there] == (1, None), "reached, and nothing planned"
    assert figures_of(lake, "计划完成率：脱贫人数")[COUNTY] == (3, 10, 0, 3, 0)
    moved = {area: row[:2] for area, row in figures_of(lake, "计划完成率：搬迁入住户数").items()}
    assert (moved[COUNTY], moved[here], moved[there], moved[nowhere]) == ((3, 2), (1, None), (1, None), (1, None))
    assert figures_of(lake, "计划完成率：新增低保户数") == {COUNTY: (None, None, 0, 0, 0)}, "a year that has not begun"
    plans = {(r["target"], r["area_code"]): r for r in records(lake, "FROM evaluation.plans WHERE year = 2026")}
    assert plans["脱贫户数", COUNTY]["share"] == 0.5
    assert plans["脱贫户数", f"{COUNTY}101"]["share"] == 1
    assert (plans["危改竣工户数", COUNTY]["reached"], plans["危改竣工户数", COUNTY]["share"]) == (0, None)


def test_every_target_of_a_plan_says_what_counts_for_it() -> None:
    assert tuple(target.name for target in TARGETS) == TARGET.labels


def test_without_a_plan_nothing_is_measured_and_it_is_said_what_would_mend_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake))
    by_name = {indicator.name: indicator for indicator in INDICATORS}
    lack = lack_of(by_name["计划完成率：脱贫户数"], {"share": None, "numerator": None, "denominator": None}, {})
    assert str(lack).startswith("没有数据；报送年度计划（work_plans）、建档立卡户")
    assert figures_of(lake, "计划完成率：脱贫户数") == {COUNTY: (None, None, 0, 0, 0)}
    beyond = lack_of(by_name["计划完成率：脱贫户数"], {"share": None, "numerator": 3, "denominator": None}, {})
    assert str(beyond) == "没有计划数（已达到3户）；报送有该区划的年度计划（work_plans）"


def test_an_open_household_is_told_condition_by_condition(tmp_path: Path) -> None:
    """H1 lacks income, house (X2) and water; H7 has everything; of H8 nobody knows the water; H2 has exited."""
    lake, safe = Lake(tmp_path), {"income_current": 13000, "housing_safe": True, "water_safe": True}
    given = night(
        lake,
        register_households=[
            open_household("H1", income_current=100, water_safe=False),
            household("H2", head_id=pid(2)),
            open_household("H7", head_id=pid(7), **safe),
            open_household("H8", head_id=pid(8), **safe | {"water_safe": None}),
        ],
        register_members=[member(f"M{n}", f"H{n}", pid(n)) for n in (1, 2, 7, 8)],
        insurance_enrolments=[enrolment(pid(n)) for n in (1, 2, 7, 8)],
    )
    load_and_publish(lake=lake, run=given)
    by_slug = {question.slug: question.sql for question in QUESTIONS}
    rows = records(lake, bound(by_slug["exit_candidates"], county=COUNTY, as_of=D))
    assert [(row["household_no"], row["not_met"], row["not_known"]) for row in rows] == [
        ("H7", 0, 0),
        ("H8", 0, 1),
        ("H1", 3, 0),
    ]
    first, second, last = rows
    assert {first[name] for name in ("income", "insurance", "school", "house", "water")} == {"达标"}
    assert second["water"] == "不能判断"
    assert (last["income"], last["house"], last["water"], last["insurance"]) == ("不达标", "不达标", "不达标", "达标")
    assert figures_of(lake, "退出条件齐备率")[COUNTY] == (1, 2, 1, 1, 1)
