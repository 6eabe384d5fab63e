"""The engine that the rules run on, and what reconciling asks of one."""

from pathlib import Path
from typing import Protocol

import duckdb
import ibis
from ibis.expr.types import Table

from warehouse.current import CurrentFeed


class Engine(Protocol):
    """Where expressions run. The rules' text is the same on every engine."""

    name: str
    local: duckdb.DuckDBPyConnection
    """The DuckDB on which evidence is put together, whatever the engine."""

    def current(self, feed: CurrentFeed) -> Table:
        """The current rows of a feed."""
        ...

    def parquet(self, path: Path) -> Table:
        """The rows of one Parquet file."""
        ...

    def keep(self, name: str, table: Table) -> Table:
        """``table`` computed once and stored under ``name`` until the engine is closed."""
        ...

    def is_empty(self, table: Table) -> bool:
        """Whether ``table`` has no row."""
        ...

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of :attr:`local` as a table that expressions of this engine can use."""
        ...

    def relation(self, name: str, table: Table) -> str:
        """``table`` as a relation of :attr:`local`, by its name there."""
        ...


def select_current(feed: CurrentFeed, parts: list[Table]) -> Table:
    """Union of a feed's parts, each with the periods that count."""
    chosen = []
    for part, table in zip(feed.parts, parts, strict=True):
        if part.periods is None:
            chosen.append(table)
            continue
        wanted = [
            ibis.and_(*(table[c] == v for c, v in zip(feed.feed.accumulates_by, period, strict=True)))
            for period in part.periods
        ]
        chosen.append(table.filter(ibis.or_(*wanted)) if wanted else table.limit(0))
    return ibis.union(*chosen) if len(chosen) > 1 else chosen[0]
