"""Must show 7, and what the ledger does: the same night twice, a correction and its return, a replay."""

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command_line import call
from night.counties import COUNTY, Home, copy_home
from sqlalchemy import select

from expectations.finding import State
from expectations.rules.needs import HO
from pipelines.night.flow import reconcile_county, run_night
from pipelines.night.intake import ingest
from pipelines.night.results import CountyNight
from pipelines.workshop.demo import summaries_of
from warehouse.books.schema import finding_events, findings, metadata
from warehouse.lake import sha256_file


@pytest.fixture
def home(three_nights: Home, tmp_path: Path) -> Home:
    """The three nights, to write in."""
    return copy_home(three_nights, tmp_path / "home")


def books(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the books."""
    with home.settings(max(home.dates())).home.books.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


def warehouse(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table and view of the warehouse."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('warehouse', 'evaluation') ORDER BY ALL"
        ).fetchall()
        assert tables
        return {f"{s}.{t}": connection.execute(f'FROM "{s}"."{t}" ORDER BY ALL').fetchall() for s, t in tables}


def bytes_of(*folders: Path) -> dict[str, str]:
    """Digest of each file under the folders."""
    return {
        str(path.relative_to(folder)): sha256_file(path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_night_twice_adds_nothing_and_gives_the_same_bytes(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(folder: Path) -> dict[str, str]:
        for file_format in ("csv", "json", "parquet"):
            target = folder / f"findings.{file_format}"
            done = call(
                "findings", "--state", "all", "--format", file_format, "--out", str(target),
                home=home, capsys=capsys, monkeypatch=monkeypatch,
            )  # fmt: skip
            assert done.status == 0, done.stderr
        return bytes_of(folder)

    last = max(home.dates())
    run = home.runs()[-1].id
    # read first: each file that is given out is an entry of the audit log
    first = export(tmp_path / "first")
    before = books(home), warehouse(home), bytes_of(home.path / "reports")
    link = (home.path / "warehouse.duckdb").readlink()
    for path in (home.path / "archive" / COUNTY).glob(f"*_{last:%Y%m%d}.csv"):
        shutil.copy2(path, home.inbox / path.name)  # and the same files are sent once more

    (summary,) = run_night(home.settings(last), last).summaries

    assert summary["run"] == run
    assert summary["deliveries"] == []
    total = sum(map(len, home.truths()[last].values()))
    assert summary["findings"] == {"new": 0, "still": total, "cleared": 0, "reopened": 0}
    assert not list(home.inbox.iterdir())
    assert (books(home), warehouse(home), bytes_of(home.path / "reports")) == before
    assert export(tmp_path / "second") == first
    assert (home.path / "warehouse.duckdb").readlink() == link
    assert len(summaries_of(home.path)) == len(home.dates())


def test_a_correction_clears_findings_and_another_brings_them_back(home: Home) -> None:
    last = max(home.dates())
    total = sum(map(len, home.truths()[last].values()))
    name = f"{HO}_{COUNTY}_{last:%Y%m%d}.csv"
    with (home.path / "archive" / COUNTY / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    paid_out = {key for key, _ in home.truths()[last]["CV08"]}
    assert paid_out
    corrected = [row | {"拨付金额": row["补助金额"]} if row["档案编号"] in paid_out else row for row in rows]

    first = _night_with(home, last, name, corrected)
    assert dict(first.counts) == {"new": 0, "still": total - len(paid_out), "cleared": len(paid_out), "reopened": 0}
    moved = _events_of(home, first.run.id)
    assert {e["to_state"] for e in moved} == {State.CLEARED}
    correction = first.run.deliveries[HO][0]
    assert {e["delivery"] for e in moved} == {correction}
    assert len(moved) == len(paid_out)
    gone = [r for r in home.dataset("ledger", first.run.id) if r["state"] == State.CLEARED]
    assert {r["subject_key"] for r in gone if r["rule"] == "CV08" and r["cleared_by"] == correction} == paid_out

    second = _night_with(home, last, name, [row | {"备注": "复核"} for row in rows])
    assert dict(second.counts) == {"new": 0, "still": total - len(paid_out), "cleared": 0, "reopened": len(paid_out)}
    assert {e["finding_id"] for e in _events_of(home, second.run.id)} == {e["finding_id"] for e in moved}
    back = [r for r in home.dataset("ledger", second.run.id) if r["subject_key"] in paid_out and r["rule"] == "CV08"]
    assert {r["cleared_by"] for r in back} == {None}
    assert {r["first_seen"] for r in back} < set(home.dates())


def test_a_replay_of_an_earlier_day_leaves_the_ledger_and_the_warehouse_alone(home: Home) -> None:
    earlier, last = home.dates()[1], max(home.dates())
    before = books(home), warehouse(home)
    # a policy of its own makes it another run than the one that was recorded then
    for path in (home.path / "policy").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("source: ", "source: 修订", 1), encoding="utf-8")
    (summary,) = run_night(home.settings(last), earlier).summaries
    (run,) = [r for r in home.runs() if r.id == summary["run"]]
    assert run.replay
    assert run.recorded_at is None
    assert summary["warehouse"]["published"] is False
    after = books(home)
    for table in ("findings", "finding_events", "deliveries", "delivery_events", "rule_runs"):
        assert after[table] == before[0][table], table
    assert len(after["runs"]) == len(before[0]["runs"]) + 1
    assert warehouse(home) == before[1]
    replayed = home.dataset("ledger", run.id)
    assert len(replayed) == sum(map(len, home.truths()[earlier].values()))
    assert {r["last_seen"] for r in replayed} == {earlier}


def _night_with(home: Home, d: date, name: str, rows: list[dict[str, str]]) -> CountyNight:
    """Send a file, take it in, reconcile."""
    with (home.inbox / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (taken,) = ingest(home.settings(d), d).deliveries
    assert taken.status == "accepted"
    return reconcile_county(home.settings(d), COUNTY, d)


def _events_of(home: Home, run: str) -> list[dict[str, Any]]:
    """Transitions of a run that the data made (not the sending out)."""
    data = (State.CLEARED, State.REOPENED, State.NEW)
    query = select(finding_events).where(finding_events.c.run == run, finding_events.c.to_state.in_(data))
    with home.settings(date(2025, 1, 1)).home.books.connect() as connection:
        known = {row.finding_id for row in connection.execute(select(findings.c.finding_id))}
        rows = [dict(row._mapping) for row in connection.execute(query)]
    assert {row["finding_id"] for row in rows} <= known
    return rows
