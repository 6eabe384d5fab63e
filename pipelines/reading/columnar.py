"""Parquet: columns by name, rows counted from 1, values as text like everything else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.errors import Place
from expectations.feed import Feed
from pipelines.reading.cells import Kind, Kinds
from pipelines.reading.decoding import is_utf8, text_of
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.explaining import explain_header, explain_no_header
from pipelines.reading.headers import find_header
from pipelines.reading.headings import show_heading
from pipelines.reading.tables import (
    BATCH_ROWS,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_TEXT,
    Opened,
    RawBatch,
    RawTable,
)
from pipelines.reading.units import is_unit_row

_MAX_ROWS = 50_000_000
_WHOLE_UP_TO = 9e18
_WHOLE_IN_32, _WHOLE_IN_HALF = 2**24, 2**11
_CENTS_UP_TO = 2**17
_ZONE = "Asia/Shanghai"
_BATCH_BYTES = 64 << 20
_USUAL_TEXT = 200
"""Bytes of a cell that large files may have on the average."""
_TOO_LONG = f"有一格超过{MAX_CHARACTERS}字，疑似异常文件。请核对后重新导出报送"
_TOO_MUCH = "文字总量过大，疑似异常文件，或文件已损坏。请核对后重新导出报送"
_BROKEN = "Parquet文件已损坏，无法打开。请重新导出后报送"
_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError, OverflowError)


def open_parquet(path: Path, name: str, feed: Feed) -> Opened:
    """The one table of a Parquet file; raises UnreadableFileError."""
    try:
        with pq.ParquetFile(path) as source:
            schema, rows = source.schema_arrow, source.metadata.num_rows
    except _ERRORS as error:
        raise UnreadableFileError(_BROKEN) from error
    names = [str(n) for n in schema.names]
    if len(names) > MAX_COLUMNS or rows > _MAX_ROWS:
        raise UnreadableFileError(f"行列过多（{rows}行，{len(names)}列）。请核对后重新报送")
    top = [names, *_unit_row(path)]
    header = find_header(feed, top, top)
    if header is None:
        return Opened(problems=(explain_no_header(feed, name, None),))
    if problems := explain_header(header, name, None):
        return Opened(problems=problems)
    layout = header.layout()
    nested = [h.text for h in layout.columns.values() if pa.types.is_nested(_plain_type(schema, h.position))]
    if nested:
        shown = "、".join(f"“{show_heading(text)}”" for text in nested)
        raise UnreadableFileError(f"{shown}列的每一格是一组值（列表或结构），不是一个值。请展开后重新导出报送")
    return Opened(tables=(RawTable(name, None, layout, lambda: _batches(path, header.last)),))


def _plain_type(schema: pa.Schema, position: int) -> pa.DataType:
    kind = schema.field(position).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _unit_row(path: Path) -> list[list[str]]:
    """The first row, where it holds units and no data."""
    for batch in _batches(path, 0):
        row = [str(column[0].as_py()) for column in batch.columns] if len(batch) else []
        return [row] if is_unit_row(row) else []
    return []


def _batches(path: Path, skip: int) -> Iterator[RawBatch]:
    """The rows behind the first ``skip``."""
    first, text = 1, 0
    try:
        with pq.ParquetFile(path) as source:
            schema = source.schema_arrow
            flat = [n for n in range(len(schema)) if not pa.types.is_nested(_plain_type(schema, n))]
            whole = len(flat) == len(schema) or len(set(schema.names)) < len(schema)
            wanted = None if whole else [schema.names[n] for n in flat]
            for batch in source.iter_batches(_rows_at_once(path, schema), columns=wanted):
                _refuse_undecodable(batch, first)
                batch.validate(full=True)
                text += _bytes_of_text(batch)
                if text > max(MAX_TEXT, _USUAL_TEXT * first * len(schema)):
                    raise UnreadableFileError(_TOO_MUCH)
                # a list or a structure in a column that is no feed's is not opened: it can hold anything
                blank = pa.array([""] * batch.num_rows, pa.string()), None
                there = dict(zip(range(len(schema)) if wanted is None else flat, batch.columns, strict=True))
                converted = [_column(there[n]) if n in flat else blank for n in range(len(schema))]
                rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
                found = RawBatch(tuple(v for v, _ in converted), tuple(k for _, k in converted), rows)
                yield found.keep(rows > skip) if first <= skip else found
                first += batch.num_rows
    except _ERRORS as error:
        raise UnreadableFileError(_TOO_MUCH if isinstance(error, MemoryError) else _BROKEN) from error


def _rows_at_once(path: Path, schema: pa.Schema) -> int:
    """How many rows are decoded at once: a text that a dictionary holds once may stand in all of them.

    Raises UnreadableFileError for a text longer than any cell.
    """
    words = [f.name for f in schema if _is_text(f.type) or pa.types.is_dictionary(f.type)]
    longest: dict[int, int] = {}
    with pq.ParquetFile(path, read_dictionary=words) as source:
        for group in range(source.num_row_groups):
            for batch in source.iter_batches(1, row_groups=[group], columns=words):
                for place, column in enumerate(batch.columns):
                    if isinstance(column, pa.DictionaryArray) and _is_text(column.dictionary.type):
                        size = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
                        longest[place] = max(longest.get(place, 0), size)
                break
    if max(longest.values(), default=0) > 4 * MAX_CHARACTERS:
        raise UnreadableFileError(_TOO_LONG)
    return max(1, min(BATCH_ROWS, _BATCH_BYTES // max(1, sum(longest.values()))))


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _bytes_of_text(batch: pa.RecordBatch) -> int:
    """Bytes of all texts of a batch. Raises UnreadableFileError for one longer than any cell."""
    total = 0
    for column in batch.columns:
        if isinstance(column, pa.DictionaryArray):
            if not _is_text(column.dictionary.type):
                continue
            sizes = pc.take(pc.binary_length(column.dictionary), column.indices)
        elif _is_text(column.type):
            sizes = pc.binary_length(column)
        else:
            continue
        if (pc.max(sizes).as_py() or 0) > 4 * MAX_CHARACTERS:
            raise UnreadableFileError(_TOO_LONG)
        total += pc.sum(sizes).as_py() or 0
    return total


def _refuse_undecodable(batch: pa.RecordBatch, first: int) -> None:
    """Raise UnreadableFileError for text that is no UTF-8; ``first`` is the number of the batch's first row."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid as error:
                is_large = pa.types.is_large_string(column.type)
                cells = column.view(pa.large_binary() if is_large else pa.binary()).to_pylist()
                row = next((n for n, cell in enumerate(cells, first) if cell is not None and not is_utf8(cell)), None)
                raise UnreadableFileError(
                    f"“{show_heading(name)}”列有文字不是UTF-8编码，无法识别。请改正后重新导出报送",
                    reason="undecodable",
                    where=Place(row=row),
                ) from error


def _column(values: pa.Array) -> tuple[pa.Array, Kinds | None]:
    """A column as text, and what its cells were."""
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    text, kind = _as_text(values)
    if kind is Kind.TEXT or not len(values):
        return pc.fill_null(text, ""), None
    kinds = np.where(values.is_valid().to_numpy(zero_copy_only=False), np.uint8(kind), np.uint8(Kind.TEXT))
    return pc.fill_null(text, ""), kinds


def _as_text(values: pa.Array) -> tuple[pa.Array, Kind]:
    kind = values.type
    if pa.types.is_boolean(kind):
        return pc.if_else(values, "真", "假"), Kind.BOOLEAN
    if pa.types.is_floating(kind):
        return _numbers(values) if pa.types.is_float64(kind) else _narrow(values), Kind.NUMBER
    if pa.types.is_integer(kind):
        return values.cast(pa.string()), Kind.EXACT
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(values.cast(pa.string()), r"\.0+$", ""), Kind.EXACT
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:  # an instant is its day at home
            values = pc.local_timestamp(values.cast(pa.timestamp(kind.unit, _ZONE)))
        local = values.cast(pa.timestamp("s"), safe=False)
        return pc.replace_substring(pc.strftime(local, "%Y-%m-%d %H:%M:%S"), " 00:00:00", ""), Kind.DATE
    if pa.types.is_temporal(kind):
        return values.cast(pa.string()), Kind.DATE
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([None if v is None else text_of(v) for v in values.to_pylist()], pa.string()), Kind.TEXT
    if pa.types.is_nested(kind):
        return pa.array(["" if v is None else str(v) for v in values.to_pylist()], pa.string()), Kind.TEXT
    return values.cast(pa.string()), Kind.TEXT


def _narrow(values: pa.Array) -> pa.Array:
    """Floating point of 32 or 16 bits as text: 420.35 is no 420.3500061 where two decimals are certain.

    What is too large for its last digit to be so keeps an exponent, and staging says that digits are lost.
    """
    is_half = pa.types.is_float16(values.type)
    exact = values.cast(pa.float32()).cast(pa.float64())
    size = pc.abs(exact)
    if not is_half:
        written = values.cast(pa.string()).cast(pa.float64())
        exact = pc.if_else(pc.less(size, _CENTS_UP_TO), written, exact)
    text = _numbers(exact)
    lost = pc.fill_null(
        pc.and_(pc.is_finite(size), pc.greater(size, _WHOLE_IN_HALF if is_half else _WHOLE_IN_32)), False
    )
    if not pc.any(lost).as_py():
        return text
    return pc.replace_with_mask(text, lost, pa.array([f"{v:.6E}" for v in exact.filter(lost).to_pylist()], pa.string()))


def _numbers(values: pa.Array) -> pa.Array:
    """Floating point as a person would write it: whole numbers without a point, nothing with an exponent."""
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), _WHOLE_UP_TO))
    integers = pc.if_else(whole, values, 0.0).cast(pa.int64()).cast(pa.string())
    text = pc.if_else(whole, integers, values.cast(pa.string()))
    odd = pc.fill_null(pc.match_substring(text, "e"), False)
    if not pc.any(odd).as_py():
        return text
    plain = [np.format_float_positional(v, trim="-") for v in values.filter(odd).to_pylist()]
    return pc.replace_with_mask(text, odd, pa.array(plain, pa.string()))
