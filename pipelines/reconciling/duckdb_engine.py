"""The embedded engine: DuckDB, spilling to a folder under the home."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

import duckdb
import ibis
from ibis.expr.types import Table

from pipelines.reconciling.engine import columns_of
from warehouse.planning.planner import Planner
from warehouse.planning.plans import WatchedPolicy
from warehouse.sql import literal

_SMALL: Final = 2**20
"""Bytes of a Parquet file that is cheaper kept in memory than opened by every statement."""


class DuckdbEngine(Planner):
    """One in-memory DuckDB for one county and D; temporary tables hold the shared terms."""

    name = "duckdb"
    made_by: ClassVar = (Path(__file__).parent,)

    def __init__(
        self, spill: Path, memory_limit: str | None = None, threads: int | None = None, plans: Path | None = None
    ) -> None:
        """``plans``: the folder where what was compiled is kept for other processes, if anywhere."""
        spill.mkdir(parents=True, exist_ok=True)
        super().__init__(duckdb.connect(config={"temp_directory": str(spill)}), plans)
        self.local.execute("SET preserve_insertion_order = false")
        # DuckDB draws one on standard output wherever it takes the process for a person's
        self.local.execute("SET enable_progress_bar = false")
        if memory_limit is not None:
            self.local.execute(f"SET memory_limit = {literal(memory_limit)}")
        if threads is not None:
            self.local.execute(f"SET threads = {int(threads)}")
        self._paths: Mapping[str, Path] = {}

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything that was kept but the plans, which another process may use."""
        self.local.close()
        if error is None:
            self.save()

    def begin(self, files: Mapping[str, Path], shape: Hashable, policy: WatchedPolicy) -> None:
        """Take up a county: its files by name, and what its plans depend on."""
        self._paths = files
        self.start(shape, policy)

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of the local connection, which is this engine's own."""
        return ibis.table(schema, name=name)

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
        return columns_of(self._paths[name])
