"""The embedded engine: DuckDB, spilling to a folder under the home."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Final, Self

import duckdb
import ibis
from ibis.expr.types import Table

from pipelines.reconciling.apart import COUNTY, kept_apart
from pipelines.reconciling.counties import Counties
from warehouse.planning.planner import Planner
from warehouse.planning.plans import WatchedValues
from warehouse.sql import literal

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked

_SMALL: Final = 2**20
"""Bytes of a Parquet file that is cheaper kept in memory than opened by every statement."""


class DuckdbEngine(Counties, Planner):
    """One in-memory DuckDB; temporary tables hold the shared terms."""

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

    def begin(self, asked: Sequence["Asked"], values: WatchedValues) -> None:
        """Take up the counties. Their plans are those of a county alone."""
        self.take_up(asked, values)
        self.start(asked[0].shape, values)

    def written(self, sql: str) -> str:
        """A query with each county's rows apart; what it came to is kept like a plan."""
        if not self.several:
            return sql
        return self.noted(("apart", sha256(sql.encode()).hexdigest()), lambda: kept_apart(sql))

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of the local connection, which is this engine's own."""
        return ibis.table(schema, name=name)

    def _open(self, name: str) -> None:
        """The files' rows, read once; a large one alone a view: each statement reads the columns that it needs."""
        whose = f'{{}} AS "{COUNTY}"' if self.several else ""
        rows = (one.sources[name].sql(whose.format(int(one.county))) for one in self._asked)
        sizes = (part.path.stat().st_size for part in self._asked[0].sources[name].parts)
        large = not self.several and sum(sizes) > _SMALL
        # temporary: what is not can neither be spilled nor checkpointed in a database without a file
        kind = "VIEW" if large else "TABLE"
        self.local.execute(f'CREATE TEMP {kind} "{name}" AS {" UNION ALL ".join(rows)}')

    def _columns(self, name: str) -> ibis.Schema:
        return self._asked[0].columns[name]
