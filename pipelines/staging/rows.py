"""What becomes of each row of a batch: staged, quarantined, or counted as a total or blank."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Column, Feed, Name, YesNo
from expectations.labels import NO_LABELS, Labels
from expectations.reasons import REASONS, Detail, Reason
from pipelines.reading import Layout, RawBatch
from pipelines.reading.notices import Cause
from pipelines.staging.masking import mask_refused
from pipelines.staging.parsing import arrow_type, clean, normalise_names, parse_column, parse_identity_numbers
from pipelines.staging.parsing.words import NOTHING_CODES

BoolMask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

_WORTH_THREADS = 10_000
_BLANK = r"^[\s\p{Z}\x{200B}-\x{200F}\x{2060}\x{FEFF}]*$"
_TOTAL = r"^[\s\p{Z}\x{FEFF}]*(?:[合小总]|本[\s\p{Z}]*页[\s\p{Z}]*合)[\s\p{Z}]*计"
_BLANK_CODES = (Reason.MISSING.code, Detail.WORD_FOR_NOTHING.code)
_OPEN = (Reason.ERROR_VALUE, Reason.NO_CACHED_VALUE, Detail.WORD_FOR_NOTHING, Detail.NO_FIGURE, Detail.UNDECODABLE)
_OPEN_CODES = tuple(f.code for f in _OPEN)
_REASON_LABELS = pa.array([None if r is None else r.value for r in REASONS], pa.string())


@dataclass(frozen=True)
class Problems:
    """Problems of some rows: one entry a refused cell. ``order`` is the row's place in the delivery."""

    order: Indices
    column: npt.NDArray[np.int16]
    reason: npt.NDArray[np.uint8]
    row_scope: BoolMask
    first: BoolMask
    value: pa.Array


@dataclass(frozen=True)
class Aside:
    """Rows of a batch in which a column holds something that is taken and should be told: ``cause`` says what."""

    cause: Cause
    column: int
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True)
class JudgedBatch:
    """A batch after its rows were checked one by one.

    ``staged``: canonical columns, each with what stands beside it (no provenance yet); ``staged_order`` and
    ``quarantined_order``: places in the delivery; ``quarantined``: canonical text columns; ``unreadable``: which of
    these hold what was sent instead; ``alone``: the one cell of quarantined rows that have no other (null for the
    rest), which are notes where no data stand below them.
    """

    staged: list[pa.Array]
    staged_order: Indices
    staged_rows: Indices
    quarantined: list[pa.Array]
    quarantined_order: Indices
    quarantined_rows: Indices
    quarantined_reason: pa.Array
    unreadable: pa.Array
    alone: pa.Array
    problems: Problems
    totals_or_blank: int
    asides: tuple[Aside, ...] = ()


def judge_batch(
    feed: Feed,
    layout: Layout,
    batch: RawBatch,
    first_order: int,
    as_of: date,
    county: str,
    floated: Collection[str] = (),
    labels: Labels = NO_LABELS,
) -> JudgedBatch:
    """Check every row of a batch by itself; ``first_order`` is the place of its first row in the delivery.

    ``floated``: text keys that went through floating point as a whole. ``labels``: the county's own words.
    """
    order = np.arange(first_order, first_order + len(batch), dtype=np.int64)
    data = ~_totals_or_blank(batch)
    if feed.totals_are_rows:
        data |= _keyed(feed, layout, batch)
    dropped = len(batch) - int(np.count_nonzero(data))
    if dropped:
        batch, order = batch.keep(data), order[data]
    cells = _parse_cells(feed, layout, batch, as_of, county, floated, labels)
    must = np.array([c.must_be_there and not c.is_identity_number for c in feed.columns])
    _require_where(feed, cells)
    _bound(feed, cells)
    if batch.overflowing is not None and batch.overflowing.any():
        # values beyond the last heading: they may have slipped to the right, so none of the row is trusted
        anchor = cells[int(np.argmax(must))].reasons
        anchor[batch.overflowing & (anchor == 0)] = Detail.SURPLUS_CELLS.code
    reasons = np.stack([c.reasons for c in cells]) if len(batch) else np.zeros((len(cells), 0), dtype=np.uint8)
    asides = _asides(cells, reasons, must, batch.rows)
    # a blank, or a word for it, is a problem only where a value is required
    reasons[np.isin(reasons, _BLANK_CODES) & ~must[:, None]] = 0
    refused = ((reasons != 0) & must[:, None]).any(axis=0)
    if batch.longer is not None:
        # blank cells beyond the last heading are nothing by themselves, and the cause of what is wrong before them
        reasons[int(np.argmax(must)), batch.longer & refused] = Detail.SURPLUS_CELLS.code
    good = np.flatnonzero(~refused)
    bad = np.flatnonzero(refused)
    return JudgedBatch(
        staged=_staged(feed, cells, good, len(batch)),
        staged_order=order[good],
        staged_rows=batch.rows[good],
        quarantined=_quarantined(feed, layout, batch, cells, bad),
        quarantined_order=order[bad],
        quarantined_rows=batch.rows[bad],
        quarantined_reason=_REASON_LABELS.take(pa.array(_first_reasons(reasons, must, bad))),
        unreadable=_unreadable(feed, reasons, bad),
        alone=_alone(batch, bad),
        problems=_problems(feed, layout, batch, reasons, must, refused, order),
        totals_or_blank=dropped,
        asides=asides,
    )


@dataclass(frozen=True)
class _Cells:
    """A parsed column: typed values, reasons, what is staged beside (``Column.beside``), dates with a time of day."""

    values: pa.Array
    reasons: npt.NDArray[np.uint8]
    beside: pa.Array | None = None
    clock: BoolMask | None = None


def _parse_cells(
    feed: Feed, layout: Layout, batch: RawBatch, as_of: date, county: str, floated: Collection[str], labels: Labels
) -> list[_Cells]:
    def cells_of(column: Column) -> _Cells:
        heading = layout.columns.get(column.name)
        if heading is None:  # an optional column that the file does not have
            blank = np.full(len(batch), Reason.MISSING.code, dtype=np.uint8)
            return _Cells(pa.nulls(len(batch), arrow_type(column)), blank, _nothing_beside(column, len(batch)))
        raw, kinds = batch.columns[heading.position], batch.kinds[heading.position]
        if column.is_identity_number:
            found = parse_identity_numbers(raw, kinds, as_of)
            return _Cells(found.values, found.faults, found.problems)
        parsed = parse_column(
            column,
            raw,
            kinds=kinds,
            heading=heading,
            as_of=as_of,
            county=county,
            floated=column.name in floated,
            words=labels.of(column.name),
        )
        sent = _nothing_beside(column, len(batch)) if parsed.sent is None else parsed.sent
        return _Cells(parsed.values, parsed.reasons.copy(), sent, parsed.clock)

    if len(batch) < _WORTH_THREADS:
        return [cells_of(c) for c in feed.columns]
    with ThreadPoolExecutor(max_workers=2) as pool:  # Arrow and numpy let go of the interpreter while they work
        return list(pool.map(cells_of, feed.columns))


def _asides(
    cells: list[_Cells], reasons: npt.NDArray[np.uint8], must: BoolMask, rows: npt.NDArray[np.int64]
) -> tuple[Aside, ...]:
    """What is no problem and should be told all the same."""
    out = []
    for i, cell in enumerate(cells):
        if cell.clock is not None:
            out.append(Aside(Cause.TIME_OF_DAY, i, rows[cell.clock]))
        words = reasons[i] == Detail.WORD_FOR_NOTHING.code
        if not must[i] and words.any():
            out.append(Aside(Cause.WORD_FOR_NOTHING, i, rows[words]))
    return tuple(out)


def _require_where(feed: Feed, cells: list[_Cells]) -> None:
    """Mark blanks that another column's value does not allow."""
    places = {c.name: i for i, c in enumerate(feed.columns)}
    for i, column in enumerate(feed.columns):
        if column.required_where is None:
            continue
        other = cells[places[column.required_where.column]].values
        asked = pc.is_in(other, value_set=pa.array(column.required_where.values, pa.string()))
        blank = np.isin(cells[i].reasons, NOTHING_CODES)
        cells[i].reasons[blank & np.asarray(asked.to_numpy(zero_copy_only=False), dtype=np.bool_)] = (
            Reason.MISSING_CONDITIONAL.code
        )


def _bound(feed: Feed, cells: list[_Cells]) -> None:
    """Refuse amounts above the column that bounds them."""
    places = {c.name: i for i, c in enumerate(feed.columns)}
    for i, column in enumerate(feed.columns):
        if column.at_most is None:
            continue
        above = pc.fill_null(pc.greater(cells[i].values, cells[places[column.at_most]].values), False)
        mask = np.asarray(above.to_numpy(zero_copy_only=False), dtype=np.bool_)
        if mask.any():
            values = pc.if_else(above, pa.scalar(None, cells[i].values.type), cells[i].values)
            reasons = cells[i].reasons
            reasons[mask] = Reason.OUT_OF_RANGE.code
            cells[i] = replace(cells[i], values=values)


def _totals_or_blank(batch: RawBatch) -> BoolMask:
    """Rows without any cell, and rows whose first non-blank cell begins with a word for a total."""
    out = np.zeros(len(batch), dtype=np.bool_)
    left = np.arange(len(batch))
    for column in batch.columns:
        if not len(left):
            return out
        part = column if len(left) == len(batch) else column.take(pa.array(left))
        total = _mask(pc.match_substring_regex(part, _TOTAL))
        out[left[total]] = True
        left = left[_blank(part)]
    out[left] = True
    return out


def _keyed(feed: Feed, layout: Layout, batch: RawBatch) -> BoolMask:
    """Rows in which every cell of the key is given."""
    places = [layout.columns[name].position for name in feed.key]
    return np.asarray(np.all([~_blank(batch.columns[place]) for place in places], axis=0), dtype=np.bool_)


def is_blank(batch: RawBatch) -> BoolMask:
    """Rows without any cell."""
    return np.asarray(np.all([_blank(column) for column in batch.columns], axis=0), dtype=np.bool_)


def _blank(cells: pa.Array) -> BoolMask:
    """Which cells hold nothing but blanks; most are not even short."""
    short = pc.less_equal(pc.binary_length(cells), 60)
    if not pc.any(short).as_py():
        return np.zeros(len(cells), dtype=np.bool_)
    return _mask(pc.match_substring_regex(cells, _BLANK))


def _alone(batch: RawBatch, bad: Indices) -> pa.Array:
    """Of the rows ``bad``: the cell of those that have one non-blank cell, null for the others."""
    chosen = pa.array(bad)
    count = np.zeros(len(bad), dtype=np.int32)
    text = pa.nulls(len(bad), pa.string())
    for column in batch.columns:
        cells = column.take(chosen)
        filled = ~_blank(cells)
        count += filled
        text = pc.if_else(pa.array(filled), cells, text)
    return pc.if_else(pa.array(count == 1), text, pa.scalar(None, pa.string()))


def _staged(feed: Feed, cells: list[_Cells], good: Indices, rows: int) -> list[pa.Array]:
    chosen = None if len(good) == rows else pa.array(good)
    out = []
    for cell in cells:
        out.append(cell.values if chosen is None else cell.values.take(chosen))
        if cell.beside is not None:
            out.append(cell.beside if chosen is None else cell.beside.take(chosen))
    return out


def _nothing_beside(column: Column, rows: int) -> pa.Array | None:
    return None if column.beside is None else pa.nulls(rows, pa.string())


def _quarantined(
    feed: Feed,
    layout: Layout,
    batch: RawBatch,
    cells: list[_Cells],
    bad: Indices,
) -> list[pa.Array]:
    """Refused rows as text: the value as staged where it was fine, else what stood there, trimmed."""
    chosen = pa.array(bad)
    out = []
    for i, column in enumerate(feed.columns):
        heading = layout.columns.get(column.name)
        values = cells[i].values.take(chosen)
        if heading is None or column.is_identity_number:
            out.append(values.cast(pa.string()))
            continue
        raw = batch.columns[heading.position].take(chosen)
        text = normalise_names(raw) if isinstance(column.type, Name) else clean(raw)
        staged = pc.if_else(values, "是", "否") if isinstance(column.type, YesNo) else values.cast(pa.string())
        text = pc.coalesce(staged, text)
        out.append(pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text))
    return out


def _unreadable(feed: Feed, reasons: npt.NDArray[np.uint8], bad: Indices) -> pa.Array:
    """Of each refused row the columns with a problem, joined by commas."""
    wrong = reasons[:, bad] != 0
    names = [
        pc.if_else(pa.array(wrong[i]), pa.scalar(column.name), pa.scalar(None, pa.string()))
        for i, column in enumerate(feed.columns)
        if wrong[i].any()
    ]
    if not names:
        return pa.nulls(len(bad), pa.string())
    return pc.binary_join_element_wise(*names, ",", null_handling="skip")


def _first_reasons(reasons: npt.NDArray[np.uint8], must: BoolMask, bad: Indices) -> npt.NDArray[np.uint8]:
    """For each refused row the reason of its first key or required column."""
    rows = (reasons[:, bad] != 0) & must[:, None]
    return np.asarray(reasons[:, bad][rows.argmax(axis=0), np.arange(len(bad))], dtype=np.uint8)


def _problems(
    feed: Feed,
    layout: Layout,
    batch: RawBatch,
    reasons: npt.NDArray[np.uint8],
    must: BoolMask,
    refused: BoolMask,
    order: Indices,
) -> Problems:
    rows, columns = np.nonzero(reasons.T)  # by row, then declared column
    row_scope = must[columns]
    decisive = row_scope & refused[rows]
    _, firsts = np.unique(rows[decisive], return_index=True)
    first = np.zeros(len(rows), dtype=np.bool_)
    first[np.flatnonzero(decisive)[firsts]] = True
    return Problems(
        order=order[rows],
        column=columns.astype(np.int16),
        reason=reasons[columns, rows],
        row_scope=row_scope,
        first=first,
        value=_shown(feed, layout, batch, reasons, rows, columns),
    )


def _shown(
    feed: Feed,
    layout: Layout,
    batch: RawBatch,
    reasons: npt.NDArray[np.uint8],
    rows: Indices,
    columns: Indices,
) -> pa.Array:
    """The refused cells' text, as the data team may see it."""
    if not len(rows):
        return pa.array([], pa.string())
    pieces, places = [], []
    for i in np.unique(columns):
        column: Column = feed.columns[i]
        at = np.flatnonzero(columns == i)
        heading = layout.columns.get(column.name)
        if heading is None:
            pieces.append(pa.array([""] * len(at), pa.string()))
        else:
            text = clean(batch.columns[heading.position].take(pa.array(rows[at])))
            # a word for nothing or an error value is nobody's
            open_to_all = pa.array(np.isin(reasons[i, rows[at]], _OPEN_CODES))
            pieces.append(pc.if_else(open_to_all, text, mask_refused(text, feed.name, column.name)))
        places.append(at)
    back = np.empty(len(rows), dtype=np.int64)
    back[np.concatenate(places)] = np.arange(len(rows))
    return pa.concat_arrays(pieces).take(pa.array(back))


def _mask(array: pa.Array) -> BoolMask:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)
