"""What stands beside a verdict on reported totals: who answers, what was counted in which delivery, what was left."""

import json
from pathlib import Path

import pytest
from builders import COUNTY, Row, household, member, world
from cases.figures import key, reported
from cases.refusals import with_refused
from worlds_on_disk import KEY, run

from expectations.rules import RULES_BY_CODE
from pipelines.reconciling.aside import Aside
from pipelines.reconciling.reconcile import Reconciled
from pipelines.recording.unchecked import unchecked

TOWN = f"{COUNTY}101"
REPORTERS = {
    "民政局": "civil_affairs",
    "凯里市医保局": "health_insurance",
    "县市场监管局": "market_regulation",
    "三棵树镇": "county_office",
    "凯里市农业局": "register",
    "乡村振兴局": "county_office",
}


ROWS = [reported(reporter=name, area_code=TOWN, reported=2) for name in REPORTERS]
LEFT = [reported("建档立卡", "致贫原因", "因懒"), reported("农村低保"), reported("农村低保", unit="人")]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Reconciled:
    given = world(
        absent=("low_income_households", "low_income_members"),
        register_households=[household()],
        register_members=[member()],
        reported_totals=[*ROWS, *LEFT],
        policy={"departments.register": ["农业农村局", "农业局"]},
    )
    return run(given, tmp_path_factory.mktemp("reported"), ("AG01", "AG02"))


def test_the_reporter_answers_where_it_is_an_office_and_the_countys_office_where_it_is_none(said: Reconciled) -> None:
    owners = {row["subject_key"].split("|")[0]: row["owner"] for row in said.findings.to_pylist()}
    assert owners == REPORTERS


def test_a_finding_shows_the_reported_row_and_what_was_counted_in_which_deliveries(said: Reconciled) -> None:
    row = said.findings.to_pylist()[0]
    first, *others = json.loads(row["evidence"])
    counted = [item for item in others if "searched" in item]
    assert (first["feed"], first["values"]["reported"]) == ("reported_totals", "2")
    assert {item["feed"]: item["searched"] for item in counted} == dict.fromkeys(
        ("register_households", "register_members"), "按行政区划代码逐行清点，共1户"
    )
    assert all(item["delivery"].startswith(item["feed"]) for item in counted)
    assert [item["policy"] for item in others if "policy" in item] == ["departments.register"]
    assert (row["township"], row["village"], row["period"]) == ("三棵树镇", "", "2026-06")


def test_what_is_not_compared_is_counted_by_its_reason_and_its_findings_stay(said: Reconciled) -> None:
    ag01, ag02 = said.rule_runs
    left = "没有可用的低保（特困）数据（2行）、分组项对不上代码，也不是下级区划的代码（1行）"
    assert (ag01.reason, ag02.reason) == (f"未比对：{left}", None)
    ids = Aside(dict.fromkeys(map(key, LEFT), "")).finding_ids(KEY, "AG01", COUNTY, "2026-06")
    assert (ag01.untouched, ag02.untouched) == (ids, ())
    assert len(set(ids)) == len(LEFT)


@pytest.mark.parametrize(
    ("feed", "row", "hidden"),
    [
        ("register_members", {"household_no": "H9", "member_no": "M9"}, len(ROWS)),
        ("insurance_enrolments", {"scheme": "职工"}, 0),
        ("reported_totals", {**ROWS[0], "reported": None}, 1),
    ],
)
def test_what_is_refused_among_the_rows_that_are_counted_takes_no_finding_away(
    feed: str, row: Row, hidden: int, said: Reconciled, tmp_path: Path
) -> None:
    tonight = world(
        register_households=[household()],
        register_members=[member()],
        reported_totals=[{**one, "reported": 1} for one in ROWS[1:]],
    )
    found = run(with_refused(tonight, feed, row), tmp_path, ("AG01",))
    assert found.findings.num_rows == 0
    assert found.refusals is not None
    assert len(unchecked(said.findings, found.refusals, [RULES_BY_CODE["AG01"]])) == hidden
