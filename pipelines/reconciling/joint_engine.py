"""The embedded engine over several counties at once: every relation has their rows, and none meets another county's."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa

from pipelines.reconciling.apart import COUNTY, kept_apart
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine, columns_of
from pipelines.reconciling.sentences import quoted
from warehouse.planning.plans import WatchedPolicy, watched

EACH_COUNTY: Final = "each county"
"""What terms over several counties have for a county's code: stored, it is the code of each."""


class NotAlikeError(ValueError):
    """Counties that cannot be evaluated together, for something that statements rest on is not the same in all."""


class JointEngine(DuckdbEngine):
    """One DuckDB for several counties that are alike: the same shape, columns and policy values."""

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
        self._asked = asked
        codes = ", ".join(f"({quoted(one.county)}, {int(one.county)})" for one in asked)
        self.local.execute(f'CREATE TEMP TABLE joint AS FROM (VALUES {codes}) AS c(code, "{COUNTY}")')

    def begin(self, files: Mapping[str, Path], shape: Hashable, policy: WatchedPolicy) -> None:
        """Take up the counties; ``files`` are those of the first."""
        self.start(("together", shape), policy)

    def written(self, sql: str) -> str:
        """The query with each county's rows apart. Raises NotApartError."""
        return kept_apart(sql)

    def _given(self, name: str, columns: pa.Schema) -> str:
        """Rows of this process once for each county, or where they name their county, for that one."""
        if "county" not in columns.names:
            return f'SELECT s.*, c."{COUNTY}" FROM {name} AS s CROSS JOIN joint AS c'
        return (
            f'SELECT s.* REPLACE (c.code AS county), c."{COUNTY}" FROM {name} AS s '
            f"JOIN joint AS c ON s.county IN (c.code, {quoted(EACH_COUNTY)})"
        )

    def _open(self, name: str) -> None:
        """The counties' files of one name, read once."""
        files = " UNION ALL ".join(
            f'SELECT *, {int(one.county)} AS "{COUNTY}" FROM read_parquet({quoted(str(one.files[name]))})'
            for one in self._asked
        )
        self.local.execute(f'CREATE TEMP TABLE "{name}" AS {files}')

    def _columns(self, name: str) -> ibis.Schema:
        first, *others = (columns_of(one.files[name]) for one in self._asked)
        if any(other != first for other in others):
            raise NotAlikeError(f"the columns of {name}")
        return first

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        for one in self._asked:
            if not watched(one.policy).says(self._policy.read):
                raise NotAlikeError(f"policy values that were read of {self._asked[0].county} and {one.county}")
