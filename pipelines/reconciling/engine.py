"""The engine that the rules run on, and what reconciling asks of one."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table

from warehouse.current import CurrentFeed
from warehouse.planning.plans import WatchedValues

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked

T = TypeVar("T")


class Engine(Protocol):
    """Where expressions run. The rules' text is the same on every engine."""

    name: str
    local: duckdb.DuckDBPyConnection
    """The DuckDB on which evidence is put together, whatever the engine."""

    def begin(self, asked: Sequence["Asked"], values: WatchedValues) -> None:
        """Take up a county, or several that are alike, and the first's policy values, which note what is read of them.

        From now on each relation has the rows of all of them. Raises NotAlikeError.
        """
        ...

    def check_alike(self) -> None:
        """Raise NotAlikeError where a policy value was read that is another in one of the counties."""
        ...

    def planned(self, what: Hashable, build: Callable[[], T]) -> T:
        """``build()``, which makes relations; an engine that has made them for the same shape need not build again.

        ``what`` names everything that ``build`` depends on beside shape, policy and files.
        """
        ...

    def source(self, name: str) -> Table:
        """The counties' rows of one name: of each its files', or the periods of them that count."""
        ...

    def keep(self, name: str, table: Table) -> Table:
        """``table`` computed once and stored under ``name`` until the engine is closed."""
        ...

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of :attr:`local` as a table that expressions of this engine can use."""
        ...

    def relation(self, name: str, table: Table) -> str:
        """``table`` as a relation of :attr:`local`, by its name there."""
        ...

    def once(self, name: str, table: Table) -> str:
        """As ``relation``, for one statement to read."""
        ...

    def written(self, sql: str) -> str:
        """A query over relations of :attr:`local`, as it has to be run there. Raises NotApartError."""
        ...

    def statement(self, name: str, sql: str) -> str:
        """What such a query gives as a relation of :attr:`local`, by its name there."""
        ...

    def give(self, name: str, rows: pa.Table) -> None:
        """Rows of this process as a relation of :attr:`local`."""
        ...


def columns_of(source: CurrentFeed) -> ibis.Schema:
    """The columns of a source."""
    return _schema_of(source.columns)


@cache
def _schema_of(columns: pa.Schema) -> ibis.Schema:
    return ibis.Schema.from_pyarrow(columns)
