"""The pulled file: rows in the order of their key, changed ones laid over those of the pull before."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.pulling.marks import KEY
from pipelines.pulling.source import PullError
from warehouse.sql import identifier, literal, parquet

_MEMORY = "512MB"


def write_pulled(raw: Path, target: Path, key: tuple[str, ...], *, before: Path | None, mark: str) -> None:
    """Write ``raw`` sorted, so that equal content has equal bytes; rows of ``before`` whose key is not in it stay.

    All columns are text. Raises PullError where ``before`` has other columns.
    """
    names = pq.read_schema(raw).names
    columns = ", ".join(identifier(n) for n in names)
    rows = f"SELECT {columns} FROM {parquet(raw)}"
    if before is not None:
        if pq.read_schema(before).names != names:
            raise PullError("the pull before has other columns", advice="pull everything: --full")
        same = " AND ".join(f"{_given('old', k)} = {_given('new', k)}" for k in key)
        rows = (
            f"SELECT {columns} FROM {parquet(before)} old WHERE NOT EXISTS"
            f" (SELECT 1 FROM {parquet(raw)} new WHERE {same}) UNION ALL {rows}"
        )
    order = ", ".join(identifier(n) for n in dict.fromkeys([*key, *names]))
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = {literal(_MEMORY)}")
        connection.execute("SET threads = 1")  # the same rows give the same bytes
        connection.execute(f"SET temp_directory = {literal(target.parent / 'sort')}")
        connection.execute(
            f"COPY (SELECT * FROM ({rows}) ORDER BY {order}) TO {literal(target)}"
            f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{literal(KEY)}: {literal(mark)}}})"
        )


def _given(table: str, name: str) -> str:
    return f"coalesce(trim({table}.{identifier(name)}), '')"
