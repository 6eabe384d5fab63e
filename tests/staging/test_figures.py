"""Profiles, expectations, and what a kill leaves behind."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from feed_tables import COUNTY, file_name, rows_of, text_table, write_csv
from sqlalchemy import select

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.identity import check_character
from expectations.suites import REFERENCES, Severity, suite
from pipelines.staging import Outcome, stage
from pipelines.staging.profile import measures
from pipelines.staging.validate import validate_profile
from warehouse.books.deliveries import list_deliveries
from warehouse.books.schema import quality

STUDENTS = FEEDS_BY_NAME["students"]


def profile(bench, staged) -> dict[str, Any]:
    d = staged.delivery
    return json.loads(bench.lake.profile(d.feed, d.county, d.id).read_text(encoding="utf-8"))


def failed(bench, staged) -> set[str]:
    """Names of the expectations that the books keep as failed."""
    with bench.books.connect() as connection:
        rows = connection.execute(select(quality).where(quality.c.delivery == staged.delivery.id)).mappings().all()
    assert rows
    return {r["expectation"] for r in rows if not r["success"]}


def test_importing_the_suites_brings_in_no_great_expectations():
    code = "import sys, expectations.suites, pipelines.staging; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


LEAN = """
import sys
from pipelines.staging.lean_import import import_great_expectations
assert import_great_expectations().get_context
assert "pyspark" not in sys.modules
assert not {name for name in sys.modules if name.startswith(("altair.", "scipy.stats."))}
import importlib.util, scipy.stats
assert scipy.stats.norm.cdf(0) == 0.5
assert importlib.util.find_spec("pyspark")
"""


def test_great_expectations_leaves_what_we_never_ask_of_it_for_later_and_others_still_find_it():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LEAN], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_every_expectation_of_a_suite_can_fail_and_can_hold(feed):
    bad, good = {"": {}, "x": {}}, {"": {}, "x": {}}
    for expectation in suite(feed):
        inside = expectation.minimum if expectation.minimum is not None else expectation.maximum
        good["x"][expectation.measure] = inside
        outside = expectation.maximum + 1 if expectation.maximum is not None else expectation.minimum - 1
        bad["x"][expectation.measure] = outside
    assert all(r.success for r in validate_profile(feed, good))
    results = validate_profile(feed, bad)
    assert [r.success for r in results] == [False] * len(suite(feed))
    assert {r.expectation.measure for r in results if r.rejects} == {"unaccounted_rows", "bad_rows_excess"}


def test_references_name_columns_that_both_feeds_have():
    for reference in REFERENCES:
        assert reference.column in FEEDS_BY_NAME[reference.feed].by_name
        assert reference.column in FEEDS_BY_NAME[reference.other].by_name


def test_a_profile_holds_figures_and_no_personal_value(bench):
    rows = rows_of(STUDENTS, 40)
    rows[3]["person_id"], rows[4]["enrolled_on"] = None, None
    staged = bench.stage_rows(STUDENTS, rows)
    found = profile(bench, staged)
    columns = {c["column"]: c for c in found["columns"]}
    assert columns["person_id"]["nulls"] == 1
    assert columns["enrolled_on"]["nulls"] == 1
    assert sum(columns["stage"]["shares"].values()) == pytest.approx(1)
    text = json.dumps(found, ensure_ascii=False)
    assert not any(r["name"] in text or r["student_no"] in text for r in rows)
    assert measures(found)[""]["unaccounted_rows"] == 0


def test_a_delivery_that_shrinks_or_drifts_is_warned_of_and_still_accepted(bench):
    bench.stage_rows(STUDENTS, rows_of(STUDENTS, 60))
    rows = rows_of(STUDENTS, 40, start=100)
    for row in rows:
        row["stage"], row["grade"] = "小学", None
    write_csv(bench.path(file_name(STUDENTS, as_of=date(2026, 6, 30))), text_table(STUDENTS, rows))
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED
    assert {"rows_share", "drift:stage", "null_share_rise:grade"} <= failed(bench, staged)


def test_a_month_that_loses_more_than_a_fifth_of_its_rows_is_warned_of(bench):
    feed = FEEDS_BY_NAME["low_income_payments"]
    rows = rows_of(feed, 60)
    bench.stage_rows(feed, rows)
    same = bench.stage_rows(feed, rows[:-1])
    assert "period_share" not in failed(bench, same)
    march = [r for r in rows if r["month"] == "2026-03"]
    fewer = bench.stage_rows(feed, [r for r in rows if r["month"] != "2026-03"] + march[:6])
    assert "period_share" in failed(bench, fewer)


def test_a_month_is_compared_with_the_delivery_that_had_it_last(bench):
    feed = FEEDS_BY_NAME["low_income_payments"]
    rows = rows_of(feed, 120)

    def send(as_of: date, months: dict[str, int]) -> set[str]:
        chosen = [r for month, count in months.items() for r in [r for r in rows if r["month"] == month][:count]]
        write_csv(bench.path(file_name(feed, as_of=as_of)), text_table(feed, chosen))
        staged = bench.stage()
        return failed(bench, staged)

    send(date(2026, 4, 30), {"2026-03": 20, "2026-04": 20})
    # one month after two is half the rows, which says nothing of a feed that adds periods
    assert not {"period_share", "rows_share"} & send(date(2026, 5, 31), {"2026-05": 20})
    assert "period_share" not in send(date(2026, 6, 15), {"2026-03": 16, "2026-06": 20})
    assert "period_share" in send(date(2026, 6, 30), {"2026-04": 15, "2026-06": 20})


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("register_households", "register_members", "household_no"),
        ("low_income_households", "low_income_members", "certificate_no"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_households_without_members_are_seen_by_whichever_feed_arrives_last(bench, first, second, key, swapped):
    first, second = (second, first) if swapped else (first, second)
    one, other = FEEDS_BY_NAME[first], FEEDS_BY_NAME[second]
    bench.stage_rows(one, rows_of(one, 40))
    fewer = failed(bench, bench.stage_rows(other, rows_of(other, 30)))
    assert f"reached_share:{key}" in fewer
    assert f"known_share:{key}" not in fewer
    more = failed(bench, bench.stage_rows(other, rows_of(other, 50)))
    assert f"known_share:{key}" in more
    assert f"reached_share:{key}" not in more


def test_certificates_that_no_payment_names_are_nothing_to_warn_of(bench):
    households, payments = FEEDS_BY_NAME["low_income_households"], FEEDS_BY_NAME["low_income_payments"]
    bench.stage_rows(households, rows_of(households, 40))
    few = bench.stage_rows(payments, rows_of(payments, 5))
    assert not [name for name in failed(bench, few) if name.endswith(":certificate_no")]


def test_numbers_whose_area_never_was_a_county_are_warned_of_and_kept(bench):
    rows = rows_of(STUDENTS, 100)
    first = "329999" + rows[0]["person_id"][6:17]
    rows[0]["person_id"] = first + check_character(first)
    one = bench.stage_rows(STUDENTS, rows)
    assert "unknown_area_share:person_id" not in failed(bench, one)
    assert measures(profile(bench, one))["person_id"]["unknown_area_share"] == pytest.approx(0.01)
    first = "329999" + rows[1]["person_id"][6:17]
    rows[1]["person_id"] = first + check_character(first)
    two = bench.stage_rows(STUDENTS, rows)
    assert "unknown_area_share:person_id" in failed(bench, two)
    assert [r["person_id"] for r in bench.rows(two)] == [r["person_id"] for r in rows]


def test_a_retired_area_code_is_a_known_one(bench):
    rows = rows_of(STUDENTS, 40)
    for row in rows:
        first = "512221" + row["person_id"][6:17]  # 万县, of Sichuan until Chongqing was made
        row["person_id"] = first + check_character(first)
    assert "unknown_area_share:person_id" not in failed(bench, bench.stage_rows(STUDENTS, rows))


def test_a_handful_of_rows_has_no_make_up_to_drift_from(bench):
    few = rows_of(STUDENTS, 29)
    bench.stage_rows(STUDENTS, few)
    for row in few:
        row["stage"] = "小学"
    assert "drift:stage" not in failed(bench, bench.stage_rows(STUDENTS, few))


def test_certificates_without_members_are_warned_of(bench):
    households, members = FEEDS_BY_NAME["low_income_households"], FEEDS_BY_NAME["low_income_members"]
    first = bench.stage_rows(households, rows_of(households, 20))
    assert "known_share:certificate_no" not in failed(bench, first)
    assert "known_share:certificate_no" not in failed(bench, bench.stage_rows(members, rows_of(members, 20)))
    strangers = bench.stage_rows(members, rows_of(members, 20, start=10))
    assert "known_share:certificate_no" in failed(bench, strangers)


def test_warnings_never_reject():
    severities = {e.measure: e.severity for feed in FEEDS for e in suite(feed)}
    assert {m for m, s in severities.items() if s is Severity.REJECT} == {"unaccounted_rows", "bad_rows_excess"}


@pytest.mark.parametrize(
    "step", ["take_original", "find_duplicates", "validate_profile", "write_text", "record_delivery"]
)
def test_what_a_kill_leaves_does_not_change_the_next_run(bench, monkeypatch, step):
    table = text_table(STUDENTS, [*rows_of(STUDENTS, 20), rows_of(STUDENTS, 1)[0]])

    class Killed(BaseException):
        pass

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    owner = type(bench.lake) if step == "take_original" else stage
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, die)
        write_csv(bench.path(file_name(STUDENTS)), table)
        with pytest.raises(Killed):
            bench.stage()
    assert list_deliveries(bench.books) == []
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED
    assert len(bench.rows(staged)) == 20
    left = [p.name for p in bench.lake.home.rglob("*") if p.is_file() and p.name.startswith(".writing-")]
    assert left == []


def test_a_staged_file_has_the_declared_columns_then_where_each_row_came_from(bench):
    staged = bench.stage_rows(STUDENTS, rows_of(STUDENTS, 2))
    d = staged.delivery
    schema = pq.read_schema(bench.lake.staged(d.feed, COUNTY, d.id))
    assert schema.names == [
        "name", "person_id", "person_id_problem", "student_no", "school", "stage", "stage_sent", "grade",
        "student_status", "student_status_sent", "enrolled_on", "_delivery", "_file", "_sheet", "_row",
    ]  # fmt: skip
    assert bench.rows(staged)[0]["_delivery"] == d.id
    assert bench.rows(staged)[0]["_file"] == file_name(STUDENTS)
