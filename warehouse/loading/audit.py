"""The audit before publishing: row counts, sums and key sets of what was loaded against what was to be loaded."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
from sqlalchemy import Table

from warehouse.loading.errors import AuditFailed
from warehouse.loading.load import Check, Load


def count_outside(connection: duckdb.DuckDBPyConnection, loads: Iterable[Load]) -> dict[str, int]:
    """Rows of each table that a run must leave alone: all but its own, which alone have to be looked for."""
    return {
        load.table.name: _value(connection, f"SELECT count(*) FROM {load.table.fullname}")
        - _value(connection, f"SELECT count(*) FROM {load.table.fullname} WHERE {load.scope.value}")
        for load in loads
    }


def audit(connection: duckdb.DuckDBPyConnection, loads: Iterable[Load], outside: Mapping[str, int]) -> None:
    """Raise AuditFailed with every difference between the inputs and the rows of the run's scope."""
    problems: list[str] = []
    for load in loads:
        rows = f"(FROM {load.table.fullname} WHERE {load.scope.value})"
        problems += _repeated_keys(connection, load.table, rows)
        for check in load.checks:
            problems += _differences(connection, load.table, check, rows)
    now = count_outside(connection, loads)
    problems += [
        f"{table}: {outside[table]} rows of other runs before the load, {now[table]} after it"
        for table in now
        if now[table] != outside[table]
    ]
    if problems:
        raise AuditFailed(problems)


def _repeated_keys(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> list[str]:
    """Whether the primary key holds: by hashes, and only where two are equal by the keys themselves."""
    keys = ", ".join(column.name for column in table.primary_key)
    if not _value(connection, f"SELECT count(*) - count(DISTINCT hash({keys})) FROM {rows}"):
        return []
    repeated = _value(connection, f"SELECT count(*) FROM (SELECT {keys} FROM {rows} GROUP BY ALL HAVING count(*) > 1)")
    return [f"{table.name}: {repeated} keys ({keys}) stand in more than one row"] if repeated else []


def _differences(connection: duckdb.DuckDBPyConnection, table: Table, check: Check, rows: str) -> list[str]:
    """Counts and sums that differ, and keys on one side only."""
    given = _figures(connection, [source for source, _ in check.sums.values()], check.source)
    loaded = _figures(connection, [row for _, row in check.sums.values()], rows)
    problems = [
        f"{table.name}: {label} is {there}, {check.name} has {wanted}"
        for label, wanted, there in zip(check.sums, given, loaded, strict=True)
        if wanted != there
    ]
    if check.keys:
        source = f"(SELECT DISTINCT {', '.join(check.keys)} FROM {check.source})" if check.grouped else check.source
        fingerprint = [f"sum(hash({', '.join(check.keys)})::HUGEINT)"]
        if _figures(connection, fingerprint, source) != _figures(connection, fingerprint, rows):
            problems.append(_different_keys(connection, table, check, rows))
    return problems


def _different_keys(connection: duckdb.DuckDBPyConnection, table: Table, check: Check, rows: str) -> str:
    """How many keys differ. They can hold identity numbers, so they are counted and not shown."""
    keys = ", ".join(check.keys)
    wanted, loaded = f"SELECT {keys} FROM {check.source}", f"SELECT {keys} FROM {rows}"
    lost = _value(connection, f"SELECT count(*) FROM ({wanted} EXCEPT {loaded})")
    added = _value(connection, f"SELECT count(*) FROM ({loaded} EXCEPT {wanted})")
    if not lost and not added:
        return f"{table.name}: keys ({keys}) do not stand in as many rows as in {check.name}"
    return f"{table.name}: {lost} keys ({keys}) of {check.name} are missing, {added} are in none of its rows"


def _figures(connection: duckdb.DuckDBPyConnection, expressions: list[str], relation: str) -> tuple[Any, ...]:
    """Values of aggregate expressions over a relation; the sum of nothing is zero."""
    if not expressions:
        return ()
    selected = ", ".join(f"coalesce({expression}, 0)" for expression in expressions)
    return tuple(connection.execute(f"SELECT {selected} FROM {relation}").fetchone() or ())


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The single number of a query."""
    (number,) = connection.execute(query).fetchone() or (0,)
    return int(number)
