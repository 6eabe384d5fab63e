"""Findings of one household, certificate, person, village or helper; a person's number comes by the prompt."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from command_line import Said, call
from homes import settings_of
from night.counties import Home

from expectations.departments import Department, department_of
from pipelines.reading_out.ledgers import newest_runs


def ledger(home: Path) -> list[dict[str, Any]]:
    settings = settings_of(home)
    (run,) = newest_runs(settings)
    return pq.read_table(settings.home.lake.ledger(run.id)).to_pylist()


def quoted(row: dict[str, Any], column: str) -> set[Any]:
    return {item["values"].get(column) for item in json.loads(row["evidence"]) if item.get("values")} - {None}


@pytest.fixture
def ask(night_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def asked(*words: str) -> Said:
        return call(*words, "--json", home=Home(night_home), capsys=capsys, monkeypatch=monkeypatch)

    return asked


def found(said: Said) -> set[str]:
    assert said.status == 0, said.stderr
    return {row["finding_id"] for row in json.loads(said.stdout)}


@pytest.mark.parametrize(("option", "column"), [("--household", "household_no"), ("--certificate", "certificate_no")])
def test_a_number_finds_what_is_of_it_and_what_quotes_it(night_home: Path, ask: Any, option: str, column: str) -> None:
    rows = ledger(night_home)
    number = next(row[column] for row in rows if row[column])
    wanted = {row["finding_id"] for row in rows if number == row[column] or number in quoted(row, column)}
    assert wanted
    assert found(ask("findings", option, number)) == wanted
    assert found(ask("ledger", "show", option, number)) == wanted
    assert found(ask("findings", option, "0000")) == set()


def test_a_village_is_found_by_name_and_code_beside_other_filters(night_home: Path, ask: Any) -> None:
    rows = ledger(night_home)
    some = next(row for row in rows if row["village_code"])
    wanted = {row["finding_id"] for row in rows if row["village"] == some["village"]}
    assert found(ask("findings", "--village", some["village"])) == wanted
    assert found(ask("findings", "--village", some["village_code"])) <= wanted
    of_rule = found(ask("findings", "--village", some["village"], "--rule", some["rule"]))
    assert of_rule == {r["finding_id"] for r in rows if r["finding_id"] in wanted and r["rule"] == some["rule"]}


def test_a_helper_leads_to_the_findings_of_his_households(night_home: Path, ask: Any) -> None:
    settings = settings_of(night_home)
    (run,) = newest_runs(settings)
    (delivery,) = run.deliveries["register_households"]
    staged = settings.home.lake.staged("register_households", run.county, delivery)
    books = pq.read_table(staged, columns=["household_no", "helper_name"]).to_pylist()
    helped = {row["household_no"]: row["helper_name"] for row in books}
    rows = ledger(night_home)
    named = {row["finding_id"]: {row["household_no"], *quoted(row, "household_no")} - {None} for row in rows}
    helper = next(helped[no] for numbers in named.values() for no in numbers if helped.get(no))
    wanted = {finding for finding, numbers in named.items() if any(helped.get(no) == helper for no in numbers)}
    assert found(ask("findings", "--helper", helper)) == wanted


def test_a_persons_number_comes_by_standard_input_and_is_never_printed(
    night_home: Path, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ledger(night_home)
    number = next(row["person_id"] for row in rows if row["person_id"])
    wanted = {r["finding_id"] for r in rows if number == r["person_id"] or f'"{number}"' in r["evidence"]}
    for text in (number, f" {number.lower()} \n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        said = ask("findings", "--person")
        assert found(said) == wanted
        assert number not in said.stdout + said.stderr
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    monkeypatch.setattr("sys.stdin", io.StringIO(wrong))
    said = ask("findings", "--person")
    assert said.status == 2
    assert wrong not in said.stderr
    assert "check digit" in said.stderr


def test_a_person_is_no_argument(ask: Any) -> None:
    assert ask("findings", "--person=522645198205020503").status == 2
    assert ask("ledger", "show", "--person", "522645198205020503").status == 2


@pytest.mark.parametrize(
    ("name", "office"),
    [
        *((department.label, department) for department in Department),
        *((department.value, department) for department in Department),
        ("医保局", Department.HEALTH_INSURANCE),
        ("民政", Department.CIVIL_AFFAIRS),
        (" 教育局 ", Department.EDUCATION),
        ("住建局", Department.HOUSING),
        ("乡村振兴", Department.REGISTER),
        ("局", None),
        ("", None),
        ("气象局", None),
    ],
)
def test_an_office_is_found_by_what_it_is_called(name: str, office: Department | None) -> None:
    assert department_of(name) is office


def test_findings_of_an_office_by_its_short_name(ask: Any) -> None:
    assert found(ask("findings", "--owner", "医保局")) == found(ask("findings", "--owner", "health_insurance")) != set()
    refused = ask("findings", "--owner", "气象局")
    assert refused.status == 2
    assert "医疗保障局" in refused.stderr


def test_a_life_needs_an_id_or_whose_it_is(ask: Any) -> None:
    assert ask("ledger", "show").status == 2
    assert ask("ledger", "show", "abc", "--village", "x").status == 2
