"""Housekeeping: what is beyond its retention goes, whole and logged; what is needed stays; the chains still hold."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from actors import acting
from command_line import call
from homes import AS_OF, COUNTY, NIGHT, copy_home, settings_of
from night.counties import Home
from object_store import object_store
from sqlalchemy import select, text, update

from expectations.errors import NotYetError, RequestError
from pipelines.desk import housekeeping
from pipelines.desk.freezing import freeze
from pipelines.desk.housekeeping import keep_house, would_erase
from pipelines.desk.releasing import restore
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night
from pipelines.night.intake import ingest
from pipelines.night.reports import report_again
from warehouse.books.append_only import unguard_statements
from warehouse.books.deliveries import list_deliveries, once_accepted
from warehouse.books.runs import list_runs
from warehouse.books.schema import delivery_events, finding_events
from warehouse.lake import sha256_file
from warehouse.loading.versions import published_version
from warehouse.shared_lake import SharedLake

REGISTER = "register_households"
NEXT = AS_OF + timedelta(days=1)
LATER = date(2026, 8, 15)
"""46 days after the data: beyond a retention of 30 days."""


@pytest.fixture(scope="module")
def two_nights(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose register was corrected after its first night and run again on the next day; kept for 30 days."""
    home = copy_home(night_home, tmp_path_factory.mktemp("housekeeping") / "home")
    (path,) = (home / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"]["retention_days"] = [{"from": "2000-01-01", "value": 30, "source": "县数据管理办法"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    settings = replace(settings_of(home), now=lambda: NIGHT + timedelta(days=1))
    (sent,) = home.rglob(f"archive/**/{REGISTER}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with sent.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row | {"备注": "复核"} for row in csv.DictReader(stream)]
    with (settings.inbox / sent.name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run_night(settings, NEXT)
    return home


@pytest.fixture
def settings(two_nights: Path, tmp_path: Path) -> Settings:
    """Two nights, to write in, when their time has come."""
    settings = settings_of(copy_home(two_nights, tmp_path / "home"))
    return replace(settings, now=lambda: NIGHT.replace(month=LATER.month, day=LATER.day))


def files_of(home: Path) -> dict[str, int]:
    return {p.relative_to(home).as_posix(): p.stat().st_size for p in home.rglob("*") if p.is_file()}


def parts_of(home: Path) -> list[Any]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return [day for (day,) in connection.execute("SELECT DISTINCT as_of FROM warehouse.fact_load").fetchall()]


def test_nothing_goes_before_its_time(settings: Settings) -> None:
    before = files_of(settings.home.folder)
    kept = keep_house(settings, AS_OF)
    assert (kept.erased, kept.files, kept.sound) == ((), 0, True)
    assert files_of(settings.home.folder).keys() >= before.keys() - {p for p in before if p.endswith(("-wal", "-shm"))}


def test_what_is_beyond_its_retention_and_not_needed_goes_whole(settings: Settings) -> None:
    home, lake, books = settings.home.folder, settings.home.lake, settings.home.books
    everything = list_deliveries(books)
    old = next(d for d in everything if d.feed == REGISTER and d.status == "superseded")
    rejected = next(d for d in everything if d.status == "rejected")
    first, last = list_runs(books, COUNTY)
    assert lake.staged(old.feed, old.county, old.id).exists()
    assert set(parts_of(home)) == {AS_OF, NEXT}
    (archived,) = [p for p in (home / "archive").rglob("*.csv") if sha256_file(p) == old.sha256]

    assert lake.before(first.id).exists()
    assert set(would_erase(settings, LATER)) == {old.id, rejected.id}
    kept = keep_house(settings, LATER)

    assert set(kept.erased) == {old.id, rejected.id}
    assert kept.sound
    assert kept.files > 10
    for gone in (
        archived,
        lake.staged(old.feed, old.county, old.id),
        lake.quarantined_rows(rejected.feed, rejected.county, rejected.id),
        lake.problems(rejected.feed, rejected.county, rejected.id),
        lake.original(old.sha256),
        lake.findings(first.id),
        lake.ledger(first.id),
        lake.before(first.id),
        lake.reports(first.id),
    ):
        assert not gone.exists(), gone
    assert (lake.run_folder(first.id) / "summary.json").exists()
    assert f"reports/{first.id}/" not in lake.index.read_text(encoding="utf-8")
    assert parts_of(home) == [NEXT]
    # what an older version holds of erased rows is gone with them
    assert list(lake.warehouse_versions.glob("*.duckdb")) == [published_version(lake)]
    for delivery in list_deliveries(books):
        if delivery.status == "accepted":
            assert lake.staged(delivery.feed, delivery.county, delivery.id).exists()
            assert lake.original(delivery.files[0].sha256).exists()
    with books.connect() as connection:
        tombs = connection.execute(select(delivery_events).where(delivery_events.c.kind == "erased")).all()
    assert {row.delivery for row in tombs} == {old.id, rejected.id}
    assert all("超过保存期限30天" in row.reason[0] and "县数据管理办法" in row.reason[0] for row in tombs)

    counted = {delivery.id for delivery in once_accepted(books, list_deliveries(books))}
    assert counted & {old.id, rejected.id} == {old.id}

    # done again it changes nothing, and the house goes on living
    again = keep_house(settings, LATER)
    assert (again.erased, again.files) == ((), 0)
    assert report_again(settings, NEXT).summaries
    with pytest.raises(NotYetError, match="erased"):
        report_again(settings, AS_OF)
    with pytest.raises(RequestError, match="erased"):
        restore(settings, old.id)
    (summary,) = run_night(settings, NEXT).summaries
    assert summary["run"] == last.id
    (then,) = run_night(replace(settings, known_at=NIGHT), AS_OF).summaries
    assert then["run"] != first.id
    assert {r["status"] for r in then["rules"] if r["rule"] == "TL02"} == {"not_evaluated"}


def test_a_housekeeping_that_was_killed_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(housekeeping, "_remove_files", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_house(settings, LATER)
    old = next(d for d in list_deliveries(settings.home.books) if d.status == "erased" and d.feed == REGISTER)
    assert settings.home.lake.original(old.sha256).exists()
    kept = keep_house(settings, LATER)
    assert kept.files > 10
    assert not settings.home.lake.original(old.sha256).exists()
    assert parts_of(settings.home.folder) == [NEXT]


def test_copies_for_a_cluster_go_wherever_any_were_put(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: Callable[[str], Path]
) -> None:
    lake = settings.home.lake
    known = list_deliveries(settings.home.books)
    old = next(d for d in known if d.feed == REGISTER and d.status == "superseded")
    current = next(d for d in known if d.feed == REGISTER and d.status == "accepted")
    staged = lake.staged(REGISTER, COUNTY, old.id)
    mounted, away = tmp_path / "mounted", tmp_path / "away"
    with object_store(tool("moto_server")) as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        shared = [SharedLake(url, lake) for url in (f"file://{mounted}", f"{store.url}/home")]
        for place in shared:
            place.put(staged)
            place.put(lake.staged(REGISTER, COUNTY, current.id))
        mounted.rename(away)

        # erased in the books and in the home; one place is not there, and is asked again by each housekeeping
        kept = keep_house(settings, LATER)
        assert old.id in kept.erased
        assert kept.copies == 1
        assert not kept.sound
        (sentence,) = [line for line in kept.sentences if line.startswith("NOT REMOVED")]
        assert f"file://{mounted}" in sentence
        again = keep_house(settings, LATER)
        assert (again.erased, again.copies, again.unreached) == ((), 0, kept.unreached)
        away.rename(mounted)
        done = keep_house(settings, LATER)
        assert (done.copies, done.unreached, done.sound) == (1, (), True)
        assert [path.parent.name for path in mounted.rglob("*.parquet")] == [current.id]
    down = keep_house(settings, LATER)
    assert [store.url in place for place in down.unreached] == [True]


def test_what_a_frozen_snapshot_was_made_from_stays(settings: Settings) -> None:
    freeze(acting(settings, "评估组", purpose="评估"), "kept")
    rejected = next(d for d in list_deliveries(settings.home.books) if d.status == "rejected")
    assert set(would_erase(settings, LATER)) == {rejected.id}


def test_what_no_run_has_looked_at_stays(settings: Settings) -> None:
    students = next(settings.home.folder.rglob(f"archive/**/students_{COUNTY}_{AS_OF:%Y%m%d}.csv"))
    late = settings.inbox / f"students_{COUNTY}_20260401.csv"
    late.write_bytes(students.read_bytes())
    (taken,) = ingest(settings, NEXT).deliveries
    assert taken.status == "accepted", taken.reason
    assert taken.id not in would_erase(settings, LATER)


def test_a_broken_chain_and_missing_rows_are_said(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(*arguments: str) -> Any:
        whole = ("housekeeping", "--as-of", LATER.isoformat(), *arguments)
        return call(*whole, home=Home(settings.home.folder), capsys=capsys, monkeypatch=monkeypatch)

    assert "超过保存期限30天" in say("--dry-run").stdout
    well = say()
    assert well.status == 0, well.stderr
    assert "whole" in well.stdout
    with settings.home.books.begin() as connection:
        for statement in unguard_statements("finding_events", "sqlite"):
            connection.execute(text(statement))
        connection.execute(update(finding_events).where(finding_events.c.seq == 2).values(why="改过"))
    there = next(d for d in list_deliveries(settings.home.books) if d.status == "accepted")
    settings.home.lake.staged(there.feed, there.county, there.id).unlink()
    ill = say("--json")
    assert ill.status == 1
    found = json.loads(ill.stdout)
    assert found["missing"] == [there.id]
    assert found["ledgers"][0]["broken"] == [2]
    assert found["sound"] is False
