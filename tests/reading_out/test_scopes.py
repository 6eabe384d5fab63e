"""What somebody is shown is what lies in his scope; the rest is not there, whichever way he asks."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from actors import acting
from homes import COUNTY, REJECTED, copy_home, settings_of
from rich.console import Console
from sqlalchemy import select

from expectations.departments import Department
from expectations.errors import UnknownError
from pipelines.desk.ledger import review_finding
from pipelines.desk.releasing import release
from pipelines.house.actor import NotYoursError, Role, Scope
from pipelines.house.settings import Settings
from pipelines.night.pending import facts_of
from pipelines.reading_out import explain_finding, list_refused
from pipelines.reading_out.differences import compare_runs
from pipelines.reading_out.findings import Wanted, give_out, read_findings
from pipelines.reading_out.ledgers import newest_runs
from pipelines.reading_out.life import show_life
from pipelines.reading_out.refused import WantedRefused
from warehouse.books.deliveries import list_deliveries
from warehouse.books.schema import audit

ELSEWHERE = Scope(("522602",))


def ledger(settings: Settings) -> list[dict[str, Any]]:
    """The ledger's rows, whoever may see them."""
    (run,) = newest_runs(settings)
    return pq.read_table(settings.home.lake.ledger(run.id)).to_pylist()


def seen(settings: Settings) -> set[str]:
    """Ids of what is shown."""
    return set(read_findings(settings, Wanted(states=())).findings["finding_id"].to_pylist())


def scopes(rows: list[dict[str, Any]]) -> list[tuple[Role, Scope]]:
    """Every township and office that has a finding, the county, and one that has none."""
    townships = sorted({row["township_code"] for row in rows if row["township_code"]})
    return [
        (Role.COUNTY, Scope((COUNTY,))),
        *((Role.TOWNSHIP, Scope((COUNTY,), code)) for code in [*townships, f"{COUNTY}999"]),
        *((Role.DEPARTMENT, Scope((COUNTY,), department=office)) for office in Department),
    ]


def test_each_role_is_shown_its_own_findings_and_no_other(night_home: Path) -> None:
    settings = settings_of(night_home)
    rows = ledger(settings)
    sizes: Counter[Role] = Counter()
    for role, scope in scopes(rows):
        own = {
            row["finding_id"]
            for row in rows
            if scope.township_code in (None, row["township_code"]) and scope.department in (None, row["owner"])
        }
        assert seen(acting(settings, role=role, scope=scope)) == own
        sizes[role] += len(own)
    assert sizes[Role.COUNTY] == sizes[Role.DEPARTMENT] == len(rows)
    assert 0 < sizes[Role.TOWNSHIP] <= len(rows)


def test_what_lies_outside_is_not_there_for_whoever_asks_by_its_number(night_home: Path, tmp_path: Path) -> None:
    settings = settings_of(copy_home(night_home, tmp_path / "home"))
    rows = ledger(settings)
    mine = rows[0]
    scope = Scope((COUNTY,), department=Department(mine["owner"]))
    own = acting(settings, role=Role.DEPARTMENT, scope=scope)
    others = next(row["finding_id"] for row in rows if row["owner"] != mine["owner"])
    assert explain_finding(own, mine["finding_id"])["finding_id"] == mine["finding_id"]
    assert show_life(own, mine["finding_id"])["finding_id"] == mine["finding_id"]
    for ask in (explain_finding, show_life, lambda s, i: review_finding(s, i, settings.now().date(), None)):
        with pytest.raises(UnknownError) as hidden:
            ask(own, others)
        with pytest.raises(UnknownError) as absent:
            ask(own, "0" * 24)
        assert str(hidden.value).replace(others, "") == str(absent.value).replace("0" * 24, "")


def test_anothers_finding_makes_no_digits_ambiguous(night_home: Path) -> None:
    settings = settings_of(night_home)
    rows = ledger(settings)
    beginnings = Counter(row["finding_id"][:1] for row in rows)
    owners = Counter((row["finding_id"][:1], row["owner"]) for row in rows)
    lone = next(
        row for row in rows if beginnings[row["finding_id"][:1]] > owners[row["finding_id"][:1], row["owner"]] == 1
    )
    digit = lone["finding_id"][:1]
    own = acting(settings, role=Role.DEPARTMENT, scope=Scope((COUNTY,), department=Department(lone["owner"])))
    assert explain_finding(own, digit)["finding_id"] == lone["finding_id"]
    with pytest.raises(UnknownError, match="several"):
        explain_finding(settings, digit)


def test_a_county_has_no_deliveries_and_runs_of_another(night_home: Path, tmp_path: Path) -> None:
    settings = settings_of(copy_home(night_home, tmp_path / "home"))
    (run,) = newest_runs(settings)
    (stopped,) = [d for d in list_deliveries(settings.home.books) if d.files[0].name == REJECTED]
    elsewhere = acting(settings, role=Role.COUNTY, scope=ELSEWHERE)
    assert list_refused(settings, WantedRefused(stopped.id))
    assert list_refused(elsewhere) == []
    for ask in (
        lambda: list_refused(elsewhere, WantedRefused(stopped.id)),
        lambda: facts_of(elsewhere, stopped.id),
        lambda: release(elsewhere, stopped.id, "已核实"),
        lambda: compare_runs(elsewhere, run.id, run.id),
    ):
        with pytest.raises(UnknownError):
            ask()


def test_an_evaluator_is_shown_nothing_in_clear(night_home: Path) -> None:
    evaluator = acting(settings_of(night_home), role=Role.EVALUATOR, purpose="年度评估")
    finding = ledger(evaluator)[0]["finding_id"]
    for ask in (
        lambda: read_findings(evaluator, Wanted(), unmask=True),
        lambda: explain_finding(evaluator, finding, unmask=True),
        lambda: show_life(evaluator, finding, unmask=True),
    ):
        with pytest.raises(NotYoursError):
            ask()


def test_the_audit_log_says_who_read_in_which_role_and_of_what(night_home: Path, tmp_path: Path) -> None:
    settings = settings_of(copy_home(night_home, tmp_path / "home"))
    scope = Scope((COUNTY,), department=Department.HOUSING)
    own = acting(settings, "住建局经办", role=Role.DEPARTMENT, scope=scope, purpose="入户核实")
    give_out(own, read_findings(own, Wanted(), unmask=True), "csv", tmp_path / "f.csv", Console())
    with settings.home.books.connect() as connection:
        (entry,) = connection.execute(select(audit)).all()
    assert (entry.who, entry.purpose) == ("住建局经办", "入户核实")
    assert entry.filter["role"] == "department"
    assert entry.filter["scope"] == {"counties": [COUNTY], "township_code": None, "department": "housing"}
