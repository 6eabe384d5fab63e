"""Must show 6: a night that is killed again and again ends as an undisturbed one; readers see the old or the new."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from night.counties import COUNTY, KEY, Home, copy_home
from night.killer import STEPS
from night.states import CLOCK, books, digests, summary, summary_in, warehouse
from sqlalchemy import DateTime

from expectations.feeds import FEEDS_BY_NAME
from warehouse.books.schema import metadata

KILLS = int(os.environ.get("LIANGXIAN_KILLS", "5"))
SEED = 6


def counts(home: Home) -> str:
    """What the reader notes of a version (night.killer.READER)."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL"
        ).fetchall()
        rows = [(t, connection.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0]) for (t,) in tables]
        runs = connection.execute("SELECT DISTINCT run FROM evaluation.rule_coverage ORDER BY ALL").fetchall()
    return json.dumps([rows, runs])


def test_clock_columns_are_known() -> None:
    assert {c.name for t in metadata.sorted_tables for c in t.c if isinstance(c.type, DateTime)} <= set(CLOCK)


@pytest.mark.slow
@pytest.mark.first(70)
def test_a_night_killed_at_any_moment_ends_as_an_undisturbed_one(two_nights: Home, tmp_path: Path) -> None:
    before = counts(two_nights)
    undisturbed, killed = (copy_home(two_nights, tmp_path / name) for name in ("undisturbed", "killed"))
    d = max(undisturbed.dates())
    undisturbed.arrive(d)
    killed.arrive(d)
    for home in (undisturbed, killed):  # a file that is held, among those that are not
        headings = ",".join(column.title for column in FEEDS_BY_NAME["village_rosters"].columns)
        (home.inbox / f"village_rosters_{COUNTY}_{d:%Y%m%d}.csv").write_text(headings + "\n", encoding="utf-8")
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
    stopped = summary(undisturbed, run)["stopped"]
    assert [(one["feed"], one["status"]) for one in stopped] == [("village_rosters", "held")]
    for kind in ("findings", "ledger"):
        assert killed.dataset(kind, run) == undisturbed.dataset(kind, run)
    for content in (books, warehouse):
        own, right = content(killed), content(undisturbed)
        assert {name for name in right if own[name] != right[name]} == set()
    assert summary_in(tmp_path / "summary.json") == summary(undisturbed, run)
    for folder in ("reports", "archive", "lake/files"):
        assert digests(killed.path / folder) == digests(undisturbed.path / folder)
    pages = [home.path / "index.html" for home in (killed, undisturbed)]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert summary_in(killed.path / "latest" / COUNTY / "summary.json")["run"] == run
    assert not list(killed.inbox.iterdir())
    assert not list(killed.path.rglob(".writing-*"))
    assert not list(killed.path.rglob("building.*"))
