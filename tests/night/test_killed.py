"""Must show 6: a night that is killed again and again ends as an undisturbed one; readers see the old or the new."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from night.counties import KEY, Home, copy_home
from night.killer import STEPS
from sqlalchemy import DateTime, select

from warehouse.books.schema import metadata
from warehouse.lake import sha256_file

KILLS = 10
SEED = 6
CLOCK = (
    *("seconds", "started_at", "recorded_at", "received_at", "at", "loaded_at", "frozen_at"),
    *("happened_at", "known_at", "known_from", "known_to", "version_key"),
)
"""Columns that hold clock time, or are made of it: what is known since when is known since it was received."""


def books(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of the books, without clock time."""
    with home.settings(max(home.dates())).office.books.connect() as connection:
        return {
            table.name: [
                without_clock(dict(row._mapping))
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


def without_clock(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in CLOCK}


def warehouse(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the warehouse, without clock time."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        found = {}
        for (table,) in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'warehouse' ORDER BY ALL"
        ).fetchall():
            rows = connection.execute(f"FROM warehouse.{table}")
            names = [column[0] for column in rows.description or ()]
            kept = [without_clock(dict(zip(names, row, strict=True))) for row in rows.fetchall()]
            found[table] = sorted(kept, key=repr)
        return found


def counts(home: Home) -> str:
    """What the reader notes of a version (night.killer.READER)."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL"
        ).fetchall()
        rows = [(t, connection.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0]) for (t,) in tables]
        runs = connection.execute("SELECT DISTINCT run FROM evaluation.rule_coverage ORDER BY ALL").fetchall()
    return json.dumps([rows, runs])


def summary(home: Home, run: str) -> dict[str, Any]:
    told = json.loads((home.path / "runs" / run / "summary.json").read_text(encoding="utf-8"))
    del told["seconds"]
    told["rules"] = [without_clock(rule) for rule in told["rules"]]
    return told


def digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_file(path) for path in folder.rglob("*") if path.is_file()}


def test_clock_columns_are_known() -> None:
    assert {c.name for t in metadata.sorted_tables for c in t.c if isinstance(c.type, DateTime)} <= set(CLOCK)


@pytest.mark.slow
@pytest.mark.first
def test_a_night_killed_at_ten_moments_ends_as_an_undisturbed_one(two_nights: Home, tmp_path: Path) -> None:
    before = counts(two_nights)
    undisturbed, killed = (copy_home(two_nights, tmp_path / name) for name in ("undisturbed", "killed"))
    d = max(undisturbed.dates())
    undisturbed.arrive(d)
    killed.arrive(d)
    arguments = [d.isoformat(), str(SEED), str(KILLS // len(STEPS)), undisturbed.path, killed.path]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "night.killer", *arguments],
        env=os.environ | {"LIANGXIAN_FINDING_KEY": KEY, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["undisturbed"], told["finished"]) == (0, 0)
    assert len(told["killed"]) == KILLS
    # a night may be done before its moment has come, where the one before it had little left to do
    assert sum(died for _, died in told["killed"]) >= KILLS - 2, told["killed"]

    assert told["reader"] == 0, (tmp_path / "reader.log").read_text()
    assert told["rounds"] > KILLS
    after = counts(undisturbed)
    assert before != after
    assert told["seen"] == [before, after]

    run = undisturbed.runs()[-1].id
    for kind in ("findings", "ledger"):
        assert killed.dataset(kind, run) == undisturbed.dataset(kind, run)
    for content in (books, warehouse):
        own, right = content(killed), content(undisturbed)
        assert {name for name in right if own[name] != right[name]} == set()
    assert summary(killed, run) == summary(undisturbed, run)
    for folder in ("reports", "archive", "lake/files"):
        assert digests(killed.path / folder) == digests(undisturbed.path / folder)
    assert not list(killed.inbox.iterdir())
    assert not list(killed.path.rglob(".writing-*"))
    assert not list(killed.path.rglob("building.*"))
