"""What a night leaves behind, without clock time, so that two of them can be compared."""

import json
from pathlib import Path
from typing import Any

import duckdb
from night.counties import Home
from sqlalchemy import select

from warehouse.books.schema import journal, metadata
from warehouse.lake import sha256_file

CLOCK = (
    *("seconds", "started_at", "recorded_at", "received_at", "at", "loaded_at", "frozen_at"),
    *("happened_at", "known_at", "known_from", "known_to", "version_key", "withdrawn_at"),
)
"""Columns that hold clock time, or are made of it: what is known since when is known since it was received."""


_DIGESTS = ("content", "previous", "digest")


def books(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of the books, without clock time, and without the journal's digests, which vouch for such too."""
    with home.settings(max(home.dates())).home.books.connect() as connection:
        return {
            table.name: [
                without_clock({k: v for k, v in row._mapping.items() if table is not journal or k not in _DIGESTS})
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


def without_clock(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in CLOCK}


def warehouse_rows(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the warehouse."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        found = {}
        for (table,) in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'warehouse' ORDER BY ALL"
        ).fetchall():
            rows = connection.execute(f"FROM warehouse.{table}")
            names = [column[0] for column in rows.description or ()]
            found[table] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        return found


def warehouse(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the warehouse, without clock time."""
    return {table: sorted(map(without_clock, rows), key=repr) for table, rows in warehouse_rows(home).items()}


def summary(home: Home, run: str) -> dict[str, Any]:
    """What a run told, without clock time."""
    return summary_in(home.path / "runs" / run / "summary.json")


def summary_in(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    del told["seconds"]
    told["rules"] = [without_clock(rule) for rule in told["rules"]]
    return told


def digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_file(path) for path in folder.rglob("*") if path.is_file()}
