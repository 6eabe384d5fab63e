"""Books as files: UTF-8 CSV under the departments' headings, and the truth beside them."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from expectations.errors import RequestError
from expectations.feed import Feed


def file_name(feed: Feed, county: str, as_of: date, suffix: str, part: str = "") -> str:
    """``<feed>_<county>_<YYYYMMDD>[_<k>of<n>].<suffix>``."""
    return f"{feed.name}_{county}_{as_of:%Y%m%d}{part}.{suffix}"


def with_headings(feed: Feed, table: pa.Table) -> pa.Table:
    """The table under the departments' own headings."""
    return table.rename_columns([feed[name].title for name in table.column_names])


def write_csv(table: pa.Table, path: Path) -> None:
    """Plain UTF-8 CSV, complete at once under its name."""
    partial = path.with_name(path.name + ".partial")
    pa.csv.write_csv(table, partial, pa.csv.WriteOptions(quoting_style="needed"))
    partial.replace(path)


def set_time(path: Path, as_of: date, number: int) -> None:
    """Give the file a modification time on the as-of date: the inbox is read in this order."""
    moment = datetime.combine(as_of, time(12), tzinfo=UTC).timestamp() + number
    os.utime(path, (moment, moment))


def write_table(table: pa.Table, path: Path) -> None:
    """Parquet, or CSV where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        write_csv(table, path)
    elif path.suffix == ".parquet":
        pa.parquet.write_table(table, path, compression="zstd")
    else:
        raise RequestError(f"the truth is written as .parquet or .csv, not {path.suffix or 'without suffix'}")


def count_by(table: pa.Table, column: str) -> Mapping[str, int]:
    """Rows by value of a text column, sorted."""
    counts = table[column].value_counts().to_pylist()
    return {c["values"]: c["counts"] for c in sorted(counts, key=lambda c: str(c["values"]))}
