"""A DuckDB connection on which relations are made from expressions, each compiled once for all counties of a shape."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.operations import InMemoryTable
from ibis.expr.types import Table

from warehouse.planning.plans import Plan, Read, Step, WatchedValues
from warehouse.planning.shelf import Shelf

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

T = TypeVar("T")


class Planner(ABC):
    """Temporary relations of one connection for one county; their statements are looked up before they are compiled.

    What its sources are, a subclass says: relations that another county has of its own, by the same names.
    """

    made_by: ClassVar[tuple[Path, ...]] = ()
    """Folders whose code makes the plans, beside the declarations and the warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plans: Path | None = None) -> None:
        """``plans``: the folder where what was compiled is kept, if anywhere."""
        self.local = connection
        # what Ibis sets on a connection of its own: its statements mean the same on every machine
        connection.execute("SET timezone = 'UTC'; SET python_enable_replacements = false")
        self._kept: dict[str, Table] = {}
        self._views: dict[str, Table] = {}
        self._plans = plans
        self._shelf: Shelf | None = None
        self._watching: WatchedValues | None = None
        self._steps: list[Step] | None = None

    def start(self, shape: Hashable, values: WatchedValues) -> None:
        """Take up a county: what its plans depend on beside the columns of its sources."""
        self._watching = values
        self._shelf = None if self._plans is None else Shelf(self._plans, shape, self.made_by)

    def save(self) -> None:
        """Keep what was compiled for the next county of the shape, in this process or in another."""
        if self._shelf is not None:
            self._shelf.save()

    def planned(self, what: Hashable, build: Callable[[], T]) -> T:
        """``build()``, or the statements that it came to for a county of the same shape, columns and policy values.

        ``what`` names everything that ``build`` depends on beside these.
        """
        asked = (what, frozenset(self._kept), frozenset(self._views))
        plan = self._known(asked)
        if plan is not None:
            for step in plan.steps:
                self._take(step)
            self._noted.update(plan.read)
            known: T = plan.result
            return known
        self._steps = []
        try:
            with _uncollected():
                result = build()
            plan = Plan(tuple(self._steps), dict(self._noted), result)
        finally:
            self._steps = None
        self._keep_plan(asked, plan)
        return result

    def noted(self, what: Hashable, make: Callable[[], str]) -> str:
        """``make()``, or what it came to before: a text that rests on ``what`` alone."""
        plan = self._known(what)
        if plan is None:
            plan = Plan((), {}, make())
            self._keep_plan(what, plan)
        text: str = plan.result
        return text

    def _known(self, asked: Hashable) -> Plan | None:
        """A plan that serves this county."""
        plans = () if self._shelf is None else self._shelf.of(asked)
        return next((plan for plan in plans if self._serves(plan)), None)

    def _keep_plan(self, asked: Hashable, plan: Plan) -> None:
        if self._shelf is not None:
            self._shelf.add(asked, plan)

    def _serves(self, plan: Plan) -> bool:
        """Whether this county has the policy values that the plan rests on, and its sources the columns."""
        columns = all(self._columns(step.name) == step.schema for step in plan.steps if step.is_view)
        return columns and (self._watching is None or self._watching.says(plan.read))

    @property
    def _noted(self) -> Read:
        """The policy values that were read."""
        return {} if self._watching is None else self._watching.read

    def source(self, name: str) -> Table:
        """The rows of one of the county's sources."""
        if name not in self._views:
            self._take(Step(name, self._columns(name)))
        return self._views[name]

    def keep(self, name: str, table: Table) -> Table:
        """``table`` as a temporary table; asked for again, the stored one."""
        if name not in self._kept:
            self._make(f"kept_{name}", table, kept=name)
        return self._kept[name]

    def relation(self, name: str, table: Table) -> str:
        """``table`` as a temporary table of the connection."""
        self._make(name, table)
        return name

    def once(self, name: str, table: Table) -> str:
        """``table`` as a view, for the one statement that reads it."""
        self._make(name, table, once=True)
        return name

    def statement(self, name: str, sql: str) -> str:
        """What a SELECT gives as a temporary table of the connection."""
        self._take(Step(name, _UNKNOWN, sql=sql))
        return name

    def written(self, sql: str) -> str:
        """A query as this connection's relations need it; plans are kept without it."""
        return sql

    def _make(self, name: str, table: Table, kept: str | None = None, once: bool = False) -> None:
        for small in table.op().find(InMemoryTable):
            # policy values: Ibis names them, and would send them itself only if it ran the query
            self._take(Step(small.name, small.schema, rows=small.data.to_pyarrow(small.schema)))
        # Ibis would ask for the schema of what it has just made, which costs more than the query on small counties
        self._take(Step(name, table.schema(), sql=_compiler().compile(table), kept=kept, once=once))

    def _take(self, step: Step) -> None:
        """Make one relation, and note it where a plan is being made."""
        if step.sql is not None:
            kind = "VIEW" if step.once else "TABLE"
            self.local.execute(f'CREATE OR REPLACE TEMP {kind} "{step.name}" AS {self.written(step.sql)}')
        elif step.rows is not None:
            self.give(step.name, step.rows)
        else:
            self._open(step.name)
            self._views[step.name] = ibis.table(step.schema, name=step.name)
        if step.kept is not None:
            self._kept[step.kept] = ibis.table(step.schema, name=step.name)
        if self._steps is not None:
            self._steps.append(step)

    def give(self, name: str, rows: pa.Table) -> None:
        """Rows of this process as a temporary table of the connection."""
        self.local.register("small", rows)
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self._given("small", rows.schema)}')
        self.local.unregister("small")

    def _given(self, name: str, columns: pa.Schema) -> str:
        """SQL: what is stored of rows of this process."""
        return f"SELECT * FROM {name}"

    @abstractmethod
    def _open(self, name: str) -> None:
        """Make a source a relation of the connection."""

    @abstractmethod
    def _columns(self, name: str) -> ibis.Schema:
        """The columns of a source, which need not be open."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage: expressions are objects by the ten thousand, which all live until they are SQL."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_UNKNOWN = ibis.schema({})
"""Of a relation that no expression reads."""


@cache
def _compiler() -> "Backend":
    """Compiles and never connects; a connection of its own would cost more than a small county's query.

    Imported late: it brings the dialects of every database that Ibis knows, and who finds plans kept compiles nothing.
    """
    from ibis.backends.duckdb import Backend

    return Backend()
