"""The counties that an engine has taken up: one, or several that are alike and whose rows never meet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from expectations.errors import LiangxianError
from expectations.terms.rows import COUNTIES
from pipelines.reconciling.apart import COUNTY, kept_apart
from warehouse.planning.plans import WatchedPolicy, watched

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked


class NotAlikeError(LiangxianError):
    """Counties that cannot be evaluated together, for something that statements rest on is not the same in all."""


class Counties:
    """What every engine does alike for its counties. Of several, each relation has COUNTY, its last column."""

    local: duckdb.DuckDBPyConnection
    _asked: Sequence["Asked"] = ()
    _policy: WatchedPolicy

    def take_up(self, asked: Sequence["Asked"], policy: WatchedPolicy) -> None:
        """Begin with these counties, and what is read of the first's policy. Raises NotAlikeError."""
        first, *others = asked
        if any((one.shape, one.columns) != (first.shape, first.columns) for one in others):
            raise NotAlikeError(f"shape or columns of {', '.join(one.county for one in asked)}")
        self._asked, self._policy = asked, policy
        numbers = {COUNTY: pa.array([int(one.county) for one in asked], pa.int32())} if self.several else {}
        self.local.register("asked", pa.table({"county": [one.county for one in asked], **numbers}))
        self.local.execute(f"CREATE TEMP TABLE {COUNTIES} AS SELECT * FROM asked")
        self.local.unregister("asked")

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self._asked) > 1

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        for one in self._asked[1:]:
            if not watched(one.policy).says(self._policy.read):
                raise NotAlikeError(f"policy values that were read of {self._asked[0].county} and {one.county}")

    def written(self, sql: str) -> str:
        """A query over local relations, as it has to be run there: with each county's rows apart.

        Raises NotApartError.
        """
        return kept_apart(sql) if self.several else sql

    def _given(self, name: str, columns: pa.Schema) -> str:
        """SQL: rows of this process as each county has them, or where they name their county, that one."""
        if not self.several:
            return f"SELECT * FROM {name}"
        whose = "s.county = c.county" if "county" in columns.names else "true"
        return f'SELECT s.*, c."{COUNTY}" FROM {name} AS s JOIN {COUNTIES} AS c ON {whose}'
