"""SQL over Arrow tables: a connection of its own costs ten milliseconds, and every county's night asks five times."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
import pyarrow as pa


@contextmanager
def over_arrow(**tables: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows the tables by their names, and nobody else's."""
    with _database().cursor() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """The process's own, in memory; it holds nothing."""
    return duckdb.connect()
