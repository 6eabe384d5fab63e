"""One finding explained: whoever opens the named file at the named row sees the quoted values."""

import io
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from actors import acting
from homes import copy_home, rows_of, settings_of
from rich.console import Console
from sqlalchemy import select

from expectations.errors import RequestError, UnknownError
from expectations.feed import Date, Integer, Money, Year
from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES, RULES_BY_CODE
from pipelines.reading_out import explain_finding, print_explanation
from pipelines.reading_out.ledgers import newest_runs
from warehouse.books.schema import audit

PURPOSE = "核实户内情况"


@cache
def ledger(home: Path) -> list[dict[str, Any]]:
    settings = settings_of(home)
    (run,) = newest_runs(settings)
    return pq.read_table(settings.home.lake.ledger(run.id)).to_pylist()


def explained(home: Path, rule: str, unmask: bool = False) -> list[dict[str, Any]]:
    """Up to three findings of a rule, explained."""
    settings = settings_of(home)
    ids = [row["finding_id"] for row in ledger(home) if row["rule"] == rule][:3]
    asking = acting(settings, purpose=PURPOSE)
    return [explain_finding(asking, i, unmask=unmask) for i in ids]


def printed(told: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True)
    print_explanation(told, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def as_written(feed: str, column: str, cell: str) -> str | None:
    """A cell of a department's file in the form in which evidence quotes it."""
    match FEEDS_BY_NAME[feed][column].type:
        case Money():
            return str(Decimal(cell).quantize(Decimal("0.01"))) if cell else None
        case Integer() | Year():
            return str(int(cell)) if cell else None
        case Date():
            return date.fromisoformat(cell).isoformat() if cell else None
        case _:
            return cell or None


@pytest.fixture(scope="module")
def own_home(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose audit log may be written."""
    return copy_home(night_home, tmp_path_factory.mktemp("explaining") / "home")


def test_what_a_finding_comes_to_is_told_to_the_fen_and_of_which_months(own_home: Path) -> None:
    sums = {rule: told for rule in ("PY04", "CV02", "EX01") if (told := explained(own_home, rule))}
    assert sums.keys() >= {"PY04"}
    for rule, told in sums.items():
        for one in told:
            shown = printed(one)
            assert ("规则金额" in shown) == (RULES_BY_CODE[rule].amount is not None)
            if rule == "PY04":
                assert f"规则金额（应补发）  {one['rule_yuan']}元（{one['subject_key'].split('|')[1]}）" in shown


FOUND_HERE = [rule.code for rule in RULES if rule.code != "TL01"]


@pytest.mark.parametrize("rule", FOUND_HERE)
def test_the_named_file_at_the_named_row_shows_the_quoted_values(own_home: Path, rule: str) -> None:
    told = explained(own_home, rule, unmask=True)
    if not told:
        assert rule not in {row["rule"] for row in ledger(own_home)}
        pytest.skip(f"the simulated county breaks {rule} nowhere")
    checked = 0
    for row in (row for one in told for row in one["rows"]):
        cells = rows_of(own_home / row["kept"])
        quoted = {v["column"]: v for v in row["values"] if v["column"] in FEEDS_BY_NAME[row["feed"]].by_name}
        for name, value in quoted.items():
            cell = cells[row["row"] - 1][cells[0].index(value["heading"])]
            if value["value"] is not None or not FEEDS_BY_NAME[row["feed"]][name].is_identity_number:
                assert as_written(row["feed"], name, cell) == value["value"], (row["feed"], row["row"], name)
                checked += 1
    assert checked


@pytest.mark.parametrize("rule", FOUND_HERE)
def test_an_explanation_says_what_was_searched_and_by_which_policy(own_home: Path, rule: str) -> None:
    declared = RULES_BY_CODE[rule]
    for one in explained(own_home, rule):
        assert {item["feed"] for item in one["searched"]} == {absence.feed for absence in declared.absences}
        assert all(item["files"] and item["as_of"] == "2026-06-30" for item in one["searched"])
        keys = [*declared.policy_keys, *declared.policy_keys_before]
        assert [item["key"] for item in one["policy"]] == keys
        assert all(item["source"] and item["from"] for item in one["policy"])
        assert [(e["from"], e["to"]) for e in one["history"]] == [(None, "待核实"), ("待核实", "已派发")]
        assert one["sentence"] == declared.sentence


def test_without_a_purpose_nothing_personal_is_told(own_home: Path) -> None:
    told = [one for rule in FOUND_HERE for one in explained(own_home, rule)]
    shown = json.dumps(told, ensure_ascii=False) + "".join(printed(one) for one in told)
    people = {row[name] for row in ledger(own_home) for name in ("person_id", "name", "head_name", "student_no")}
    assert len(told) > 20
    assert [value for value in people if value and value in shown] == []


def test_a_person_reads_rows_search_policy_and_history(own_home: Path) -> None:
    (told, *_) = explained(own_home, "CV01")
    page = printed(told)
    row, search = told["rows"][0], told["searched"][0]
    for part in (
        told["finding_id"],
        told["explanation"],
        told["clears_when"],
        f"{row['file']} 第{row['row']}行",
        search["how"],
        "下发批次",
    ):
        assert part in page


def test_an_explanation_in_clear_is_on_record(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    told = explained(home, "CV01", unmask=True)
    with settings_of(home).home.books.connect() as connection:
        logged = [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]
    assert [entry["filter"] for entry in logged] == [
        {"finding_id": one["finding_id"], "role": "data_team"} for one in told
    ]
    assert {(entry["what"], entry["purpose"]) for entry in logged} == {("explain", PURPOSE)}
    with pytest.raises(RequestError, match="purpose"):
        explain_finding(settings_of(home), told[0]["finding_id"], unmask=True)


def test_the_first_digits_name_a_finding_where_they_name_one_only(night_home: Path) -> None:
    settings = settings_of(night_home)
    whole = ledger(night_home)[0]["finding_id"]
    told = explain_finding(settings, whole[:12])
    assert told["finding_id"] == whole
    for nothing in ("nothing", "%"):
        with pytest.raises(UnknownError, match=f"no finding {nothing}"):
            explain_finding(settings, nothing)
    with pytest.raises(UnknownError, match="several"):
        explain_finding(settings, "")
