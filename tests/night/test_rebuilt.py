"""Everything but the books can be made anew: from the files as they came, what the books say of them, and policy."""

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from actors import TESTER
from night.counties import COUNTY, KEY, Home

from pipelines.house.settings import open_settings
from pipelines.night.flow import run_night
from warehouse.books.deliveries import events_of, list_deliveries
from warehouse.lake import Lake

CLOCK = {"seconds"}
"""How long a rule took: the one column that another making need not repeat."""


def warehouse(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table and view, but what a stopwatch said."""
    with duckdb.connect(str((home.path / "warehouse.duckdb").resolve()), read_only=True) as connection:
        tables = connection.execute(
            """SELECT schema_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
            WHERE schema_name IN ('warehouse', 'evaluation') GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
        return {
            f"{schema}.{name}": connection.execute(
                f"SELECT {', '.join(c for c in columns if c not in CLOCK)} FROM {schema}.{name} ORDER BY ALL"
            ).fetchall()
            for schema, name, columns in tables
        }


@pytest.mark.slow
def test_made_anew_from_deliveries_books_and_policy_the_warehouse_is_the_same(
    two_nights: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGXIAN_FINDING_KEY", KEY)
    anew = Home(tmp_path / "anew")
    shutil.copytree(two_nights.path / "policy", anew.path / "policy")
    books = two_nights.settings(date(2026, 1, 1)).home.books
    # the books say in which order deliveries came; in an inbox it is the order of the files' times
    order = [event.delivery for event in events_of(books, COUNTY)]
    deliveries = sorted(list_deliveries(books), key=lambda d: order.index(d.id))
    lake = Lake(two_nights.path)
    for run in two_nights.runs():
        anew.inbox.mkdir(exist_ok=True)
        arriving = [file for d in deliveries if d.taken_by == run.id for file in d.files]
        for number, file in enumerate(arriving):
            target = anew.inbox / file.name
            shutil.copyfile(lake.original(file.sha256), target)
            os.utime(target, (number, number))
        when = run.started_at
        run_night(
            open_settings(anew.path, inbox=None, policy=None, actor=TESTER, now=lambda when=when: when), run.as_of
        )
    grown, made = warehouse(two_nights), warehouse(anew)
    assert len(grown["warehouse.dim_household"]) > len(grown["warehouse.fact_household_snapshot"]) / 2 > 10
    assert len(grown["warehouse.fact_finding_event"]) > 10
    for name, rows in grown.items():
        assert made[name] == rows, name
    assert made.keys() == grown.keys()
