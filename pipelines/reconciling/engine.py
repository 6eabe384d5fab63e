"""The engine that the rules run on, and what reconciling asks of one."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from warehouse.current import CurrentFeed
from warehouse.planning.plans import WatchedPolicy

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked

T = TypeVar("T")


class Engine(Protocol):
    """Where expressions run. The rules' text is the same on every engine."""

    name: str
    local: duckdb.DuckDBPyConnection
    """The DuckDB on which evidence is put together, whatever the engine."""

    def begin(self, asked: Sequence["Asked"], policy: WatchedPolicy) -> None:
        """Take up a county, or several that are alike, and their policy, which notes what is read of it.

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
        """The rows of the counties' files of one name."""
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


def current_name(feed: CurrentFeed, number: int) -> str:
    """What the file of a feed's part is called."""
    return f"{feed.feed.name}_{number}"


def select_current(engine: Engine, feed: CurrentFeed) -> Table:
    """The current rows of a feed: the union of its parts, each with the periods that count."""
    chosen = []
    for number, part in enumerate(feed.parts):
        table = engine.source(current_name(feed, number))
        if part.periods is None:
            chosen.append(table)
            continue
        wanted = [
            ibis.and_(*(table[c] == v for c, v in zip(feed.feed.accumulates_by, period, strict=True)))
            for period in part.periods
        ]
        chosen.append(table.filter(ibis.or_(*wanted)) if wanted else table.limit(0))
    return ibis.union(*chosen) if len(chosen) > 1 else chosen[0]


def columns_of(path: Path) -> ibis.Schema:
    """The columns of a Parquet file."""
    return _schema_of(pq.read_schema(path).remove_metadata())


@cache
def _schema_of(columns: pa.Schema) -> ibis.Schema:
    return ibis.Schema.from_pyarrow(columns)
