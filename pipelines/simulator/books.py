"""A department's book in memory: plain arrays, changed by row, and shown as the columns of a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Feed
from pipelines.simulator.arrays import NO_MONEY, NONE, Bools, Ints, day
from pipelines.simulator.people import People


@dataclass(frozen=True)
class Shown:
    """How one feed column is shown from one array of the book (``source``)."""

    source: str


@dataclass(frozen=True)
class PersonNumber(Shown):
    """The identity number of the person with that index."""


@dataclass(frozen=True)
class PersonName(Shown):
    """The name of the person with that index."""


@dataclass(frozen=True)
class StudentNumber(Shown):
    """学籍号: G and the identity number."""


@dataclass(frozen=True)
class CardNumber(Shown):
    """残疾人证号: the identity number, then the digits of category and level (indexes in ``category``, ``level``)."""

    category: str
    level: str


@dataclass(frozen=True)
class Birth(Shown):
    """The person's birth date, shifted by the days in ``shift``; null where ``shift`` is NONE."""

    shift: str


@dataclass(frozen=True)
class Serial(Shown):
    """``prefix`` and ``base`` + value: the numbers of households, members, certificates and cases; null where NONE."""

    prefix: str
    base: int


@dataclass(frozen=True)
class Label(Shown):
    """A word by its index; null where NONE."""

    labels: tuple[str, ...]

    def index(self, label: str) -> int:
        """The index of a word."""
        return self.labels.index(label)


@dataclass(frozen=True)
class Fen(Shown):
    """Money kept in fen, shown in yuan; null where NO_MONEY."""


@dataclass(frozen=True)
class Day(Shown):
    """A date; null where NaT."""


@dataclass(frozen=True)
class Whole(Shown):
    """A whole number; null where NONE."""


@dataclass(frozen=True)
class YesNo(Shown):
    """是 where 1, 否 where 0; null where NONE."""


@dataclass
class Book:
    """Rows of one feed: ``arrays`` by name, all of one length, and ``shown`` by feed column.

    Rows keep their position for as long as the book lives; dropped ones only leave when it is shown.
    """

    feed: Feed
    people: People
    arrays: dict[str, Any]
    shown: dict[str, Shown]
    kept: Bools = field(init=False)
    said: dict[str, list[tuple[Ints, pa.Array]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every declared column must be shown, and nothing else."""
        missing = set(self.feed.by_name) ^ set(self.shown)
        if missing:
            raise ValueError(f"{self.feed.name}: columns and book differ in {sorted(missing)}")
        self.kept = np.ones(len(next(iter(self.arrays.values()))), dtype=bool)

    def __getitem__(self, array: str) -> Any:
        """One array, rows that were dropped included."""
        return self.arrays[array]

    def rows(self, array: str, values: Ints) -> Ints:
        """All kept rows that hold one of ``values`` in an index array, in book order."""
        column: Ints = self.arrays[array]
        if not len(column) or not len(values):
            return np.zeros(0, dtype=np.int64)
        wanted = np.zeros(int(max(column.max(), values.max())) + 1, dtype=bool)
        wanted[values] = True
        return np.flatnonzero((column >= 0) & self.kept & wanted[np.maximum(column, 0)])

    def row_of(self, array: str, values: Ints) -> Ints:
        """For each of the (distinct) values its first kept row; KeyError where one has none."""
        rows = self.rows(array, values)
        column: Ints = self.arrays[array]
        first = np.full(int(values.max(initial=0)) + 1, NONE, dtype=np.int64)
        first[column[rows[::-1]]] = rows[::-1]
        found: Ints = first[values]
        if (found < 0).any():
            raise KeyError(f"{self.feed.name}: no row of {array} {values[found < 0].tolist()[:5]}")
        return found

    def put(self, array: str, rows: Ints, value: Any) -> None:
        """Set an array at rows; a word is looked up in the labels of the column that shows it, a date converted."""
        if isinstance(value, str):
            value = self.code(array, value)
        elif isinstance(value, date):
            value = day(value)
        self.arrays[array][rows] = value

    def code(self, array: str, label: str) -> int:
        """The index of a word in the column that is shown from ``array``."""
        for shown in self.shown.values():
            if isinstance(shown, Label) and shown.source == array:
                return shown.index(label)
        raise KeyError(f"{self.feed.name}: {array} has no labels")

    def drop(self, rows: Ints) -> None:
        """Take rows out."""
        self.kept[rows] = False

    def copy(self, rows: Ints, **changes: Any) -> Ints:
        """Append copies of rows with some arrays changed; returns the new rows."""
        start = len(self.kept)
        new = np.arange(start, start + len(rows), dtype=np.int64)
        for name, array in self.arrays.items():
            self.arrays[name] = np.concatenate([array, array[rows]])
        self.kept = np.concatenate([self.kept, np.ones(len(rows), dtype=bool)])
        for name, value in changes.items():
            self.put(name, new, value)
        return new

    def append(self, **columns: Any) -> Ints:
        """Add rows, every array given as ``put`` takes it; the longest says how many. Returns the new rows."""
        if unequal := set(self.arrays) ^ set(columns):
            raise ValueError(f"{self.feed.name}: rows and book differ in {sorted(unequal)}")
        start, count = len(self.kept), max(value.size for value in columns.values() if isinstance(value, np.ndarray))
        new = np.arange(start, start + count, dtype=np.int64)
        for name, array in self.arrays.items():
            self.arrays[name] = np.concatenate([array, np.zeros(count, dtype=array.dtype)])
        self.kept = np.concatenate([self.kept, np.ones(count, dtype=bool)])
        for name, value in columns.items():
            self.put(name, new, value)
        return new

    def say(self, column: str, rows: Ints, texts: Sequence[str] | pa.Array) -> None:
        """Show other texts in a text column of these rows (what was written is not who is meant)."""
        said = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.string())
        self.said.setdefault(column, []).append((rows, said))

    def show(self, column: str, rows: Ints) -> pa.Array:
        """The column's values at rows, as Arrow shows them in a clean file."""
        values = _show(self.shown[column], self.arrays, rows, self.people)
        said = self.said.get(column)
        if not said or not len(rows):
            return values
        at = np.full(len(self.kept), NONE, dtype=np.int64)
        offset, texts = len(rows), [values]
        for where, text in said:
            at[where] = np.arange(offset, offset + len(where))
            offset += len(where)
            texts.append(text)
        index = np.where(at[rows] >= 0, at[rows], np.arange(len(rows)))
        return pa.chunked_array(texts).combine_chunks().take(pa.array(index))

    def texts(self, column: str, rows: Ints) -> list[str]:
        """The column's values at rows as text, "" for null."""
        return [value or "" for value in self.show(column, rows).cast(pa.string()).to_pylist()]

    def table(self) -> pa.Table:
        """All kept rows under canonical names, in declared order."""
        rows = np.flatnonzero(self.kept)
        return pa.table({column.name: self.show(column.name, rows) for column in self.feed.columns})


def _show(shown: Shown, arrays: dict[str, Any], rows: Ints, people: People) -> pa.Array:
    values = arrays[shown.source][rows]
    match shown:
        case PersonNumber():
            return people.number.take(_nullable(values, values < 0))
        case PersonName():
            return people.name.take(_nullable(values, values < 0))
        case StudentNumber():
            return pc.binary_join_element_wise("G", people.number.take(pa.array(values)), "")
        case CardNumber(category=category, level=level):
            digits = pa.array((arrays[category][rows] + 1) * 10 + arrays[level][rows] + 1).cast(pa.string())
            return pc.binary_join_element_wise(people.number.take(pa.array(values)), digits, "")
        case Birth(shift=shift):
            moved = arrays[shift][rows]
            birth = people.birth[values] + np.maximum(moved, 0).astype("timedelta64[D]")
            return pa.array(birth, pa.date32(), mask=moved == NONE)
        case Serial(prefix=prefix, base=base):
            return pc.binary_join_element_wise(prefix, _nullable(values + base, values < 0).cast(pa.string()), "")
        case Label(labels=labels):
            return pa.array(labels, pa.string()).take(_nullable(values, values < 0))
        case Fen():
            return _money(values)
        case Day():
            return pa.array(values, pa.date32())
        case Whole():
            return _nullable(values, values < 0)
        case YesNo():
            return pa.array(("否", "是")).take(_nullable(values, values < 0))
        case _:
            raise TypeError(f"nothing shows {shown!r}")


def _nullable(values: Ints, null: Bools) -> pa.Array:
    return pa.array(values, mask=null)


def _money(fen: Ints) -> pa.Array:
    """decimal128(12, 2) from whole fen: the 128-bit integers are written as such, without a division."""
    null = fen == NO_MONEY
    wide = np.empty((len(fen), 2), dtype=np.int64)
    wide[:, 0] = np.where(null, 0, fen)
    wide[:, 1] = wide[:, 0] >> 63
    valid = pa.array(~null).buffers()[1] if null.any() else None
    return pa.Array.from_buffers(pa.decimal128(12, 2), len(fen), [valid, pa.py_buffer(wide.tobytes())])
