"""What the evaluators' views say of a literal county."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from builders import (
    COUNTY,
    D,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    open_household,
    pid,
    student,
)
from nights import CHILD, FEED_ROWS, TRUANT, finding, night, policy_rows, rejected

from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import AMOUNT_COLUMNS, FINDING_COLUMNS
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The county of FEED_ROWS, published."""
    lake = Lake(tmp_path_factory.mktemp("home"))
    load_and_publish(lake=lake, run=rejected(night(lake), "缺少必填列：户编号"))
    return lake


def _records(lake: Lake, query: str) -> list[dict[str, Any]]:
    with open_published(lake) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def _card(lake: Lake, household_no: str = "H1", d: date = D) -> dict[str, Any]:
    query = f"FROM evaluation.household_card WHERE household_no = '{household_no}' AND as_of = DATE '{d}'"
    (card,) = _records(lake, query)
    return card


def test_a_card_shows_all_departments_side_by_side(county: Lake) -> None:
    expected = {
        "persons": 3,
        "registered_members": 4,
        "members_without_number": 1,
        "is_open": True,
        "income_current": Decimal("3000.00"),
        "poverty_line": Decimal("6000.00"),
        "rural_standard_year": Decimal("6240.00"),
        "below_line": True,
        "below_standard": True,
        "members_on_roll": 1,
        "linked_certificates": 1,
        "certificates": "C1（农村低保，在保）",
        "benefit_yuan_month": Decimal("450.00"),
        "insurance_year": 2026,
        "insured_members": 2,
        "uninsured_members": 1,
        "school_year": "2025-2026",
        "pupils": 1,
        "school_age_children": 2,
        "out_of_school_children": 1,
        "education_term": "2025-2026秋季",
        "education_items_received": 1,
        "education_yuan_received": Decimal("500.00"),
        "housing_cases": 2,
        "housing_case_no": "X2",
        "housing_grade": "D",
        "housing_state": "已开工",
        "open_findings": 2,
        "open_rules": "CV03、TL02",
        "source_row": 2,
    }
    card = _card(county)
    assert {name: card[name] for name in expected} == expected


def test_coverage_says_met_not_met_or_not_known_for_each_guarantee(county: Lake) -> None:
    """H1 has one uninsured, one out of school, one without a number, a D house under repair; H2 nobody at all."""
    rows = _records(county, "FROM evaluation.coverage")
    found = {(r["household_no"], r["guarantee"]): (r["due"], r["covered"], r["unknown"], r["is_met"]) for r in rows}
    assert {key: found[key] for key in found if key[0] == "H1"} == {
        ("H1", "收入"): (1, 0, 0, False),
        ("H1", "基本医疗"): (3, 2, 1, False),
        ("H1", "义务教育"): (2, 1, 1, False),
        ("H1", "住房安全"): (1, 0, 0, False),
        ("H1", "饮水安全"): (1, 0, 1, None),
    }
    assert found["H2", "基本医疗"] == (1, 0, 0, False)
    assert found["H2", "义务教育"] == (0, 0, 0, True)


def test_coverage_without_a_feed_or_a_number_is_not_known(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    run = night(
        lake,
        absent=["students", "housing_renovations"],
        register_households=[
            open_household("H1", income_current=3000, water_safe=False),
            household("H2", head_id=pid(2), water_safe=True),
        ],
        insurance_enrolments=[enrolment(pid(1)), enrolment(CHILD), enrolment(TRUANT)],
    )
    load_and_publish(lake=lake, run=run)
    rows = _records(lake, "FROM evaluation.coverage WHERE household_no = 'H1'")
    met = {row["guarantee"]: row["is_met"] for row in rows}
    assert met == {"收入": False, "基本医疗": None, "义务教育": None, "住房安全": None, "饮水安全": False}
    (water,) = _records(lake, f"FROM evaluation.indicators WHERE indicator = '饮水安全率' AND area_code = '{COUNTY}'")
    assert (water["numerator"], water["denominator"], water["unknown"]) == (1, 2, 0)


def test_quality_tells_the_quarantined_share_and_the_age_of_a_delivery(county: Lake) -> None:
    (row,) = _records(county, "FROM evaluation.quality WHERE feed = 'students' AND status = 'accepted'")
    assert (row["rows_read"], row["rows_quarantined"], row["days_old"]) == (3, 1, 0)
    assert row["quarantined_share"] == pytest.approx(1 / 3)


def test_a_household_that_nobody_helps_has_zeros_and_an_exited_one_is_not_open(county: Lake) -> None:
    card = _card(county, "H2")
    assert not card["is_open"]
    assert (card["members_on_roll"], card["linked_certificates"], card["certificates"]) == (0, 0, None)
    assert (card["insured_members"], card["uninsured_members"]) == (0, 1)
    assert (card["housing_cases"], card["housing_state"]) == (0, "未鉴定")
    assert (card["open_findings"], card["open_rules"]) == (0, "")


def test_a_household_without_a_registered_member_is_open_by_its_status_as_its_people_say(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    dead = member("M1", "H1", pid(1), person_status="死亡", status_date=date(2026, 1, 1))
    load_and_publish(lake=lake, run=night(lake, register_members=[dead, member("M5", "H2", pid(2))]))
    card = _card(lake)
    assert (card["is_open"], card["registered_members"]) == (True, 0)
    (person,) = _records(lake, "FROM evaluation.people WHERE member_no = 'M1'")
    assert person["is_open"]


def test_what_a_missing_feed_would_say_is_unknown_and_not_zero(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    register = ("register_households", "register_members")
    load_and_publish(lake=lake, run=night(lake, absent=FEED_ROWS.keys() - set(register)))
    unknown = (
        *("members_on_roll", "linked_certificates", "certificates", "benefit_yuan_month"),
        *("insurance_year", "insured_members", "uninsured_members"),
        *("school_year", "pupils", "school_age_children", "out_of_school_children"),
        *("education_term", "education_items_received", "education_yuan_received"),
        *("housing_cases", "housing_grade", "housing_state"),
    )
    card = _card(lake)
    assert {name: card[name] for name in unknown} == dict.fromkeys(unknown)
    assert (card["registered_members"], card["open_findings"]) == (4, 2)


def test_coverage_is_unknown_while_nobody_is_enrolled_for_the_year(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, insurance_enrolments=[enrolment(pid(1), year=2025)]))
    assert _card(lake)["uninsured_members"] is None


def test_school_is_unknown_where_the_delivery_is_older_than_the_settled_day(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, as_of={"students": date(2025, 10, 14)}))
    card = _card(lake)
    assert (card["pupils"], card["out_of_school_children"]) == (1, None)


def test_an_item_is_received_by_student_number_where_the_payment_has_no_identity_number(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    paid = education_subsidy(None, student_no=f"G{CHILD}")
    load_and_publish(lake=lake, run=night(lake, education_subsidies=[paid]))
    assert _card(lake)["education_items_received"] == 1


def test_the_state_of_a_house_follows_from_its_newest_case(tmp_path: Path) -> None:
    cases: dict[str, dict[str, Any]] = {
        "无需改造": {"method": "无需改造"},
        "未开工": {"method": "新建"},
        "已开工": {"method": "新建", "started_on": date(2026, 1, 1)},
        "竣工未验收": {"method": "新建", "completed_on": date(2026, 2, 1)},
        "验收不合格": {"method": "新建", "acceptance": "不合格"},
        "验收合格": {"method": "新建", "acceptance": "合格"},
    }
    lake = Lake(tmp_path)
    run = night(
        lake,
        register_households=[open_household(state) for state in cases],
        register_members=[member(state, state, pid(n)) for n, state in enumerate(cases)],
        housing_renovations=[housing_case(state, pid(n), **case) for n, (state, case) in enumerate(cases.items())],
    )
    load_and_publish(lake=lake, run=run)
    shown = _records(lake, "SELECT household_no, housing_state FROM evaluation.household_card")
    assert {row["household_no"]: row["housing_state"] for row in shown} == {state: state for state in cases}


def test_a_person_in_two_households_counts_in_each(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    twice = [*FEED_ROWS["register_members"], member("M6", "H2", pid(1))]
    load_and_publish(lake=lake, run=night(lake, register_members=twice))
    assert (_card(lake, "H1")["members_on_roll"], _card(lake, "H2")["members_on_roll"]) == (1, 1)


def test_one_household_has_a_card_at_each_date(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    may, june = date(2026, 5, 31), D
    load_and_publish(lake=lake, run=night(lake, may, register_households=[open_household(income_current=2500)]))
    load_and_publish(lake=lake, run=night(lake, june))
    assert [_card(lake, d=d)["income_current"] for d in (may, june)] == [Decimal("2500.00"), Decimal("3000.00")]


def test_views_hold_no_number_name_or_phone_in_clear(county: Lake) -> None:
    shown = ""
    with open_published(county) as connection:
        for (view,) in connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE schema_name = 'evaluation'"
        ).fetchall():
            shown += str(connection.execute(f"FROM evaluation.{view}").to_arrow_table().to_pylist())
    assert "5226**************" in shown
    for secret in (pid(1), pid(2), CHILD, TRUANT, "13800001111", "李帮扶", "张小二"):
        assert secret not in shown


def test_findings_have_the_contracts_columns_in_order_and_the_mark_of_what_was_not_checked(tmp_path: Path) -> None:
    marked = finding(2, rule="CV03", subject_key=TRUANT, unchecked=True)
    load_and_publish(lake=Lake(tmp_path), run=night(Lake(tmp_path), findings=[finding(1), marked]))
    rows = _records(Lake(tmp_path), "FROM evaluation.findings")
    assert tuple(rows[0]) == (*FINDING_COLUMNS, "unchecked", "village_code", *AMOUNT_COLUMNS)
    assert {row["rule"]: row["unchecked"] for row in rows} == {"TL02": False, "CV03": True}


def test_coverage_says_why_a_rule_was_not_evaluated(county: Lake) -> None:
    (row,) = _records(county, "FROM evaluation.rule_coverage WHERE status = 'not_evaluated'")
    assert (row["rule"], row["findings"]) == ("CV08", None)
    assert "没有已接收的数据" in row["reason"]


def test_rejected_deliveries_are_listed_with_their_reason(county: Lake) -> None:
    (row,) = _records(county, "FROM evaluation.deliveries WHERE status = 'rejected'")
    assert (row["reason"], row["in_force"], row["rows_read"]) == ("缺少必填列：户编号", False, None)


def test_areas_take_the_commonest_spelling_of_the_register(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    households = [open_household(f"H{n}", township="三棵树镇" if n < 3 else "三颗树镇") for n in range(1, 4)]
    load_and_publish(lake=lake, run=night(lake, register_households=households, findings=[finding(1)]))
    with open_published(lake) as connection:
        names = dict(connection.execute("SELECT area_code, name FROM warehouse.dim_area").fetchall())
    assert names == {
        COUNTY: "凯里市",
        f"{COUNTY}101": "三棵树镇",
        f"{COUNTY}101201": "朗利村",
        f"{COUNTY}102": None,
        f"{COUNTY}102201": None,
    }


def test_pupils_of_a_school_stand_at_each_date(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, date(2026, 5, 31), students=[student(CHILD)]))
    load_and_publish(lake=lake, run=night(lake, D))
    counts = _records(lake, "SELECT as_of, count(*) AS n FROM warehouse.fact_student GROUP BY as_of ORDER BY as_of")
    assert [row["n"] for row in counts] == [1, 2]


def test_villages_without_a_row_in_any_book_count_in_the_population_and_the_lines_differ_by_policy(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    empty, peopled = f"{COUNTY}199201", f"{COUNTY}101201"
    people = {f"agricultural_population.{village}": n for village, n in ((peopled, 100), (empty, 300))}
    load_and_publish(lake=lake, run=replace(night(lake), policy=policy_rows(people)))
    told = {
        (row["area_code"], row["indicator"]): row
        for row in _records(
            lake, "FROM evaluation.indicators WHERE indicator LIKE '两线差%' OR indicator = '贫困发生率'"
        )
    }
    assert {told[COUNTY, "贫困发生率"]["denominator"], told[empty, "贫困发生率"]["denominator"]} == {400, 300}
    assert told[empty, "贫困发生率"]["numerator"] == 0
    gap = told.pop((COUNTY, "两线差（农村）"))
    assert (gap["numerator"], gap["denominator"], gap["level"]) == (520 * 12 - 6000, 6000, "county")
    assert [area for area, name in told if name.startswith("两线差")] == [COUNTY]


def test_values_that_change_between_the_books_and_the_night_are_read_at_the_day_of_the_books(tmp_path: Path) -> None:
    """Books of D, and a night a month later; only the two lines are compared at that night, as TL01 compares them."""
    changed = {"poverty_line": 1, "low_income_standard.rural": 1, "housing.grades_to_renovate": ["A"]}
    people = {f"agricultural_population.{COUNTY}101201": 100}
    now = [row for row in policy_rows(changed | dict.fromkeys(people, 9)) if row["key"] in changed | people]
    later = date(2026, 7, 30)
    run = night(Lake(tmp_path), later, as_of=dict.fromkeys(FEED_ROWS, D))
    rows = [*policy_rows(people), *(row | {"from": "2026-07-01"} for row in now)]
    run = replace(run, policy=sorted(rows, key=lambda row: (row["key"], row["from"])))
    load_and_publish(lake=Lake(tmp_path), run=run)
    card = _card(Lake(tmp_path), d=later)
    assert (card["poverty_line"], card["rural_standard_year"]) == (6000, 6240)
    assert (card["below_line"], card["below_standard"]) == (True, True)
    coverage = _records(Lake(tmp_path), "FROM evaluation.coverage WHERE household_no = 'H1'")
    assert {row["guarantee"]: row["is_met"] for row in coverage} | {"收入": False, "住房安全": False} == {
        row["guarantee"]: row["is_met"] for row in coverage
    }
    told = {
        row["indicator"]: (row["numerator"], row["denominator"])
        for row in _records(Lake(tmp_path), f"FROM evaluation.indicators WHERE area_code = '{COUNTY}'")
    }
    assert told["住房安全率"] == (1, 2)
    assert told["危改竣工率"] == (0, 1)
    assert told["贫困发生率"][1] == 100
    assert told["两线差（农村）"] == (1 * 12 - 1, 1)


def test_what_nobody_put_right_is_not_counted_as_cleared_by_data(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    gone = [
        finding(n, state="数据已消除", cleared_because=because)
        for n, because in enumerate((None, "规则口径变更", "政策调整", "数据撤回"), start=1)
    ]
    stands = finding(5, state="整改中", cleared_because="政策调整")
    load_and_publish(lake=lake, run=night(lake, findings=[*gone, stands]))
    (row,) = _records(lake, "SELECT findings, still_open, cleared, dropped FROM evaluation.ledger")
    assert row == {"findings": 5, "still_open": 1, "cleared": 1, "dropped": 3}
    kept = _records(lake, "SELECT state, cleared_because FROM warehouse.fact_finding")
    assert sorted((one["state"], one["cleared_because"] or "") for one in kept) == sorted(
        [(row["state"], row["cleared_because"] or "") for row in (*gone, stands)]
    )


def test_what_reopened_is_counted_although_it_was_sent_out_the_same_night(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    came_back, never = finding(1, state="已派发"), finding(2, state="已派发")
    moves = ((1, came_back, "已派发"), (2, came_back, "数据已消除"), (3, came_back, "重开"), (4, came_back, "已派发"))
    empty = dict.fromkeys(("run", "from_state", "delivery", "evidence_digest")) | {"who": "夜间比对", "why": ""}
    events = [
        {
            **empty,
            "county": COUNTY,
            "seq": n,
            "finding_id": one["finding_id"],
            "on": D,
            "to_state": to,
            "digest": "d" * 64,
        }
        for n, one, to in (*moves, (5, never, "已派发"))
    ]
    run = replace(night(lake, findings=[came_back, never]), ledger_head="d" * 64)
    load_and_publish(lake=lake, run=replace(run, finding_events=lambda seq: events))
    (row,) = _records(lake, "SELECT findings, reopened FROM evaluation.ledger")
    assert row == {"findings": 2, "reopened": 1}


def test_survey_results_that_were_staged_before_a_column_was_declared_have_null_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    given = {"sample_id": "s", "unit_no": "u", "village_code": f"{COUNTY}101201", "outcome": "完成", "persons": 4}
    rest = dict.fromkeys(column.name for column in FEEDS_BY_NAME["survey_results"].columns)
    run = night(lake, survey_results=[rest | given])
    (part,) = run.current["survey_results"].parts
    table = pq.read_table(part.path)
    pq.write_table(table.drop_columns(["house_safe", "wage_income", "substitute_for"]), part.path)
    load_and_publish(lake=lake, run=run)
    (row,) = _records(lake, "SELECT persons, house_safe, wage_income, substitute_for FROM warehouse.fact_survey_result")
    assert row == {"persons": 4, "house_safe": None, "wage_income": None, "substitute_for": None}
