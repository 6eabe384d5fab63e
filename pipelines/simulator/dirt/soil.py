"""Dirties a clean table: refused cells, conflicts and repeats first, then harmless forms on what is left."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from pipelines.simulator.arrays import Bools, Ints
from pipelines.simulator.dirt.forms import NUMERIC, RECOVERABLE, REFUSED, SPOILED, Form
from pipelines.simulator.parameters import DirtRates
from pipelines.simulator.people import check_characters

ROW, VALUE, IDENTITY = "row", "value", "identity"

Hashes = npt.NDArray[np.uint64]
MASK: Final = 2**64 - 1
GOLDEN: Final = 0x9E3779B97F4A7C15
MENDED_ONE_IN: Final = 8
"""In any month one row of eight is drawn anew: some that were wrong are right, and some others wrong."""


@dataclass
class Soiled:
    """A table as a department wrote it: text by canonical column name, and which cells hold numbers."""

    feed: Feed
    columns: dict[str, pa.Array]
    numeric: dict[str, Ints] = field(default_factory=dict)
    touched: list[tuple[Ints, str, str, str | None, str]] = field(default_factory=list)
    """Rows, column, kind, reason (None: recoverable), scope."""
    keys: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    """What names each row for people, as the clean table has it."""

    def __len__(self) -> int:
        return len(self.columns[self.feed.columns[0].name])

    def note(self, rows: Ints, column: str, kind: str, reason: str | None, scope: str = "") -> None:
        """Remember what was done to rows."""
        if len(rows):
            self.touched.append((rows, column, kind, reason, scope))


def soil(feed: Feed, clean: pa.Table, seed: int, as_of: date, rates: DirtRates, *, workbook: bool) -> Soiled:
    """Dirty a clean table (canonical columns) at realistic rates; ``workbook``: cells may hold numbers.

    What is wrong in a book mostly stays wrong until somebody mends it: the same rows are hit month after month.
    """
    columns = {name: pc.fill_null(clean[name].combine_chunks().cast(pa.string()), "") for name in clean.column_names}
    keys = pc.binary_join_element_wise(*(columns[name] for name in feed.label_columns), "|")
    s = Soiled(feed, columns, keys=keys)
    free = np.ones(len(s), dtype=bool)
    lot = Lot(feed.name, keys, seed, as_of)
    _refuse_rows(s, lot, rates, free, workbook)
    _refuse_values(s, lot, rates, free, workbook)
    _spoil_numbers(s, lot, rates, free, workbook)
    _contradict(s, lot, rates, free)
    _repeat(s, lot, rates, free)
    _vary(s, np.random.Generator(np.random.PCG64([*lot.habit, as_of.toordinal()])), rates)
    return s


class Lot:
    """Which rows of a feed something befalls: by their keys, so that a row that was wrong last month is wrong again."""

    def __init__(self, feed: str, keys: pa.Array, seed: int, as_of: date) -> None:
        self.habit = (seed, zlib.crc32(feed.encode()))
        self._month = as_of.toordinal()
        self._rows = hash_array(keys.to_numpy(zero_copy_only=False), hash_key=f"{seed & MASK:016x}", categorize=False)

    def draw(self, step: str) -> Hashes:
        """A number for each row: the same every month, but for the rows that are drawn anew."""
        lasting, passing, mended = (
            hash_array(self._rows ^ np.uint64(zlib.crc32(f"{step} {of}".encode()) * GOLDEN & MASK))
            for of in ("always", self._month, f"mended {self._month}")
        )
        numbers: Hashes = np.where(mended % MENDED_ONE_IN == 0, passing, lasting)
        return numbers

    def order(self, step: str, ways: int) -> Ints:
        """The ways of being wrong in an order that is the department's own."""
        return np.random.Generator(np.random.PCG64([*self.habit, zlib.crc32(step.encode())])).permutation(ways)


def change(column: pa.Array, rows: Ints, texts: Iterable[str]) -> pa.Array:
    """The column with other texts at rows."""
    if not len(rows):
        return column
    index = np.arange(len(column))
    index[rows] = len(column) + np.arange(len(rows))
    return pa.concat_arrays([column, pa.array(list(texts), pa.string())]).take(pa.array(index))


def _take(lot: Lot, step: str, free: Bools, share: float, at_least: int = 0) -> Ints:
    """Free rows as the lot falls, which are free no more."""
    candidates = np.flatnonzero(free)
    count = min(max(at_least if share and len(free) >= 150 else 0, int(share * len(free))), len(candidates) // 4)
    rows = candidates[np.argsort(lot.draw(step)[candidates], kind="stable")[:count]]
    free[rows] = False
    return rows


def _write(s: Soiled, rows: Ints, column: Column, form: Form, scope: str) -> Ints:
    """Apply a form to the rows that it fits; returns these."""
    texts = s.columns[column.name].take(pa.array(rows)).to_pylist()
    written = [(row, form.write(text, column)) for row, text in zip(rows.tolist(), texts, strict=True) if text]
    done = np.array([row for row, text in written if text is not None], dtype=np.int64)
    s.columns[column.name] = change(s.columns[column.name], done, [t for _, t in written if t is not None])
    if form.numeric:
        s.numeric[column.name] = np.concatenate([s.numeric.get(column.name, done[:0]), done])
    s.note(done, column.name, form.name, form.reason, scope)
    return done


def _deal(rows: Ints, ways: int) -> list[Ints]:
    """The rows dealt out in turn."""
    return [rows[way::ways] for way in range(ways)]


def _refused(workbook: bool) -> list[Form]:
    """A workbook cannot hold control characters."""
    return [form for form in REFUSED if not (workbook and form.name == "control character")]


def _refuse_rows(s: Soiled, lot: Lot, rates: DirtRates, free: Bools, workbook: bool) -> None:
    """One wrong cell in a key or required column costs the row."""
    choices = [
        (column, form)
        for column in s.feed.columns
        for form in _refused(workbook)
        if column.must_be_there and not column.is_identity_number and form.fits(column)
    ]
    rows = _take(lot, "row", free, rates.refused_rows, 1)
    order = lot.order("row", len(choices))
    for way, some in zip(order, _deal(rows, len(choices)), strict=True):
        column, form = choices[way]
        _write(s, some, column, form, ROW)


def _refuse_values(s: Soiled, lot: Lot, rates: DirtRates, free: Bools, workbook: bool) -> None:
    """One wrong cell in another column costs the value."""
    choices = [
        (column, form)
        for column in s.feed.columns
        for form in _refused(workbook)
        if not column.must_be_there and form.fits(column) and (form.reason != "missing" or column.required_where)
    ]
    for column in s.feed.columns:
        if column.at_most:
            _exceed(s, _take(lot, column.name, free, rates.refused_values / 4, 1), column, column.at_most)
    if not choices:
        return
    rows = _take(lot, "value", free, rates.refused_values, 1)
    order = lot.order("value", len(choices))
    for way, some in zip(order, _deal(rows, len(choices)), strict=True):
        column, form = choices[way]
        if form.reason == "missing":
            _blank_where_required(s, some, column)
        else:
            _write(s, some, column, form, VALUE)


def _exceed(s: Soiled, rows: Ints, column: Column, bound: str) -> None:
    bounds = s.columns[bound].take(pa.array(rows)).to_pylist()
    s.columns[column.name] = change(s.columns[column.name], rows, [f"{Decimal(b) + 1:.2f}" for b in bounds])
    s.note(rows, column.name, f"more than {bound}", "out_of_range", ROW if column.must_be_there else VALUE)


def _blank_where_required(s: Soiled, rows: Ints, column: Column) -> None:
    where = column.required_where
    if where is None:
        return
    others = s.columns[where.column].take(pa.array(rows)).to_pylist()
    asked = rows[np.array([other in where.values for other in others], dtype=bool)]
    s.columns[column.name] = change(s.columns[column.name], asked, [""] * len(asked))
    s.note(asked, column.name, "blank where another column asks for it", "missing_conditional", VALUE)


def _spoil_numbers(s: Soiled, lot: Lot, rates: DirtRates, free: Bools, workbook: bool) -> None:
    forms = [*SPOILED, *NUMERIC] if workbook else list(SPOILED)
    columns = [c for c in s.feed.columns if c.is_identity_number]
    choices = [(column, form) for column in columns for form in forms]
    if not choices:
        return
    rows = _take(lot, "number", free, rates.spoiled_numbers, 1)
    for way, some in zip(lot.order("number", len(choices)), _deal(rows, len(choices)), strict=True):
        column, form = choices[way]
        done = _write(s, some, column, form, IDENTITY if form.reason else "")
        free[np.setdiff1d(some, done)] = True


def _contradict(s: Soiled, lot: Lot, rates: DirtRates, free: Bools) -> None:
    """A second row with the same key and another content: neither can be trusted."""
    column = next(
        (c for kind in (Money, YesNo, Code) for c in s.feed.columns
         if isinstance(c.type, kind) and c.required and not c.key),
        None,
    )  # fmt: skip
    if column is None:
        return  # what is not in the key may be blank, or is a person's or a place's name
    keyed = [c.name for c in s.feed.columns if c.key and isinstance(c.type, IdentityNumber)]
    numbered = np.ones(len(s), dtype=bool)
    for name in keyed:
        numbered &= has_valid_number(s.columns[name])
    candidates = free & numbered
    rows = _take(lot, "conflict", candidates, rates.conflicts, 0)
    free[rows] = False
    if not len(rows):
        return
    texts = s.columns[column.name].take(pa.array(rows)).to_pylist()
    start = len(s)
    _append(s, rows)
    new = np.arange(start, start + len(rows))
    s.columns[column.name] = change(s.columns[column.name], new, [_other(text, column) for text in texts])
    for some in (rows, new):
        s.note(some, column.name, "same key, other content", "conflicting_key", ROW)


def _other(text: str, column: Column) -> str:
    match column.type:
        case Money():
            return f"{Decimal(text) + 10:.2f}"
        case YesNo():
            return "否" if text == "是" else "是"
        case Code(codes=codes):
            return codes.labels[(codes.labels.index(text) + 1) % len(codes.labels)]
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Integer()
            | Year()
            | Month()
            | Date()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            raise TypeError(f"{column.name} has no other value")
        case never:
            assert_never(never)


def has_valid_number(numbers: pa.Array) -> Bools:
    """Which texts are identity numbers with a right check character."""
    whole = pc.match_substring_regex(numbers, "^[0-9]{17}[0-9X]$")
    first = pc.if_else(whole, pc.utf8_slice_codeunits(numbers, 0, 17), "0").cast(pa.int64())
    right = pc.equal(pc.utf8_slice_codeunits(numbers, 17, 18), check_characters(first.to_numpy()))
    found: Bools = pc.and_(whole, right).to_numpy(zero_copy_only=False)
    return found


def _repeat(s: Soiled, lot: Lot, rates: DirtRates, free: Bools) -> None:
    """The same row twice."""
    rows = _take(lot, "repeat", free, rates.repeats, 1)
    start = len(s)
    _append(s, rows)
    s.note(np.arange(start, start + len(rows)), "", "repeated row", None)


def _append(s: Soiled, rows: Ints) -> None:
    s.keys = pa.concat_arrays([s.keys, s.keys.take(pa.array(rows))])
    for name, column in s.columns.items():
        s.columns[name] = pa.concat_arrays([column, column.take(pa.array(rows))])


def _vary(s: Soiled, rng: np.random.Generator, rates: DirtRates) -> None:
    """Harmless forms on a share of the cells that nothing else has befallen."""
    refused: dict[str, list[Ints]] = {}
    for rows, name, _, _, _ in s.touched:
        if name:
            refused.setdefault(name, []).append(rows)
    for column in s.feed.columns:
        forms = [form for form in RECOVERABLE if form.fits(column)]
        chosen = rng.random(len(s)) < rates.varied_cells
        for rows in refused.get(column.name, []):
            chosen[rows] = False
        rows = rng.permutation(np.flatnonzero(chosen))
        for form, some in zip(forms, _deal(rows, len(forms)), strict=True):
            _write(s, np.sort(some), column, form, "")
