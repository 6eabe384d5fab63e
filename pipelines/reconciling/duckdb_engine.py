"""The embedded engine: DuckDB through Ibis, spilling to a folder under the home."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import InMemoryTable
from ibis.expr.types import Table

from pipelines.reconciling.plans import PLANS, Plan, Step, WatchedPolicy
from pipelines.reconciling.shelf import Shelf

T = TypeVar("T")

_SMALL: Final = 2**20
"""Bytes of a Parquet file that is cheaper kept in memory than opened by every statement."""


class DuckdbEngine:
    """One in-memory DuckDB for one county and D; temporary tables hold the shared terms."""

    name = "duckdb"

    def __init__(
        self, spill: Path, memory_limit: str | None = None, threads: int | None = None, plans: Path | None = None
    ) -> None:
        """``plans``: the folder where what was compiled is kept for other processes, if anywhere."""
        spill.mkdir(parents=True, exist_ok=True)
        self._ibis = ibis.duckdb.connect(temp_directory=str(spill))
        self.local: duckdb.DuckDBPyConnection = self._ibis.con
        self.local.execute("SET preserve_insertion_order = false")
        # DuckDB draws one on standard output wherever it takes the process for a person's
        self.local.execute("SET enable_progress_bar = false")
        if memory_limit is not None:
            self.local.execute(f"SET memory_limit = '{memory_limit}'")
        if threads is not None:
            self.local.execute(f"SET threads = {int(threads)}")
        self._kept: dict[str, Table] = {}
        self._views: dict[str, Table] = {}
        self._paths: Mapping[str, Path] = {}
        self._shape: Hashable = None
        self._plans = plans
        self._shelf: Shelf | None = None
        self._policy = WatchedPolicy("", date.min, {})
        self._steps: list[Step] | None = None

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything that was kept but the plans, which another process may use."""
        self._ibis.disconnect()
        if self._shelf is not None and error is None:
            self._shelf.save()

    def begin(self, files: Mapping[str, Path], shape: Hashable, policy: WatchedPolicy) -> None:
        """Take up a county: its files by name, and what its plans depend on."""
        self._paths, self._shape, self._policy = files, shape, policy
        self._shelf = None if self._plans is None else Shelf(self._plans, shape)

    def planned(self, what: Hashable, build: Callable[[], T]) -> T:
        """``build()``, or the statements that it came to for a county of the same shape, columns and policy values."""
        asked = (what, frozenset(self._kept), frozenset(self._views))
        plan = self._known(asked)
        if plan is not None:
            for step in plan.steps:
                self._take(step)
            self._policy.read.update(plan.read)
            known: T = plan.result
            return known
        self._steps = []
        try:
            result = build()
            plan = Plan(tuple(self._steps), dict(self._policy.read), result)
        finally:
            self._steps = None
        PLANS.add((self._shape, asked), plan)
        if self._shelf is not None:
            self._shelf.add(asked, plan)
        return result

    def _known(self, asked: Hashable) -> Plan | None:
        """A plan that serves this county, of this process or of another."""
        for plan in PLANS.of((self._shape, asked)):
            if self._serves(plan):
                return plan
        if self._shelf is not None:
            for plan in self._shelf.of(asked):
                if self._serves(plan):
                    PLANS.add((self._shape, asked), plan)
                    return plan
        return None

    def _serves(self, plan: Plan) -> bool:
        """Whether this county's policy has the values that the plan rests on, and its files the columns."""
        columns = all(self._columns(step.name) == step.schema for step in plan.steps if step.is_view)
        return columns and self._policy.says(plan.read)

    def parquet(self, name: str) -> Table:
        """The rows of one of the county's files, as a view."""
        if name not in self._views:
            self._take(Step(name, self._columns(name)))
        return self._views[name]

    def keep(self, name: str, table: Table) -> Table:
        """``table`` as a temporary table; asked for again, the stored one."""
        if name not in self._kept:
            self._make(f"kept_{name}", table, kept=name)
        return self._kept[name]

    def relation(self, name: str, table: Table) -> str:
        """``table`` as a temporary table of the local connection."""
        self._make(name, table)
        return name

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of the local connection, which is this engine's own."""
        return ibis.table(schema, name=name)

    def _make(self, name: str, table: Table, kept: str | None = None) -> None:
        for small in table.op().find(InMemoryTable):
            # policy values: Ibis names them, and would send them itself only if it ran the query
            self._take(Step(small.name, small.schema, rows=small.data.to_pyarrow(small.schema)))
        # Ibis would ask for the schema of what it has just made, which costs more than the query on small counties
        self._take(Step(name, table.schema(), sql=self._ibis.compile(table), kept=kept))

    def _take(self, step: Step) -> None:
        """Make one relation, and note it where a plan is being made."""
        if step.sql is not None:
            self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {step.sql}')
        elif step.rows is not None:
            self.local.register("small", step.rows)
            self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS SELECT * FROM small')
            self.local.unregister("small")
        else:
            self._open(step.name)
            self._views[step.name] = ibis.table(step.schema, name=step.name)
        if step.kept is not None:
            self._kept[step.kept] = ibis.table(step.schema, name=step.name)
        if self._steps is not None:
            self._steps.append(step)

    def _open(self, name: str) -> None:
        """A file's rows: a view, of which each statement reads the columns that it needs; a small file read once."""
        path = self._paths[name]
        rows = self.local.read_parquet(str(path))
        if path.stat().st_size > _SMALL:
            rows.create_view(name)
        else:
            # temporary: what is not can neither be spilled nor checkpointed in a database without a file
            rows.create_view("small_file")
            self.local.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM small_file; DROP VIEW small_file')

    def _columns(self, name: str) -> ibis.Schema:
        return _schema_of(pq.read_schema(self._paths[name]).remove_metadata())


@cache
def _schema_of(columns: pa.Schema) -> ibis.Schema:
    return ibis.Schema.from_pyarrow(columns)
