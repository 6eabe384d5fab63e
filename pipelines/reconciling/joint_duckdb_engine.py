"""The embedded engine over several counties at once."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

import ibis

from pipelines.reconciling.apart import COUNTY
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.joint import Joint, NotAlikeError
from warehouse.planning.plans import WatchedPolicy
from warehouse.sql import parquet


class JointDuckdbEngine(Joint, DuckdbEngine):
    """One DuckDB for several counties."""

    def __init__(
        self,
        asked: Sequence[Asked],
        spill: Path,
        memory_limit: str | None = None,
        threads: int | None = None,
        plans: Path | None = None,
    ) -> None:
        """As of one county; ``asked`` are the counties."""
        super().__init__(spill, memory_limit, threads, plans)
        self.join(asked)

    def begin(self, files: Mapping[str, Path], shape: Hashable, policy: WatchedPolicy) -> None:
        """Take up the counties; ``files`` are those of the first. Plans are those of a county alone."""
        self.start(shape, policy)

    def _open(self, name: str) -> None:
        """The counties' files of one name, read once."""
        files = " UNION ALL ".join(
            f'SELECT *, {int(one.county)} AS "{COUNTY}" FROM {parquet(one.files[name])}' for one in self._asked
        )
        self.local.execute(f'CREATE TEMP TABLE "{name}" AS {files}')

    def _columns(self, name: str) -> ibis.Schema:
        first, *others = (one.columns[name] for one in self._asked)
        if any(other != first for other in others):
            raise NotAlikeError(f"the columns of {name}")
        return first
