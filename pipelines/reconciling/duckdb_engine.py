"""The embedded engine: DuckDB through Ibis, spilling to a folder under the home."""

from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import ibis
import pyarrow.parquet as pq
from ibis.expr.operations import InMemoryTable
from ibis.expr.types import Table

from pipelines.reconciling.engine import select_current
from warehouse.current import CurrentFeed


class DuckdbEngine:
    """One in-memory DuckDB for one county and D; temporary tables hold the shared terms."""

    name = "duckdb"

    def __init__(self, spill: Path, memory_limit: str | None = None, threads: int | None = None) -> None:
        spill.mkdir(parents=True, exist_ok=True)
        self._ibis = ibis.duckdb.connect(temp_directory=str(spill))
        self.local: duckdb.DuckDBPyConnection = self._ibis.con
        self.local.execute("SET preserve_insertion_order = false")
        if memory_limit is not None:
            self.local.execute(f"SET memory_limit = '{memory_limit}'")
        if threads is not None:
            self.local.execute(f"SET threads = {int(threads)}")
        self._kept: dict[str, Table] = {}
        self._views: dict[Path, Table] = {}

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything that was kept."""
        self._ibis.disconnect()

    def parquet(self, path: Path) -> Table:
        """The rows of one Parquet file, as a view."""
        if path not in self._views:
            schema = ibis.Schema.from_pyarrow(pq.read_schema(path))
            name = f"parquet_{len(self._views)}"
            self.local.read_parquet(str(path)).create_view(name)
            self._views[path] = ibis.table(schema, name=name)
        return self._views[path]

    def current(self, feed: CurrentFeed) -> Table:
        """The current rows of a feed."""
        return select_current(feed, [self.parquet(part.path) for part in feed.parts])

    def keep(self, name: str, table: Table) -> Table:
        """``table`` as a temporary table; asked for again, the stored one."""
        if name not in self._kept:
            self._kept[name] = ibis.table(table.schema(), name=self.relation(f"kept_{name}", table))
        return self._kept[name]

    def relation(self, name: str, table: Table) -> str:
        """``table`` as a temporary table of the local connection."""
        if table.op().find(InMemoryTable):
            # small tables of policy values: Ibis registers them before it runs the query
            self._ibis.create_table(name, table, temp=True, overwrite=True)
        else:
            # Ibis would ask for the schema of what it has just made, which costs more than the query on small counties
            self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self._ibis.compile(table)}')
        return name

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of the local connection, which is this engine's own."""
        return ibis.table(schema, name=name)

    def is_empty(self, table: Table) -> bool:
        """Whether ``table`` has no row."""
        return self.local.execute(self._ibis.compile(table.limit(1))).fetchone() is None
