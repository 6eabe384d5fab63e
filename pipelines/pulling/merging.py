"""The pulled file: rows in the order of their key, changed ones laid over those of the pull before."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb.func import ARROW, SPECIAL

from pipelines.pulling.errors import PullError
from pipelines.pulling.marks import KEY
from pipelines.reading import origins
from pipelines.reading.origins import Origin
from pipelines.staging.parsing import normal_key
from warehouse.sql import identifier, literal, parquet

_MEMORY = "512MB"
_NORMAL = "normal_key"


def write_pulled(
    raw: Path, target: Path, key: tuple[str, ...], *, before: Path | None, mark: str, origin: Origin
) -> None:
    """Write ``raw`` sorted, so that equal content has equal bytes; rows of ``before`` whose key is not in it stay.

    All columns are text. Raises PullError where ``before`` has other columns.
    """
    names = pq.read_schema(raw).names
    columns = ", ".join(identifier(n) for n in names)
    rows = f"SELECT {columns} FROM {parquet(raw)}"
    if before is not None:
        if pq.read_schema(before).names != names:
            raise PullError("other columns than the last pull had", advice="pull everything: --full")
        same = " AND ".join(f"{_given('old', k)} = {_given('new', k)}" for k in key)
        rows = (
            f"SELECT {columns} FROM {parquet(before)} old WHERE NOT EXISTS"
            f" (SELECT 1 FROM {parquet(raw)} new WHERE {same}) UNION ALL {rows}"
        )
    order = ", ".join(identifier(n) for n in dict.fromkeys([*key, *names]))
    with duckdb.connect() as connection:
        connection.create_function(_NORMAL, _normal, ["VARCHAR"], "VARCHAR", type=ARROW, null_handling=SPECIAL)
        connection.execute(f"SET memory_limit = {literal(_MEMORY)}")
        connection.execute("SET threads = 1")  # the same rows give the same bytes
        connection.execute(f"SET temp_directory = {literal(target.parent / 'sort')}")
        connection.execute(
            f"COPY (SELECT * FROM ({rows}) ORDER BY {order}) TO {literal(target)}"
            f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA"
            f" {{{literal(KEY)}: {literal(mark)}, {literal(origins.KEY)}: {literal(origin.text())}}})"
        )


def _given(table: str, name: str) -> str:
    return f"{_NORMAL}({table}.{identifier(name)})"


def _normal(keys: pa.ChunkedArray) -> pa.Array:
    """Keys as staging compares them; a missing one is like an empty one."""
    texts = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    return normal_key(pc.fill_null(texts, ""))
