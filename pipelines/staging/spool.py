"""A delivery's rows on their way: typed rows go to a file of candidates, refused ones are kept until the end."""

from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.errors import Place
from expectations.feed import Feed
from expectations.labels import NO_LABELS, Labels
from expectations.reasons import FAULTS, REASONS, Detail
from pipelines.reading import RawTable, UnreadableFileError
from pipelines.reading.notices import Cause, Notice
from pipelines.reading.units import stated_unit
from pipelines.staging.asides import tell_asides
from pipelines.staging.floated import find_floated_keys
from pipelines.staging.parsing.result import mask
from pipelines.staging.prefetch import prefetched
from pipelines.staging.rows import Aside, Indices, JudgedBatch, Problems, judge_batch
from pipelines.staging.schema import PROBLEMS, quarantined_schema, staged_schema

COMPRESSION = "zstd"

_REASON_NAMES = pa.array([None if r is None else r.value for r in REASONS], pa.string())
_DETAIL_NAMES = pa.array([f.value if isinstance(f, Detail) else None for f in FAULTS], pa.string())

PROBLEM_ROWS = pa.schema(
    [
        pa.field("order", pa.int64()),
        *(field for field in PROBLEMS if field.name != "delivery"),
        pa.field("place", pa.int16()),
    ]
)
"""Problems before they are numbered out: ``order`` is the row's place in the delivery, ``place`` the column's."""


class Spool:
    """Collects what the batches of a delivery give; ``candidates`` holds the rows that passed."""

    def __init__(self, feed: Feed, delivery: str, candidates: Path, labels: Labels = NO_LABELS) -> None:
        """Open the file of candidates; ``labels``: the county's own words."""
        self.feed = feed
        self.labels = labels
        self.delivery = delivery
        self.candidates = candidates
        self.read = 0
        self.totals_or_blank = 0
        self.tables: list[RawTable] = []
        self.notices: list[Notice] = []
        self._orders: list[npt.NDArray[np.uint32]] = []
        self._quarantined: list[pa.Table] = []
        self._problems: list[pa.Table] = []
        self._writer = pq.ParquetWriter(
            candidates, staged_schema(feed), compression=COMPRESSION, write_page_checksum=True
        )

    def __enter__(self) -> "Spool":
        """The spool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._writer.close()

    def take_in(self, table: RawTable, as_of: date, county: str) -> None:
        """Read one table to its end. Raises UnreadableFileError where it breaks off."""
        self.tables.append(table)
        last_data = -1
        floated: frozenset[str] = frozenset()
        asides: list[Aside] = []
        quarantined: list[pa.Table] = []
        problems: list[pa.Table] = []
        for number, batch in enumerate(prefetched(table.batches())):
            if number == 0:
                floated = find_floated_keys(self.feed, table, batch)
            judged = judge_batch(self.feed, table.layout, batch, self.read, as_of, county, floated, self.labels)
            asides += judged.asides
            self.read += len(batch)
            self.totals_or_blank += judged.totals_or_blank
            many_cells = judged.quarantined_order[mask(judged.alone.is_null())]
            last_data = max([last_data, *_last(judged.staged_order), *_last(many_cells)])
            self._stage(table, judged)
            if len(judged.quarantined_order):
                quarantined.append(self._refused(table, judged))
            if len(judged.problems.order):
                problems.append(self._problem_rows(table, batch.rows, self.read - len(batch), judged.problems))
        self._keep_without_notes(table, quarantined, problems, last_data)
        self.notices += tell_asides(self.feed, table, asides)

    def orders(self, candidates: Indices) -> Indices:
        """Places in the delivery of some candidates, by their row numbers (from 0) in the file of candidates."""
        ends = np.cumsum([len(o) for o in self._orders], dtype=np.int64)
        chunks = np.searchsorted(ends, candidates, side="right")
        starts = np.concatenate([[0], ends])
        found = [self._orders[c][i - starts[c]] for c, i in zip(chunks, candidates, strict=True)]
        return np.array(found, dtype=np.int64)

    @property
    def candidate_rows(self) -> int:
        """How many rows passed."""
        return sum(len(o) for o in self._orders)

    def quarantined(self) -> pa.Table:
        """Refused rows with their ``order``."""
        schema = quarantined_schema(self.feed).append(pa.field("order", pa.int64()))
        return pa.concat_tables([schema.empty_table(), *self._quarantined])

    def problems(self) -> pa.Table:
        """Problems as PROBLEM_ROWS, in order."""
        return pa.concat_tables([PROBLEM_ROWS.empty_table(), *self._problems])

    def _stage(self, table: RawTable, judged: JudgedBatch) -> None:
        if len(judged.staged_order):
            provenance = self._provenance(table, judged.staged_rows)
            batch = pa.record_batch([*judged.staged, *provenance], schema=staged_schema(self.feed))
            self._writer.write_batch(batch)
            self._orders.append(judged.staged_order.astype(np.uint32))

    def _refused(self, table: RawTable, judged: JudgedBatch) -> pa.Table:
        schema = (
            quarantined_schema(self.feed).append(pa.field("order", pa.int64())).append(pa.field("alone", pa.string()))
        )
        provenance = self._provenance(table, judged.quarantined_rows)
        return pa.table(
            [
                *judged.quarantined,
                *provenance,
                judged.quarantined_reason,
                judged.unreadable,
                pa.array(judged.quarantined_order),
                judged.alone,
            ],
            schema=schema,
        )

    def _provenance(self, table: RawTable, rows: npt.NDArray[np.int64]) -> list[pa.Array]:
        return [
            pa.repeat(pa.scalar(self.delivery, pa.string()), len(rows)),
            pa.repeat(pa.scalar(table.file, pa.string()), len(rows)),
            pa.repeat(pa.scalar(table.sheet, pa.string()), len(rows)),
            pa.array(rows),
        ]

    def _problem_rows(
        self, table: RawTable, rows: npt.NDArray[np.int64], first_order: int, problems: Problems
    ) -> pa.Table:
        count = len(problems.order)
        columns = pa.array(problems.column)
        names = pa.array([c.name for c in self.feed.columns], pa.string())
        headings = pa.array([_heading(table, c.name, c.title) for c in self.feed.columns], pa.string())
        return pa.table(
            [
                pa.array(problems.order),
                pc.if_else(pa.array(problems.row_scope), "row", "value"),
                pa.repeat(pa.scalar(table.file, pa.string()), count),
                pa.repeat(pa.scalar(table.sheet, pa.string()), count),
                pa.array(rows[problems.order - first_order]),
                names.take(columns),
                headings.take(columns),
                _REASON_NAMES.take(pa.array(problems.reason)),
                pa.array(problems.first),
                problems.value,
                _DETAIL_NAMES.take(pa.array(problems.reason)),
                columns,
            ],
            schema=PROBLEM_ROWS,
        )

    def _keep_without_notes(
        self, table: RawTable, quarantined: list[pa.Table], problems: list[pa.Table], last_data: int
    ) -> None:
        """Keep what was refused; rows with one cell below the last data are notes and not refused at all."""
        notes: list[Indices] = []
        for part in quarantined:
            order = part["order"].to_numpy()
            note = mask(part["alone"].is_valid()) & (order > last_data)
            _refuse_unit_in_notes(table, part.filter(pa.array(note)))
            notes.append(order[note])
            self._quarantined.append(part.drop_columns(["alone"]).filter(pa.array(~note)))
        below = np.concatenate(notes) if notes else np.array([], dtype=np.int64)
        self.totals_or_blank += len(below)
        for part in problems:
            kept = part if not len(below) else part.filter(pa.array(~np.isin(part["order"].to_numpy(), below)))
            self._problems.append(kept)


def _refuse_unit_in_notes(table: RawTable, notes: pa.Table) -> None:
    """A note below the data that says 万元 comes too late for amounts that nothing else gives a unit."""
    bare = [h.text for h in table.layout.columns.values() if h.is_money and h.unit is None]
    if not bare:
        return
    told = notes.filter(pc.match_substring(notes["alone"], "元"))
    for text, row in zip(told["alone"].to_pylist(), told["_row"].to_pylist(), strict=True):
        unit = stated_unit(text)
        if unit is not None and unit.scale != 1:
            raise UnreadableFileError(
                f"表下的说明写有金额单位“{unit.text}”，而列名没有写明单位。"
                f"请在以下各列的列名后写明单位，例如“{bare[0]}（{unit.text}）”，然后重新报送：{'、'.join(bare)}",
                reason=Cause.UNKNOWN_UNIT,
                where=Place(row=row),
            )


def _last(orders: Indices) -> list[int]:
    return [int(orders[-1])] if len(orders) else []


def _heading(table: RawTable, name: str, title: str) -> str:
    found = table.layout.columns.get(name)
    return found.text if found else title
