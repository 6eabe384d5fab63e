"""The raw form of what departments send: text columns with row numbers, before anything is judged."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.reading.cells import Kinds
from pipelines.reading.notices import Notice
from pipelines.reading.units import Unit

BoolMask = npt.NDArray[np.bool_]

BATCH_ROWS = 65_536
"""Rows that are handled at once: bounds memory, and is enough for vectorised work to pay."""

HEADER_SEARCH_ROWS = 200
"""How far down a header row is looked for."""

MAX_CHARACTERS = 32_767
"""No spreadsheet holds more in a cell."""

MAX_TEXT = 2 << 30
"""Bytes of text in all cells of a file: a small file can say one long text many times."""

MAX_COLUMNS = 1_000
"""More columns than this are no department's table."""


@dataclass(frozen=True)
class Heading:
    """Where a declared column stands: its heading as in the file, its position, and the unit of its amounts.

    ``unit`` is None where none is stated anywhere: then it is the declared one. ``is_money``: it holds amounts.
    ``later_epoch``: days as numbers count from 1904.
    """

    text: str
    position: int
    unit: Unit | None = None
    is_money: bool = False
    later_epoch: bool = False

    @property
    def scale(self) -> int:
        """What an amount without a unit of its own is multiplied by."""
        return 1 if self.unit is None or self.unit.scale is None else self.unit.scale


@dataclass(frozen=True)
class Layout:
    """A header that was found: declared columns by canonical name, extra headings, and the row of the header.

    ``twins``: positions that claim one column with equal right. ``left``: how many columns of the sheet stand before
    position 0. ``stated``: where units come from that no heading has, for people.
    """

    columns: Mapping[str, Heading]
    extra: tuple[str, ...]
    row: int
    twins: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    left: int = 0
    stated: str = ""


@dataclass(frozen=True)
class RawBatch:
    """Some consecutive rows of a table.

    ``columns``: string arrays by position, no nulls, a blank cell is ``""``. ``kinds``: by position, what the cells
    were (None: text, all of them). ``rows``: the row numbers that the department sees. ``overflowing``:
    rows with values beyond the header's last column, where values may have slipped. ``longer``: rows with blank cells
    there: if something in them is wrong, they have slipped.
    """

    columns: tuple[pa.Array, ...]
    kinds: tuple[Kinds | None, ...]
    rows: npt.NDArray[np.int64]
    overflowing: BoolMask | None = None
    longer: BoolMask | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def keep(self, mask: BoolMask) -> "RawBatch":
        """The rows where ``mask`` is true."""
        chosen = pa.array(mask)
        return RawBatch(
            tuple(c.filter(chosen) for c in self.columns),
            tuple(None if k is None else k[mask] for k in self.kinds),
            self.rows[mask],
            None if self.overflowing is None else self.overflowing[mask],
            None if self.longer is None else self.longer[mask],
        )


@dataclass(frozen=True)
class RawTable:
    """One sheet (or a whole file) that has the feed's headings. ``batches`` reads it from the start."""

    file: str
    sheet: str | None
    layout: Layout
    batches: Callable[[], Iterator[RawBatch]]


@dataclass(frozen=True)
class Opened:
    """What is in a file: tables with all required headings, else the problems; warnings beside."""

    tables: tuple[RawTable, ...] = ()
    problems: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
