"""The counties that an engine has taken up: one, or several that are alike and whose rows never meet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from expectations.errors import LiangxianError
from expectations.terms.here import COUNTIES
from pipelines.reconciling.apart import COUNTY, kept_apart
from warehouse.planning.given import give_days
from warehouse.planning.plans import WatchedValues

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked


class NotAlikeError(LiangxianError):
    """Counties that cannot be evaluated together, for something that statements rest on is not the same in all."""


class Counties:
    """What every engine does alike for its counties. Of several, each relation has COUNTY, its last column."""

    local: duckdb.DuckDBPyConnection
    _asked: Sequence["Asked"] = ()
    _values: WatchedValues

    def take_up(self, asked: Sequence["Asked"], values: WatchedValues) -> None:
        """Begin with these counties, and what is read of the first's policy. Raises NotAlikeError."""
        first, *others = asked
        if any((one.shape, one.columns) != (first.shape, first.columns) for one in others):
            raise NotAlikeError(f"shape or columns of {', '.join(one.county for one in asked)}")
        self._asked, self._values = asked, values
        number = f'county::INTEGER AS "{COUNTY}"' if self.several else ""
        give_days(self.local, [(one.county, one.days) for one in asked], number)

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self._asked) > 1

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        for one in self._asked[1:]:
            if not WatchedValues(one.days).says(self._values.read):
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
