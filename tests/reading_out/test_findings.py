"""Findings read back: masked by default, in clear only for a purpose that is on record first."""

import csv
import hashlib
import io
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from actors import TESTER, acting
from homes import COUNTY, copy_home, settings_of
from rich.console import Console
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from expectations.errors import NotYetError, RequestError
from expectations.finding import CLOSED_STATES, FINDING_COLUMNS
from pipelines.house.settings import Settings, open_settings
from pipelines.reading_out.findings import Wanted, format_of, give_out, read_findings
from pipelines.reading_out.ledgers import newest_runs
from warehouse.books.schema import audit

PURPOSE = "核实户内情况"


@pytest.fixture(scope="module")
def night_home(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this module's own: every file that is written leaves an entry in its audit log."""
    return copy_home(night_home, tmp_path_factory.mktemp("findings") / "home")


def export(home: Path, target: Path | None = None, **asked: Any) -> str:
    """Export with the defaults of the command line; what was printed on the console."""
    return export_for(settings_of(home), target, **asked)


def export_for(
    settings: Settings,
    target: Path | None = None,
    *,
    unmask: bool = False,
    purpose: str = "",
    file_format: str = "csv",
    **wanted: Any,
) -> str:
    """Export for an actor; what was printed on the console."""
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True)
    asking = replace(settings, actor=replace(settings.actor, purpose=purpose))
    give_out(asking, read_findings(asking, Wanted(**wanted), unmask=unmask), file_format, target, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def ledger(home: Path) -> list[dict[str, Any]]:
    """The ledger's rows in clear."""
    settings = settings_of(home)
    (run,) = newest_runs(settings)
    return pq.read_table(settings.home.lake.ledger(run.id)).to_pylist()


def entries(home: Path) -> list[dict[str, Any]]:
    """The audit log."""
    with settings_of(home).home.books.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]


def test_an_export_has_the_contracts_columns_and_every_open_finding(night_home: Path, tmp_path: Path) -> None:
    export(night_home, tmp_path / "f.csv")
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == FINDING_COLUMNS
    assert {r["finding_id"] for r in rows} == {r["finding_id"] for r in ledger(night_home)}
    assert not {r["state"] for r in rows} & {state.value for state in CLOSED_STATES}


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_without_a_purpose_no_number_and_no_full_name_leaves(
    night_home: Path, tmp_path: Path, file_format: str
) -> None:
    export(night_home, tmp_path / "f", file_format=file_format)
    shown = (tmp_path / "f").read_text(encoding="utf-8") + export(night_home, file_format="table")
    people = {row[name] for row in ledger(night_home) for name in ("person_id", "name", "head_name", "student_no")}
    assert len(people) > 20
    assert [value for value in people if value and value in shown] == []


def test_a_table_shows_what_explain_takes_and_how_many_there_are(night_home: Path) -> None:
    printed = export(night_home, file_format="table", rules=("CV01",))
    expected = [row["finding_id"] for row in ledger(night_home) if row["rule"] == "CV01"]
    assert expected
    assert all(finding_id[:12] in printed for finding_id in expected)
    assert f"共 {len(expected)} 条。" in printed
    assert "CV02" not in printed


def test_no_state_at_all_means_open_ones_and_a_closed_state_has_none_yet(night_home: Path, tmp_path: Path) -> None:
    export(night_home, tmp_path / "all.json", file_format="json", states=())
    export(night_home, tmp_path / "closed.json", file_format="json", states=("销号",))
    assert len(json.loads((tmp_path / "all.json").read_text())) == len(ledger(night_home))
    assert json.loads((tmp_path / "closed.json").read_text()) == []


def test_values_in_clear_need_a_purpose(night_home: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="purpose"):
        export(night_home, tmp_path / "f.csv", unmask=True, purpose="  ")
    assert not (tmp_path / "f.csv").exists()


def test_a_read_in_clear_is_on_record_with_the_hash_of_what_was_given_out(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    target = tmp_path / "clear" / "f.parquet"
    export(home, target, unmask=True, purpose=PURPOSE, file_format="parquet", owners=("housing",))
    (entry,) = entries(home)[len(entries(night_home)) :]
    read = pq.read_table(target)
    assert entry["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert (entry["what"], entry["purpose"], entry["rows"]) == ("findings", PURPOSE, read.num_rows)
    assert entry["filter"]["owners"] == ["housing"]
    assert entry["filter"]["counties"] == [COUNTY]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert set(read["person_id"].drop_null().to_pylist()) <= {row["person_id"] for row in ledger(home)}


def test_where_the_audit_log_cannot_be_written_nothing_is_given_out(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    with settings.home.books.begin() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"))
    for target, file_format in ((tmp_path / "f.csv", "csv"), (None, "table")):
        console = Console(file=io.StringIO())
        asking = acting(settings, purpose=PURPOSE)
        chosen = read_findings(asking, Wanted(), unmask=True)
        with pytest.raises(SQLAlchemyError):
            give_out(asking, chosen, file_format, target, console)
        assert isinstance(console.file, io.StringIO)
        assert console.file.getvalue() == ""
    assert not (tmp_path / "f.csv").exists()


def test_a_masked_file_leaves_an_entry_too(night_home: Path, tmp_path: Path) -> None:
    before = len(entries(night_home))
    export(night_home, tmp_path / "f.csv")
    (entry,) = entries(night_home)[before:]
    assert entry["sha256"] == hashlib.sha256((tmp_path / "f.csv").read_bytes()).hexdigest()


def test_nothing_recorded_is_not_the_same_as_nothing_found(tmp_path: Path) -> None:
    with pytest.raises(NotYetError, match="no run has been recorded"):
        export(tmp_path / "empty")


def test_a_county_that_was_asked_for_and_has_no_run_is_named(night_home: Path) -> None:
    settings = open_settings(
        night_home, inbox=None, policy=None, actor=TESTER, now=lambda: pytest.fail("no clock"), counties=("510623",)
    )
    with pytest.raises(NotYetError, match="510623"):
        newest_runs(settings)


def test_a_files_ending_tells_its_format() -> None:
    assert format_of("table", Path("f.parquet")) == "parquet"
    assert format_of("json", Path("f.txt")) == "json"
    assert format_of("table", None) == "table"
    with pytest.raises(RequestError, match=r"f\.xls"):
        format_of("table", Path("f.xls"))
