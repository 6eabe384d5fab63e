"""A new version of the warehouse beside the published one: copied, one part a run replaced, audited, closed whole."""

import hashlib
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from inspect import getsource
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import create_mock_engine, make_url
from sqlalchemy.schema import CreateTable

from expectations.errors import DamagedError
from warehouse.evaluation.views import EVALUATION, VIEWS, dictionary_origins
from warehouse.lake import Lake, sync, umask
from warehouse.loading import calendar, history, households, known, people, plans
from warehouse.loading.audit import audit, count_outside
from warehouse.loading.errors import HistoryMissing
from warehouse.loading.finding_events import load_finding_events
from warehouse.loading.history import load_history
from warehouse.loading.inputs import register_inputs
from warehouse.loading.loads import LOADS
from warehouse.loading.run import Recorded, RunToLoad, canonical_json
from warehouse.loading.versions import (
    building_path,
    open_version,
    published_version,
    remove_unfinished,
    version_path,
)
from warehouse.sql import OLDEST_READER, literal
from warehouse.staged import StagedRows
from warehouse.tables import SCHEMA, TABLES, metadata
from warehouse.tables import plans as targets

_WRITTEN_AT_ONCE = "256MB"
"""Of the log: so many rows wait in memory to be written to their tables."""

Part = tuple[str, date]


@dataclass(frozen=True)
class Held:
    """What a version holds for one part (county, as-of): the run, its digest, and the definitions it was made with."""

    run: str
    digest: str
    definitions: str


def build_warehouse(
    *,
    lake: Lake,
    runs: Iterable[RunToLoad],
    history: Sequence[Recorded] = (),
    forgotten: Collection[Part] = (),
    memory_limit: str | None = None,
) -> Path:
    """Build the version that holds ``runs`` and ``history`` beside what is published; return its path.

    Reads and loads only what the published version lacks; returns that one where it lacks nothing. Where tables or
    statements have changed since, or a part was ``forgotten`` (its rows were erased), everything is loaded anew from
    ``history``. ``memory_limit`` ("1GB") is DuckDB's while it loads; beyond it, it spills beside the version.
    To be called under the publishing lock.
    Raises AuditFailed or HistoryMissing; the published version stays as it is.
    """
    definitions = definitions_digest()
    previous = published_version(lake)
    try:
        held = _held(previous) if previous is not None else {}
    except DamagedError:
        # nothing is read from it: all that it held is loaded anew, under the name that it has
        if previous is not None and previous.exists():
            previous.unlink()
        previous, held = None, {}
    wanted = {run.part: run for run in runs}
    if not held.keys().isdisjoint(forgotten) or any(part.definitions != definitions for part in held.values()):
        if lost := held.keys() - wanted.keys() - {recorded.part for recorded in history} - set(forgotten):
            raise HistoryMissing(sorted(lost))
        previous, held = None, {}
    for recorded in history:
        if recorded.part not in wanted and not (recorded.part in held and held[recorded.part].run == recorded.run):
            wanted[recorded.part] = recorded.read()
    pending = {part: run for part, run in wanted.items() if part not in held or held[part].digest != run.digest}
    if previous is not None and not pending:
        return previous
    contents = held | {part: Held(run.run, run.digest, definitions) for part, run in pending.items()}
    target = version_path(lake, _snapshot(contents))
    if not target.exists():
        loads = [pending[part] for part in sorted(pending, key=lambda p: (p[1], p[0]))]
        _build(lake, previous, target, loads, memory_limit)
    return target


@cache
def definitions_digest() -> str:
    """SHA-256 over the tables, the views and the statements that fill them."""
    parts = [str(CreateTable(table)) + str(table.comment) for table in TABLES]
    parts += [f"{column.table.name}.{column.name}: {column.comment}" for table in TABLES for column in table.c]
    parts += [statement for view in VIEWS for statement in view.ddl()]
    parts += [f"{load.scope.value} {load.needs} {load.select}" for load in LOADS]
    parts += [getsource(module) for module in (households, known, people, history, calendar, plans, targets)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _snapshot(contents: Mapping[Part, Held]) -> str:
    """The name of a version: a hash of what it holds, so that the same contents have the same name."""
    rows = [[county, as_of, held.digest, held.definitions] for (county, as_of), held in sorted(contents.items())]
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()[:16]


def _held(version: Path) -> dict[Part, Held]:
    """What a version holds."""
    with open_version(version) as connection:
        rows = connection.execute("SELECT county, as_of, run, digest, definitions FROM warehouse.fact_load").fetchall()
    return {(county, as_of): Held(run, digest, definitions) for county, as_of, run, digest, definitions in rows}


def _build(
    lake: Lake, previous: Path | None, target: Path, runs: Iterable[RunToLoad], memory_limit: str | None
) -> None:
    """Write the version under a name that no reader looks for, and give it its own when it is whole."""
    remove_unfinished(lake)
    building = building_path(lake)
    building.parent.mkdir(parents=True, exist_ok=True)
    try:
        if previous is not None:
            shutil.copyfile(previous, building)
        else:
            _create(building)
        with duckdb.connect(str(building)) as version:
            version.execute("SET enable_progress_bar = false")
            if memory_limit is not None:
                # open until the last county is loaded: without, it keeps whatever it read of the file until then
                version.execute(f"SET memory_limit = {literal(memory_limit)}")
            # closed after every run, or left to itself, DuckDB would write each table's last rows anew time and again
            version.execute(f"SET checkpoint_threshold = {literal(_WRITTEN_AT_ONCE)}")
            for run in runs:
                _load(lake, building, run)
            version.execute("CHECKPOINT")
        sync(building)
        building.chmod(0o444 & ~umask())
        building.replace(target)
        sync(target.parent)
    finally:
        remove_unfinished(lake)


def _create(path: Path) -> None:
    """An empty warehouse: tables, views, comments, the days, and the data dictionary that is read off the tables."""
    with duckdb.connect() as connection:
        oldest = literal(OLDEST_READER)
        connection.execute(f"ATTACH {literal(path)} AS warehouse_file (STORAGE_VERSION {oldest})")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"BEGIN; {_definitions()}; COMMIT")
        connection.register("days", _days())
        connection.execute("INSERT INTO warehouse.dim_date BY NAME FROM days")
        connection.register("origins", pa.Table.from_pylist(dictionary_origins(TABLES)))
        connection.execute(
            """INSERT INTO warehouse.dim_column BY NAME
            SELECT o.*, c.data_type, c.comment FROM origins o
            JOIN duckdb_columns() c USING (schema_name, table_name, column_name)
            WHERE c.database_name = current_database()
            ORDER BY schema_name, table_name, column_index"""
        )


@cache
def _definitions() -> str:
    """The statements that make schemas, tables, views and comments: nine hundred, so they are sent at once."""
    statements = [f"CREATE SCHEMA {name}" for name in (SCHEMA, EVALUATION)]
    dialect = make_url("duckdb://").get_dialect()()
    engine = create_mock_engine("duckdb://", lambda ddl, *_, **__: statements.append(str(ddl.compile(dialect=dialect))))
    metadata.create_all(engine, checkfirst=False)
    return ";\n".join([*statements, *(statement for view in VIEWS for statement in view.ddl())])


@cache
def _days() -> pa.Table:
    """The days, which are the same in every warehouse that a process makes."""
    return calendar.days()


def _load(lake: Lake, path: Path, run: RunToLoad) -> None:
    """Replace the run's part; the county's current state too, unless a newer D is there already."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET enable_progress_bar = false")  # a terminal shows ours
        definitions = definitions_digest()
        register_inputs(connection, lake, run, definitions)
        households.prepare_households(connection, run, lake.plans)
        plans.prepare_plans(connection, run)
        newest = connection.execute("SELECT max(as_of) FROM warehouse.fact_load WHERE county = $1", [run.county])
        (last,) = newest.fetchone() or (None,)
        is_newest = last is None or run.as_of >= last
        loads = [
            load
            for load in LOADS
            if set(load.needs) <= set(run.current) and (is_newest or not load.scope.is_current_state)
        ]
        outside = count_outside(connection, loads)
        # no transaction: until it is whole, nobody sees the file, and a log of the changes would be written in vain
        for load in LOADS:
            if load in loads or not load.scope.is_current_state:
                connection.execute(f"DELETE FROM {load.table.fullname} WHERE {load.scope.value}")
        for load in loads:
            connection.execute(f"INSERT INTO {load.table.fullname} BY NAME {load.select}")
        audit(connection, loads, outside)
        if is_newest:
            load_history(connection, StagedRows(lake, run.deliveries), run.county, run.events)
            load_finding_events(connection, run.county, run.ledger_head, run.finding_events)
