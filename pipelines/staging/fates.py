"""What became of one row of a file, whatever it was: from what staging left behind, else by reading the row again.

Staging keeps the rows that it staged and refused; that a row was a total, a note or a repeat it only counts. Who asks
for one reads it in the file as it was kept, and nothing has to be written down for every delivery.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.feed import Feed
from expectations.reasons import Reason
from pipelines.reading import RawBatch, RawTable, UnreadableFileError
from pipelines.reading.arrival import Arrival
from pipelines.staging.conflicts import as_text
from pipelines.staging.contents import Contents, open_contents
from pipelines.staging.floated import find_floated_keys
from pipelines.staging.rows import is_blank, judge_batch
from pipelines.staging.schema import staged_schema
from pipelines.staging.scratch import scratch
from warehouse.books.deliveries import Delivery, Event
from warehouse.lake import Lake
from warehouse.sql import literal

_MOST_OTHERS: Final = 20
"""Of a conflict: more rows than these nobody looks up one by one."""

_CONFLICTING: Final = f" AND s._reason = {literal(Reason.CONFLICTING_KEY.value)}"


class Fate(StrEnum):
    """What can become of a row."""

    STAGED = "staged"
    REFUSED = "refused"
    REPEATED = "repeated"
    TOTAL = "total"
    BLANK = "blank"
    NOTE = "note"
    HEADER = "header"
    WHOLE = "rejected_whole"
    UNREAD = "unread"
    ABSENT = "absent"
    GONE = "gone"


@dataclass(frozen=True)
class RowPlace:
    """A row as a department finds it."""

    file: str
    sheet: str | None
    row: int


@dataclass(frozen=True)
class RowFate:
    """What became of a row. ``others``: the row that it repeats, or those that it contradicts; ``last``: the file's."""

    place: RowPlace
    fate: Fate
    others: tuple[RowPlace, ...] = ()
    last: int | None = None


@dataclass(frozen=True)
class _Asked:
    """A row of a delivery that is asked for, and where the delivery's rows lie."""

    feed: Feed
    delivery: Delivery
    row: int
    staged: Path
    refused: Path


def tell_fates(
    lake: Lake, feed: Feed, delivery: Delivery, row: int, *, file: str = "", sheet: str | None = None
) -> list[RowFate]:
    """What became of that row in each sheet of the delivery's files, or of the one file (its base name) and sheet.

    A file that could not be read, or that is no longer kept, says so in place of its rows.
    """
    where = (feed.name, delivery.county, delivery.id)
    asked = _Asked(feed, delivery, row, lake.staged(*where), lake.quarantined_rows(*where))
    paths = tuple(lake.original(one.sha256) for one in delivery.files)
    names = tuple(one.name for one in delivery.files)
    if delivery.status == Event.ERASED or not all(path.exists() for path in paths):
        return [RowFate(RowPlace(file or name, sheet, row), Fate.GONE) for name in names if not file or name == file]
    kept = Arrival(feed.name, delivery.county, delivery.as_of, paths, names)
    with TemporaryDirectory() as scratch, open_contents(kept, feed, Path(scratch)) as contents:
        return list(_in_contents(asked, contents, file, sheet))


def is_file(name: str, file: str) -> bool:
    """Whether a file is the one that is meant: by its whole name, or as a member of a zip (``outer.zip/inner.csv``)."""
    return file in {name, *name.split("/")}


def _in_contents(asked: _Asked, contents: Contents, file: str, sheet: str | None) -> Iterator[RowFate]:
    tables = [t for t in contents.tables if (not file or is_file(t.file, file)) and sheet in {None, t.sheet}]
    for table in tables:
        yield _in_table(asked, table)
    if tables:
        return
    read = [t for t in contents.tables if not file or is_file(t.file, file)]
    names = [one.name for one in asked.delivery.files if not file or is_file(one.name, file)] or [file]
    fate = Fate.UNREAD if read or not contents.problems else Fate.WHOLE
    for name in dict.fromkeys(t.file for t in read) or names:
        yield RowFate(RowPlace(name, sheet, asked.row), fate)


def _in_table(asked: _Asked, table: RawTable) -> RowFate:
    place = RowPlace(table.file, table.sheet, asked.row)
    if _stands_in(asked.staged, place):
        return RowFate(place, Fate.STAGED)
    if _stands_in(asked.refused, place):
        return RowFate(place, Fate.REFUSED, tuple(_contradicted(asked, place)))
    if asked.row <= table.layout.row:
        return RowFate(place, Fate.HEADER)
    try:
        return _read_again(asked, table, place)
    except UnreadableFileError:
        return RowFate(place, Fate.WHOLE)


def _stands_in(rows: Path, place: RowPlace) -> bool:
    if not rows.exists():
        return False
    provenance = ["_file", "_sheet", "_row"]
    found = pq.read_table(rows, columns=provenance, filters=[("_row", "=", place.row)]).to_pylist()
    return {"_file": place.file, "_sheet": place.sheet, "_row": place.row} in found


def _read_again(asked: _Asked, table: RawTable, place: RowPlace) -> RowFate:
    """Read as far as the row, and judge it as staging did."""
    floated: frozenset[str] = frozenset()
    last = table.layout.row
    for number, batch in enumerate(table.batches()):
        if number == 0:
            floated = find_floated_keys(asked.feed, table, batch)
        at = np.flatnonzero(batch.rows == asked.row)
        if len(at):
            return _judge(asked, table, place, batch.keep(batch.rows == asked.row), floated)
        last = max(last, int(batch.rows[-1])) if len(batch) else last
        if last > asked.row:
            return RowFate(place, Fate.BLANK)  # the reader left it out
    return RowFate(place, Fate.ABSENT, last=last)


def _judge(asked: _Asked, table: RawTable, place: RowPlace, row: RawBatch, floated: frozenset[str]) -> RowFate:
    feed, delivery = asked.feed, asked.delivery
    if delivery.as_of is None:
        return RowFate(place, Fate.WHOLE)
    judged = judge_batch(feed, table.layout, row, 0, delivery.as_of, delivery.county, floated, delivery.labels)
    if judged.totals_or_blank:
        return RowFate(place, Fate.BLANK if is_blank(row).all() else Fate.TOTAL)
    if len(judged.quarantined_order):
        return RowFate(place, Fate.NOTE if judged.alone[0].is_valid else Fate.WHOLE)
    names = staged_schema(feed).names[: len(judged.staged)]
    typed = pa.table(judged.staged, names=names).select([*(c.name for c in feed.columns), *_telling(feed)])
    same = _first_alike(asked, typed)
    return RowFate(place, Fate.REPEATED, (same,)) if same is not None else RowFate(place, Fate.WHOLE)


def _first_alike(asked: _Asked, typed: pa.Table) -> RowPlace | None:
    """The first row that is equal in all columns, staged or refused for contradicting another."""
    texts = pa.table({c.name: as_text(typed[c.name]) for c in asked.feed.columns})
    for rows, one, more in ((asked.staged, typed, ""), (asked.refused, texts, _CONFLICTING)):
        if rows.exists():
            there = set(pq.read_schema(rows).names)  # an older release kept no words for labels
            names = [name for name in one.column_names if name in there]
            alike = " AND ".join(f's."{name}" IS NOT DISTINCT FROM o."{name}"' for name in names)
            found = _places(rows, f"JOIN one o ON {alike}{more}", 1, one=one)
            if found:
                return found[0]
    return None


def _telling(feed: Feed) -> list[str]:
    """Staged words by which rows are told apart, though their labels are one."""
    return [c.beside for c in feed.columns if c.told_as_sent and c.beside]


def _contradicted(asked: _Asked, place: RowPlace) -> list[RowPlace]:
    """The other rows under the key of a refused row, where it was refused for them."""
    one = pq.read_table(asked.refused, filters=[("_row", "=", place.row)])
    one = one.filter(pa.array([r == (place.file, place.sheet) for r in _files_of(one)], pa.bool_()))
    if Reason.CONFLICTING_KEY.value not in one["_reason"].to_pylist():
        return []
    key = " AND ".join(f's."{name}" IS NOT DISTINCT FROM o."{name}"' for name in asked.feed.key)
    found = _places(asked.refused, f"JOIN one o ON {key}{_CONFLICTING}", _MOST_OTHERS + 1, one=one)
    return [other for other in found if other != place][:_MOST_OTHERS]


def _files_of(rows: pa.Table) -> list[tuple[str, str | None]]:
    return list(zip(rows["_file"].to_pylist(), rows["_sheet"].to_pylist(), strict=True))


def _places(rows: Path, joined: str, most: int, *, one: pa.Table) -> list[RowPlace]:
    """Places of the rows of a Parquet file that a join with ``one`` leaves, in the file's order."""
    source = f"read_parquet({literal(rows)}, file_row_number = true)"
    with scratch() as connection:
        connection.register("one", one)
        found: list[tuple[Any, ...]] = connection.execute(
            f"SELECT s._file, s._sheet, s._row FROM {source} s {joined} ORDER BY s.file_row_number LIMIT {most}"
        ).fetchall()
    return [RowPlace(file, sheet, row) for file, sheet, row in found]
