"""What every engine over several counties at once does alike: their rows in each relation, and none meets another's."""

from collections.abc import Sequence
from typing import Final, Protocol

import duckdb
import pyarrow as pa

from expectations.errors import LiangxianError
from pipelines.reconciling.apart import COUNTY, kept_apart
from pipelines.reconciling.county import Asked
from pipelines.reconciling.engine import Engine
from warehouse.planning.plans import WatchedPolicy, watched
from warehouse.sql import literal

EACH_COUNTY: Final = "each county"
"""What terms over several counties have for a county's code: stored, it is the code of each."""


class NotAlikeError(LiangxianError):
    """Counties that cannot be evaluated together, for something that statements rest on is not the same in all."""


class JointEngine(Engine, Protocol):
    """An engine over several counties."""

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        ...


class Joint:
    """The counties of an engine, which are alike: the same shape, columns and policy values."""

    local: duckdb.DuckDBPyConnection
    _policy: WatchedPolicy

    def join(self, asked: Sequence[Asked]) -> None:
        """Begin with these counties."""
        self._asked = asked
        codes = ", ".join(f"{literal((one.county, int(one.county)))}" for one in asked)
        self.local.execute(f'CREATE TEMP TABLE joint AS FROM (VALUES {codes}) AS c(code, "{COUNTY}")')

    def written(self, sql: str) -> str:
        """A query over local relations with each county's rows apart. Raises NotApartError."""
        return kept_apart(sql)

    def _given(self, name: str, columns: pa.Schema) -> str:
        """Rows of this process once for each county, or where they name their county, for that one."""
        if "county" not in columns.names:
            return f'SELECT s.*, c."{COUNTY}" FROM {name} AS s CROSS JOIN joint AS c'
        return (
            f'SELECT s.* REPLACE (c.code AS county), c."{COUNTY}" FROM {name} AS s '
            f"JOIN joint AS c ON s.county IN (c.code, {literal(EACH_COUNTY)})"
        )

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        for one in self._asked:
            if not watched(one.policy).says(self._policy.read):
                raise NotAlikeError(f"policy values that were read of {self._asked[0].county} and {one.county}")
