"""CSV as departments export it: comma, tab or semicolon, titles above, notes below, rows of uneven length.

A row is a record: a quoted line break does not begin a new one, as in the spreadsheet in which people look it up.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from expectations.feed import Feed
from pipelines.reading.decoding import Utf8Stream, decoded, detect_encoding
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.explaining import explain_header, explain_no_header
from pipelines.reading.headers import Header, find_header
from pipelines.reading.merged import filled_from_left
from pipelines.reading.tables import HEADER_SEARCH_ROWS, MAX_COLUMNS, Opened, RawBatch, RawTable

_DELIMITERS = (",", "\t", ";")
_SAMPLE_CHARACTERS = 1 << 20
_BLOCK_BYTES = 4 << 20
_SWALLOWED_LINES = 50


@dataclass(frozen=True)
class _Sample:
    """The first records as one delimiter cuts them, and how many characters each takes with those before it."""

    delimiter: str
    records: list[list[str]]
    ends: list[int]
    header: Header | None


def open_delimited(path: Path, name: str, feed: Feed) -> Opened:
    """The one table of a delimited file; raises UnreadableFileError."""
    encoding = detect_encoding(path)
    text, whole = _beginning(path, encoding)
    samples = [_cut(text, whole, delimiter, feed) for delimiter in _DELIMITERS]
    best = max(samples, key=lambda s: len(s.header.columns) if s.header else 0)
    header = best.header
    if header is None:
        return Opened(problems=(explain_no_header(feed, name, None),))
    if len(header.texts) > MAX_COLUMNS:
        raise UnreadableFileError(f"列数过多（{len(header.texts)}列，最多{MAX_COLUMNS}列）。请删除多余的列后重新报送")
    if problems := explain_header(header, name, None):
        return Opened(problems=problems)
    below = best.records[header.last + 1 :]
    lengths = [len(r) for r in below if len(r) > 1]
    width = max(set(lengths), key=lambda n: (lengths.count(n), n)) if lengths else len(header.texts)
    if width > MAX_COLUMNS:
        raise UnreadableFileError(f"列数过多（{width}列，最多{MAX_COLUMNS}列）。请删除多余的列后重新报送")

    def batches() -> Iterator[RawBatch]:
        stream = Utf8Stream(path, encoding, best.ends[header.last])
        return _read(stream, best.delimiter, width, max(width, len(header.texts)), header.last + 1)

    return Opened(tables=(RawTable(name, None, header.layout(), batches),))


def _beginning(path: Path, encoding: str) -> tuple[str, bool]:
    """The first characters of a file, and whether they are all of it."""
    pieces: list[str] = []
    length = 0
    for piece in decoded(path, encoding):
        pieces.append(piece)
        length += len(piece)
        if length > _SAMPLE_CHARACTERS:
            return "".join(pieces)[:_SAMPLE_CHARACTERS], False
    return "".join(pieces), True


def _cut(text: str, whole: bool, delimiter: str, feed: Feed) -> _Sample:
    """The first records of a text; one that the end of the sample may have cut is left out."""
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for line in io.StringIO(text, newline=""):
            read += len(line)
            yield line

    records: list[list[str]] = []
    ends: list[int] = []
    try:
        for record in islice(csv.reader(lines(), delimiter=delimiter), 2 * HEADER_SEARCH_ROWS):
            records.append(record)
            ends.append(read)
    except csv.Error:
        pass_over = len(records)  # a record too long for a header: what stands above it can still be one
        records, ends = records[:pass_over], ends[:pass_over]
    if not whole and ends and ends[-1] == len(text):
        records, ends = records[:-1], ends[:-1]
    head = records[:HEADER_SEARCH_ROWS]
    narrow = [row[: MAX_COLUMNS + 1] for row in head]
    return _Sample(delimiter, records, ends, find_header(feed, narrow, [filled_from_left(row) for row in narrow]))


def _read(stream: Utf8Stream, delimiter: str, width: int, full: int, above: int) -> Iterator[RawBatch]:
    """Batches of ``full`` columns; ``above`` records stand before the first. Rows of another length are padded."""
    odd: list[tuple[int, str]] = []

    def keep_odd(row: pacsv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [str(i) for i in range(width)]
    try:
        reader = pacsv.open_csv(
            pa.PythonFile(stream, mode="r"),
            pacsv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES, use_threads=False),
            pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_odd
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise UnreadableFileError(_unreadable(error)) from error
    done = 0  # records that have been given out, odd ones among them
    with reader:
        while True:
            try:
                block = reader.read_next_batch()
            except StopIteration:
                break
            except pa.ArrowInvalid as error:
                raise UnreadableFileError(_unreadable(error)) from error
            batch, done, odd[:] = _merge(block.columns, block.num_rows, odd, done, full, delimiter, above)
            _refuse_swallowed_lines(batch, delimiter)
            if len(batch):
                yield batch
    if odd:
        batch, done, _ = _merge([pa.array([], pa.string())] * width, 0, odd, done, full, delimiter, above)
        _refuse_swallowed_lines(batch, delimiter)
        yield batch


def _merge(
    columns: Sequence[pa.Array],
    rows: int,
    odd: Sequence[tuple[int, str]],
    done: int,
    full: int,
    delimiter: str,
    above: int,
) -> tuple[RawBatch, int, list[tuple[int, str]]]:
    """A block with the odd rows that stand within it or right behind it put back in their places.

    The reader parses ahead, so ``odd`` may hold rows of later blocks: they are given back.
    """
    numbers = np.array([n for n, _ in odd], dtype=np.int64)
    before = numbers - 1 - done - np.arange(len(odd))  # regular rows of this block that stand before each odd row
    here = int(np.count_nonzero(before <= rows))
    blank = pa.array([""] * rows, pa.string())
    padded = [*columns, *[blank] * (full - len(columns))]
    total = rows + here
    numbers_seen = np.arange(above + done + 1, above + done + total + 1, dtype=np.int64)
    if here == 0:
        return RawBatch(tuple(padded), (None,) * full, numbers_seen), done + total, list(odd)
    cells = [_cells(text, delimiter) for _, text in odd[:here]]
    overflowing, longer = np.zeros(total, dtype=np.bool_), np.zeros(total, dtype=np.bool_)
    is_odd = np.zeros(total, dtype=np.bool_)
    is_odd[before[:here] + np.arange(here)] = True
    overflowing[is_odd] = [any(c.strip() for c in row[full:]) for row in cells]
    longer[is_odd] = [len(row) > full for row in cells]
    order = np.empty(total, dtype=np.int64)
    order[~is_odd] = np.arange(rows)
    order[is_odd] = rows + np.arange(here)
    merged = tuple(
        pa.concat_arrays([c, pa.array([r[i] if i < len(r) else "" for r in cells], pa.string())]).take(pa.array(order))
        for i, c in enumerate(padded)
    )
    return RawBatch(merged, (None,) * full, numbers_seen, overflowing, longer), done + total, list(odd[here:])


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise UnreadableFileError("有一行过长，或者有引号没有成对。请改正后重新报送") from error


def _refuse_swallowed_lines(batch: RawBatch, delimiter: str) -> None:
    """A cell that holds lines and a row's worth of delimiters is a quote without its partner: rows are lost in it."""
    for column in batch.columns:
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest <= len(batch.columns):
            continue
        lines = pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
        if not lines.any():
            continue
        cells = pc.count_substring(column, delimiter).to_numpy(zero_copy_only=False)
        swallowed = (lines > _SWALLOWED_LINES) | ((lines > 0) & (cells >= max(2, len(batch.columns) - 1)))
        if swallowed.any():
            row = batch.rows[int(np.argmax(swallowed))]
            raise UnreadableFileError(f"第{row}行有一个引号没有成对，其后的行都被并入一个单元格。请改正引号后重新报送")


def _unreadable(error: Exception) -> str:
    if "straddling" in str(error) or "block" in str(error):
        return "有一行过长，或者有引号没有成对。请改正后重新报送"
    return "表格结构无法识别（可能有引号没有成对）。请另存为标准的CSV文件后重新报送"
