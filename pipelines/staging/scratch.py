"""DuckDB with a limit, for what staging asks of a file: a database costs twenty milliseconds, so a process has one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb

_MEMORY = "128MB"


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, whose temporary tables are nobody else's; what does not fit spills to disk."""
    database, _ = _opened()
    with database.cursor() as connection:
        yield connection


@cache
def _opened() -> tuple[duckdb.DuckDBPyConnection, tempfile.TemporaryDirectory[str]]:
    """The process's own database, in memory, and the folder that it spills to, which goes with the process."""
    spill = tempfile.TemporaryDirectory(prefix="liangxian-staging-")
    return duckdb.connect(config={"memory_limit": _MEMORY, "threads": 2, "temp_directory": spill.name}), spill
