"""The days of counties as relations of a connection, where terms find them (expectations/terms/here.py)."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from expectations.days import Days
from expectations.terms.here import COUNTIES, HERE, MONTHS, SETTLED_MONTHS, here_of, settled_months_of


def give_days(connection: duckdb.DuckDBPyConnection, counties: Sequence[tuple[str, Days]], beside: str = "") -> None:
    """Make the relations of counties and settled months; ``beside``: an SQL column that stands behind theirs."""
    here = [here_of(county, days) for county, days in counties]
    months = [row for county, days in counties for row in settled_months_of(county, days)]
    more = f", {beside}" if beside else ""
    for name, schema, rows in ((COUNTIES, HERE, here), (MONTHS, SETTLED_MONTHS, months)):
        connection.register("given", pa.Table.from_pylist(rows, schema.to_pyarrow()))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *{more} FROM given")
        connection.unregister("given")
