"""Counties evaluated together have each the findings that it has alone, byte for byte, or are evaluated alone."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from actors import TESTER
from builders import enrolment, member, open_household, pid, world
from ibis.expr.types import Table
from kept_plans import note_builds
from long import asked_for
from neighbours import COUNTIES, send_neighbours
from worlds_on_disk import KEY, policy_of, stage

from expectations.policy import Policy
from expectations.rule import Rule
from expectations.rules import RULES, RULES_BY_CODE
from expectations.status import RuleStatus
from expectations.terms import County
from pipelines.conforming import conform
from pipelines.house.engine_choice import DUCKDB
from pipelines.house.settings import open_settings
from pipelines.night.intake import ingest
from pipelines.reconciling import duckdb_engine, together
from pipelines.reconciling.counties import NotAlikeError
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.reconcile import Reconciled, RuleRun, reconcile, write_findings
from pipelines.reconciling.together import alike, evaluate
from warehouse.books.deliveries import in_force
from warehouse.lake import Lake

D = date(2026, 6, 30)

ON_SPARK = ("TL01", "TL02", "TL08", "CV01", "CV03", "CV09", "EX03", "DU05", "PY02", "PY06", "ID01", "ID02")
"""Rules with every kind of statement: a whole county's book of them would take minutes there."""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, list[Asked]]:
    """Three counties with the dirt of real files."""
    home = tmp_path_factory.mktemp("three")
    send_neighbours(home / "inbox", home / "policy", D, (60, 90, 120), dirt="real")
    settings = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: datetime(2026, 7, 1, tzinfo=UTC))
    ingest(settings, D)
    home, asked = settings.home, []
    for county in COUNTIES:
        policy = settings.policies.at(county, D)
        asked.append(Asked(conform(home.lake, in_force(home.books, county), county, D, policy), policy))
    return home.lake, asked


def alone(lake: Lake, asked: Sequence[Asked], rules: Sequence[Rule] = RULES) -> dict[str, Reconciled]:
    return {county: found for one in asked for county, found in evaluate(DUCKDB, lake, [one], KEY, rules).items()}


def runs_of(reconciled: Reconciled) -> list[RuleRun]:
    return [replace(run, seconds=0.0) for run in reconciled.rule_runs]


def bytes_of_findings(reconciled: Reconciled, path: Path) -> bytes:
    write_findings(reconciled.findings, path)
    return path.read_bytes()


def test_three_counties_find_together_what_each_finds_alone(simulated, tmp_path: Path, caplog) -> None:
    lake, asked = simulated
    assert [len(group) for group in alike(asked)] == [3]
    with caplog.at_level(logging.WARNING):
        found = evaluate(DUCKDB, lake, asked, KEY)
    assert not caplog.records
    assert list(found) == list(COUNTIES)
    for county, expected in alone(lake, asked).items():
        assert runs_of(found[county]) == runs_of(expected)
        assert expected.findings.num_rows > 50
        assert found[county].findings.equals(expected.findings)
        together_, alone_ = (tmp_path / name for name in ("together", "alone"))
        assert bytes_of_findings(found[county], together_) == bytes_of_findings(expected, alone_)


def test_another_process_rewrites_no_statement_and_finds_the_same(
    simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, asked = simulated
    monkeypatch.setenv("LIANGXIAN_PLANS", str(tmp_path))
    rewritten = note_builds(monkeypatch, duckdb_engine, "kept_apart", lambda sql: sql)
    rules = [RULES_BY_CODE[code] for code in ON_SPARK]
    first = evaluate(DUCKDB, lake, asked, KEY, rules)
    assert len(rewritten) > 50
    rewritten.clear()
    second = evaluate(DUCKDB, lake, asked, KEY, rules)
    assert rewritten == []
    for county, found in first.items():
        assert second[county].findings.equals(found.findings)


@pytest.mark.slow
@pytest.mark.services
@asked_for
def test_they_find_on_spark_together_what_each_finds_alone_on_duckdb(simulated, tool) -> None:
    tool("java")
    from spark import small_session

    from pipelines.reconciling.spark_engine import SparkEngine

    lake, asked = simulated
    rules = [RULES_BY_CODE[code] for code in ON_SPARK]
    with SparkEngine(small_session()) as engine:
        found = reconcile(engine, asked, KEY, rules)
    expected = alone(lake, asked, rules)
    for one, reconciled in zip(asked, found, strict=True):
        assert runs_of(reconciled) == runs_of(expected[one.county])
        assert reconciled.findings.equals(expected[one.county].findings)


def test_a_rule_that_would_let_counties_meet_is_asked_of_each_alone(simulated, caplog) -> None:
    lake, asked = simulated
    of_the_book = RULES_BY_CODE["TL02"]

    def only_one(c: County, p: object) -> Table:
        return of_the_book.finds(c, p).order_by("household_no").limit(1)

    with caplog.at_level(logging.WARNING):
        found = evaluate(DUCKDB, lake, asked, KEY, [replace(of_the_book, finds=only_one)])
    assert [record.getMessage() for record in caplog.records] == ["3 counties are evaluated one by one: NotApartError"]
    assert [found[county].findings.num_rows for county in COUNTIES] == [1, 1, 1]


def two_worlds(lake: Lake, **second: object) -> list[Asked]:
    """Two counties with the same household, the second as told."""
    rows = {
        "register_households": [open_household()],
        "register_members": [member(person_id=pid(1))],
        "insurance_enrolments": [enrolment(person_id=pid(1), year=2026)],
    }
    worlds = [world(fillers=False, **rows), replace(world(fillers=False, **(rows | second)), county="522602")]
    return [Asked(stage(one, lake), policy_of(one)) for one in worlds]


def test_a_county_without_the_insurance_year_is_not_evaluated_among_others_that_have_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    asked = two_worlds(lake, insurance_enrolments=[enrolment(person_id=pid(1), year=2025)])
    assert [len(group) for group in alike(asked)] == [2]
    rules = [RULES_BY_CODE[code] for code in ("CV01", "CV03", "TL02")]
    found = evaluate(DUCKDB, lake, asked, KEY, rules)
    status = {county: {run.rule: run.status for run in runs_of(one)} for county, one in found.items()}
    assert status["522602"]["CV01"] == RuleStatus.NOT_EVALUATED != status["522601"]["CV01"]
    for county, expected in alone(lake, asked, rules).items():
        assert runs_of(found[county]) == runs_of(expected)
        assert found[county].findings.equals(expected.findings)


@pytest.mark.parametrize(
    ("policy", "groups"),
    [
        ({"low_income_standard.rural": 600}, [1, 1]),
        ({"agricultural_population.522601100200": 1000}, [2]),
    ],
    ids=["a value that rules read", "a value of a village"],
)
def test_counties_with_other_policy_values_are_apart(policy, groups, tmp_path: Path) -> None:
    asked = two_worlds(Lake(tmp_path), policy=policy)
    assert [len(group) for group in alike(asked)] == groups


@pytest.mark.parametrize(
    "second",
    [{"absent": ["students"]}],
    ids=["a feed that is not there"],
)
def test_an_engine_refuses_counties_that_are_not_alike(second: dict[str, Any], tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    worlds = [world(), replace(world(**second), county="522602")]
    asked = [Asked(stage(one, lake), policy_of(one)) for one in worlds]
    with DuckdbEngine(lake.spill, threads=1) as engine, pytest.raises(NotAlikeError):
        reconcile(engine, asked, KEY)


@pytest.mark.parametrize("declared", [True, False])
def test_a_policy_that_lacks_a_value_is_told_of_by_each_county(declared: bool, tmp_path: Path, caplog) -> None:
    """Where the rule declares what it reads nothing is evaluated; where it does not, it is found out as it runs."""
    rule = RULES_BY_CODE["EX01"]
    lake, rules = Lake(tmp_path), [rule if declared else replace(rule, policy_keys_before=())]
    since = {"poverty_line": [(date(2026, 1, 1), 6000)]}
    asked = [Asked(one.conformed, policy_of(world(policy=since))) for one in two_worlds(lake)]
    with caplog.at_level(logging.WARNING):
        found = evaluate(DUCKDB, lake, asked, KEY, rules)
    said = [] if declared else ["2 counties are evaluated one by one: PolicyError"]
    assert [record.getMessage() for record in caplog.records] == said
    for one in found.values():
        (run,) = one.rule_runs
        assert run.status == RuleStatus.NOT_EVALUATED
        assert "poverty_line" in (run.reason or "")
        assert "2025-12-31" in (run.reason or "")


def test_counties_whose_days_differ_are_evaluated_together(simulated, tmp_path: Path, caplog) -> None:
    """One a month later without a new file, one with an older book: each finds what it finds alone."""
    lake, (first, second, third) = simulated
    later, policy = date(2026, 7, 31), second.policy
    late = Asked(replace(second.conformed, d=later), Policy(policy.county, later, policy.timelines))
    old = {name: replace(feed, as_of=date(2026, 6, 20)) for name, feed in third.conformed.feeds.items()}
    asked = [first, late, Asked(replace(third.conformed, feeds=old), third.policy)]
    assert [len(group) for group in alike(asked)] == [3]
    with caplog.at_level(logging.WARNING):
        found = evaluate(DUCKDB, lake, asked, KEY)
    assert not caplog.records
    for county, expected in alone(lake, asked).items():
        assert runs_of(found[county]) == runs_of(expected)
        assert found[county].findings.equals(expected.findings)


def test_a_policy_value_that_was_read_and_is_another_elsewhere_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    """Should `alike` ever leave out a value that a rule reads."""
    lake = Lake(tmp_path)
    asked = two_worlds(lake, policy={"low_income_standard.rural": 600})
    monkeypatch.setattr(together, "alike", lambda asked: [list(asked)])
    rules = [RULES_BY_CODE["TL02"]]
    with caplog.at_level(logging.WARNING):
        found = evaluate(DUCKDB, lake, asked, KEY, rules)
    assert [record.getMessage() for record in caplog.records] == ["2 counties are evaluated one by one: NotAlikeError"]
    for county, expected in alone(lake, asked, rules).items():
        assert found[county].findings.equals(expected.findings)
