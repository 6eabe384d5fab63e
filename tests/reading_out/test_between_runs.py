"""What changes between two nights and why, and what other policy values would change."""

import csv
import io
import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from homes import AS_OF, COUNTY, copy_home, settings_of
from rich.console import Console
from sqlalchemy import select

from expectations.errors import RequestError, ValueRefusedError
from pipelines.house.language import Language, spoken_in
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night
from pipelines.reading_out.differences import compare_runs, difference_row, print_difference
from pipelines.reading_out.what_if import overlay, read_settings, trial_row, try_values
from warehouse.books.runs import list_runs
from warehouse.books.schema import finding_events, findings

REGISTER = "register_households"


@dataclass(frozen=True)
class TwoNights:
    """A home after the register corrected one household's income, which had made it a finding of TL02."""

    settings: Settings
    runs: tuple[str, str]
    household: str


@pytest.fixture(scope="module")
def nights(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> TwoNights:
    home = copy_home(night_home, tmp_path_factory.mktemp("two") / "home")
    settings = settings_of(home)
    (first,) = list_runs(settings.home.books)
    found = pq.read_table(settings.home.lake.findings(first.id), filters=[("rule", "=", "TL02")])
    household = found["household_no"][0].as_py()
    (sent,) = home.rglob(f"archive/**/{REGISTER}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with sent.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["户编号"] == household:
            row["本年度人均纯收入"] = "9000.00"
    with (home / "inbox" / sent.name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (summary,) = run_night(settings, AS_OF).summaries
    return TwoNights(settings, (first.id, summary["run"]), household)


def of_household(nights: TwoNights) -> list[dict[str, Any]]:
    ledger = pq.read_table(nights.settings.home.lake.ledger(nights.runs[1]))
    return [row for row in ledger.to_pylist() if row["household_no"] == nights.household]


def test_a_correction_at_the_source_clears_the_finding_and_names_the_delivery(nights: TwoNights) -> None:
    (cleared,) = [row for row in of_household(nights) if row["rule"] == "TL02"]
    assert cleared["state"] == "数据已消除"
    with nights.settings.home.books.connect() as connection:
        query = select(finding_events).where(finding_events.c.finding_id == cleared["finding_id"])
        last = connection.execute(query.order_by(finding_events.c.seq)).all()[-1]
    (change,) = difference_row(compare_runs(nights.settings, *nights.runs))["deliveries"]
    assert change["feed"] == REGISTER
    assert (last.who, last.to_state) == ("liangxian", "数据已消除")
    assert set(change["after"]) <= set(last.delivery.split("、"))


def test_on_a_terminal_deliveries_go_by_their_numbers_in_both_languages(nights: TwoNights) -> None:
    difference = compare_runs(nights.settings, *nights.runs)
    (change,) = difference.deliveries
    old, new = (difference.numbers[one] for (one,) in (change["before"], change["after"]))
    for language, colon in ((Language.ZH, "："), (Language.EN, ": ")):
        console = Console(file=io.StringIO(), width=80)
        with spoken_in(language):
            print_difference(difference, console)
        assert isinstance(console.file, io.StringIO)
        assert f"建档立卡户{colon}#{old} → #{new}" in console.file.getvalue()
        assert not any(one in console.file.getvalue() for one in change["after"])


def test_the_difference_of_two_runs_names_what_is_gone_and_because_of_which_delivery(nights: TwoNights) -> None:
    told = difference_row(compare_runs(nights.settings, *nights.runs))
    (delivery,) = told["deliveries"][0]["after"]
    (rule,) = [row for row in told["rules"] if row["rule"] == "TL02"]
    assert (rule["new"], rule["gone"], rule["changed"], rule["because"]) == (0, 1, 0, [delivery])
    (gone,) = [row for row in told["findings"] if row["rule"] == "TL02"]
    assert (gone["change"], gone["subject_key"], gone["after"]) == ("gone", nights.household, None)
    assert {row["rule"] for row in told["rules"]} == {row["rule"] for row in told["findings"]}
    json.dumps(told)


def test_seen_the_other_way_round_what_was_gone_is_new(nights: TwoNights) -> None:
    there, back = (compare_runs(nights.settings, *runs) for runs in (nights.runs, nights.runs[::-1]))
    opposite = {"new": "gone", "gone": "new", "changed": "changed"}
    assert {(opposite[row["change"]], row["finding_id"]) for row in there.findings} == {
        (row["change"], row["finding_id"]) for row in back.findings
    }


def test_a_run_differs_from_itself_in_nothing(nights: TwoNights) -> None:
    same = compare_runs(nights.settings, nights.runs[0], nights.runs[0])
    assert (same.deliveries, same.policy, same.rules, same.findings) == ((), (), (), ())


@pytest.mark.parametrize("text", ["20260630_522601_", "2031"])
def test_a_run_that_cannot_be_named_is_an_error(nights: TwoNights, text: str) -> None:
    with pytest.raises(RequestError, match=text):
        compare_runs(nights.settings, nights.runs[0], text)


def test_another_policy_value_shows_what_it_would_change_and_stores_nothing(nights: TwoNights) -> None:
    settings = nights.settings
    files = {path: path.stat().st_mtime_ns for path in (settings.home.folder / "lake").rglob("*.parquet")}
    with settings.home.books.connect() as connection:
        before = connection.execute(select(findings)).all()
    runs = [run.id for run in list_runs(settings.home.books)]
    (trial,) = try_values(settings, read_settings(["low_income_standard.rural=0"]), None)
    told = trial_row(trial)
    by_rule = {row["rule"]: row for row in told["changes"] if row["township"]}
    # nobody's income lies below a standard of nothing; a standard below the line is one more discrepancy at most
    open_now = pq.read_table(settings.home.lake.findings(nights.runs[1]), filters=[("rule", "=", "TL02")]).num_rows
    assert (by_rule["TL02"]["appear"], by_rule["TL02"]["vanish"]) == (0, open_now)
    assert told["as_of"] == AS_OF.isoformat()
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert set((settings.home.folder / "lake").rglob("*.parquet")) == set(files)
    assert [run.id for run in list_runs(settings.home.books)] == runs
    with settings.home.books.connect() as connection:
        assert connection.execute(select(findings)).all() == before


def test_a_value_that_is_set_holds_where_one_is_in_force_and_not_before(nights: TwoNights) -> None:
    policy = nights.settings.policies.at(COUNTY, AS_OF)
    tried = overlay(policy, read_settings(["poverty_line=9999.50", "grace_months=1"]), ())
    assert (tried["poverty_line"], tried["grace_months"]) == (Decimal("9999.50"), 1)
    start = policy.entry("poverty_line").valid_from
    earlier = [e for e in policy.timelines["poverty_line"] if e.valid_from < start]
    assert [e for e in tried.timelines["poverty_line"] if e.valid_from < start] == earlier
    assert policy["grace_months"] != 1


def test_a_trial_sets_the_value_that_rules_read_at_the_day_of_the_books(nights: TwoNights) -> None:
    """A month later another standard is in force; what the books of June are judged by is the one before it."""
    policies, key = nights.settings.policies, "low_income_standard.rural"
    entry = policies.at(COUNTY, AS_OF).entry(key)
    raised = replace(entry, value=entry.value + 1, valid_from=AS_OF + timedelta(days=10))
    own = {**policies.own, COUNTY: {**policies.own[COUNTY], key: (entry, raised)}}
    settings = replace(nights.settings, policies=replace(policies, own=own))
    (trial,) = try_values(settings, read_settings(["low_income_standard.rural=0"]), AS_OF + timedelta(days=30))
    told = {row["rule"]: row for row in trial_row(trial)["changes"] if row["township"]}
    open_now = pq.read_table(settings.home.lake.findings(nights.runs[1]), filters=[("rule", "=", "TL02")]).num_rows
    assert (told["TL02"]["appear"], told["TL02"]["vanish"]) == (0, open_now)


@pytest.mark.parametrize("text", ["poverty_line", "poverty_lin=3", "poverty_line=viel", "school.settled_on=13-40"])
def test_a_value_that_cannot_be_set_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(ValueRefusedError, match=text.partition("=")[0]):
        read_settings([text])


def test_days_and_lists_are_set_as_in_a_policy_file() -> None:
    values = read_settings(["school.settled_on=11-01", "housing.grades_to_renovate=[C, D]"])
    assert str(values["school.settled_on"]) == "11-01"
    assert values["housing.grades_to_renovate"] == ("C", "D")


def test_a_trial_can_look_at_an_earlier_day(nights: TwoNights) -> None:
    (trial,) = try_values(nights.settings, read_settings(["poverty_line=1"]), date(2026, 1, 1))
    assert trial.as_of == date(2026, 1, 1)
    assert {row["rule"] for row in trial.changes} <= {"TL01"}  # no delivery counts on that day
