"""Exact repeats, and rows that contradict each other under one key.

Hashes of keys say which few rows can concern each other; only these are compared, exactly, in DuckDB with a memory
limit: a large delivery spills to disk.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from expectations.feed import Column, Feed
from pipelines.staging.scratch import scratch
from warehouse.sql import literal

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Duplicates:
    """Row numbers within the rows that passed (from 0): repeats of an earlier row, and rows in conflict."""

    repeated: Indices
    conflicting: Indices


def find_duplicates(candidates: Path, feed: Feed) -> Duplicates:
    """Compare the rows of a Parquet file of typed rows.

    Equal in all canonical columns: all but the first are repeats. Equal in the key only: all are in conflict. A row
    whose key contains a null identity number has no key. Words for a label tell rows apart where the declaration says
    so (``told_as_sent``): in the key, and so in everything.
    """
    source = f"read_parquet({literal(candidates)}, file_row_number = true)"
    everything = ", ".join(map(_compared, feed.columns))
    key = ", ".join(_compared(feed[name]) for name in feed.key)
    canonical = ", ".join(f'{_compared(feed[name])} AS "{name}"' for name in feed.key)
    names = ", ".join(f'"{name}"' for name in feed.key)
    numbers = [f'"{name}"' for name in feed.key if feed[name].is_identity_number]
    keyed = " AND ".join(f"{n} IS NOT NULL" for n in numbers) or "true"
    with scratch() as connection:
        hashed = f"SELECT CASE WHEN {keyed} THEN hash({key}) ELSE hash({everything}) END AS h, file_row_number AS i"
        connection.execute(
            f"CREATE TEMP TABLE twice AS SELECT h FROM ({hashed} FROM {source}) GROUP BY h HAVING count(*) > 1"
        )
        if not connection.execute("SELECT count(*) FROM twice").fetchall()[0][0]:
            return Duplicates(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
        connection.execute(
            f"CREATE TEMP TABLE suspects AS SELECT i FROM ({hashed} FROM {source}) WHERE h IN (SELECT h FROM twice)"
        )
        found = connection.execute(
            f"""
            WITH rows AS (
                SELECT *, file_row_number AS i FROM {source} WHERE file_row_number IN (SELECT i FROM suspects)
            ), kept AS (
                SELECT i, {canonical}, min(i) OVER (PARTITION BY {everything}) AS keeper FROM rows
            )
            SELECT i, i <> keeper AS repeated,
                   i = keeper AND {keyed}
                   AND count(*) FILTER (WHERE i = keeper) OVER (PARTITION BY {names}) > 1 AS conflicting
            FROM kept ORDER BY i
            """
        ).fetchnumpy()
    rows = np.asarray(found["i"], dtype=np.int64)
    repeated = np.asarray(found["repeated"], dtype=np.bool_)
    conflicting = np.asarray(found["conflicting"], dtype=np.bool_)
    return Duplicates(rows[repeated], rows[conflicting])


def _compared(column: Column) -> str:
    """What of a column rows are compared by."""
    return f'coalesce("{column.beside}", "{column.name}")' if column.told_as_sent else f'"{column.name}"'
