"""The published tables loaded into PostgreSQL by ADBC, and nothing else: no keys, no audit, no version."""

from pathlib import Path

import adbc_driver_postgresql.dbapi
import duckdb

BATCH = 50_000


def load(version: Path, url: str) -> None:
    """Each table of the warehouse's DuckDB file into a bare table of the same name."""
    with (
        duckdb.connect(str(version), read_only=True) as source,
        adbc_driver_postgresql.dbapi.connect(url) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE SCHEMA bare")
        tables = source.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'warehouse' AND table_type = 'BASE TABLE' ORDER BY ALL"
        ).fetchall()
        for (table,) in tables:
            rows = source.execute(f"FROM warehouse.{table}").fetch_record_batch(BATCH)
            cursor.adbc_ingest(table, rows, mode="create", db_schema_name="bare")
        connection.commit()
