"""Parquet: columns by name, rows counted from 1, values as text like everything else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.feed import Feed
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.explaining import explain_header, explain_no_header
from pipelines.reading.headers import find_header
from pipelines.reading.tables import BATCH_ROWS, MAX_COLUMNS, BoolMask, Opened, RawBatch, RawTable
from pipelines.reading.units import is_unit_row

_MAX_ROWS = 50_000_000
_BROKEN = "Parquet文件已损坏，无法打开。请重新导出后报送"
_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError, OverflowError)


def open_parquet(path: Path, name: str, feed: Feed) -> Opened:
    """The one table of a Parquet file; raises UnreadableFileError."""
    try:
        with pq.ParquetFile(path) as source:
            names, rows = [str(n) for n in source.schema_arrow.names], source.metadata.num_rows
    except _ERRORS as error:
        raise UnreadableFileError(_BROKEN) from error
    if len(names) > MAX_COLUMNS or rows > _MAX_ROWS:
        raise UnreadableFileError(f"行列过多（{rows}行，{len(names)}列）。请核对后重新报送")
    top = [names, *_unit_row(path)]
    header = find_header(feed, top, top)
    if header is None:
        return Opened(problems=(explain_no_header(feed, name, None),))
    if problems := explain_header(header, name, None):
        return Opened(problems=problems)
    return Opened(tables=(RawTable(name, None, header.layout(), lambda: _batches(path, header.last)),))


def _unit_row(path: Path) -> list[list[str]]:
    """The first row, where it holds units and no data."""
    for batch in _batches(path, 0):
        row = [str(column[0].as_py()) for column in batch.columns] if len(batch) else []
        return [row] if is_unit_row(row) else []
    return []


def _batches(path: Path, skip: int) -> Iterator[RawBatch]:
    """The rows behind the first ``skip``."""
    first = 1
    try:
        with pq.ParquetFile(path) as source:
            for batch in source.iter_batches(batch_size=BATCH_ROWS):
                batch.validate(full=True)  # a broken file can hold text that is no UTF-8
                converted = [_column(c) for c in batch.columns]
                rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
                whole = RawBatch(tuple(v for v, _ in converted), tuple(n for _, n in converted), rows)
                yield whole.keep(rows > skip) if first <= skip else whole
                first += batch.num_rows
    except _ERRORS as error:
        raise UnreadableFileError(_BROKEN) from error


def _column(values: pa.Array) -> tuple[pa.Array, BoolMask | None]:
    """A column as text; only floating-point cells can have lost digits, whole numbers of 64 bits have not."""
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    kind, numeric = values.type, None
    if pa.types.is_boolean(kind):
        text = pc.if_else(values, "真", "假")
    elif pa.types.is_floating(kind):
        numbers = values.cast(pa.float64()).to_pylist()
        numeric = np.asarray(values.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
        text = pa.array([None if n is None else _number(n) for n in numbers], pa.string())
    elif pa.types.is_timestamp(kind):
        local = values.cast(pa.timestamp("s"), safe=False)
        text = pc.replace_substring(pc.strftime(local, "%Y-%m-%d %H:%M:%S"), " 00:00:00", "")
    elif pa.types.is_null(kind):
        text = values.cast(pa.string())
    elif pa.types.is_nested(kind):
        text = pa.array(["" if v is None else str(v) for v in values.to_pylist()], pa.string())
    else:
        text = values.cast(pa.string())
    return pc.fill_null(text, ""), numeric


def _number(value: float) -> str:
    if value.is_integer():
        return f"{value:.0f}"
    text = repr(value)
    return text if "e" not in text else np.format_float_positional(value, trim="-")
