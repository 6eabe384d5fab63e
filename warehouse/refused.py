"""What was refused in the current deliveries of a county, as far as it can be read: whom a refused row is about.

A row in quarantine carries the values that could be read although another column cost it its place; a refused value
leaves a hole in a row that is there. Both are one row here, with the values by which findings are known.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.feed import Feed
from warehouse.current import Conformed, CurrentFeed, Part

UNREADABLE: Final = "_unreadable"
"""Column of quarantined rows: names, joined by commas, of the columns that hold what was sent instead of a value."""

LINKS: Final = (
    "household_no",
    "certificate_no",
    "case_no",
    "relocation_no",
    "student_no",
    "month",
    "school_year",
    "term",
    "item",
)
"""Columns by which findings are known, beside people: each feed has some of them."""

REFUSED: Final = pa.schema(
    [
        ("county", pa.string()),
        ("feed", pa.string()),
        ("refused", pa.string()),
        ("keyless", pa.bool_()),
        ("before", pa.bool_()),
        ("row_key", pa.string()),
        ("person_id", pa.string()),
        ("name", pa.string()),
        *((link, pa.string()) for link in LINKS),
    ]
)
"""One row a refused row or value: ``refused`` is the value's column, null for a whole row; ``keyless`` where the
number that it stands under cannot be read, ``row_key`` is its own key joined by ``|``, null where it is not whole.
``before``: it was refused in the book of M*, which but some rules read."""


@dataclass(frozen=True)
class Refusals:
    """What was refused in a county (REFUSED), and whom that may concern (TOUCHED of expectations/terms/refusals.py).

    ``beside``: the current rows of its feeds, beside which it was refused.
    """

    rows: pa.Table
    touched: pa.Table
    beside: Mapping[str, CurrentFeed]


_READ: Final = ("_file", "_sheet", "_row")


def refused_in(conformed: Conformed, columns: Collection[tuple[str, str]]) -> pa.Table:
    """REFUSED of a county: quarantined rows, and the rows in which one of ``columns`` (feed, column) was refused.

    Of the book of M* no value decides that may be missing.
    """
    pieces = [piece for current in conformed.heard.values() for piece in _of_feed(current, columns)]
    pieces += [piece for half in conformed.before.values() for piece in _of_feed(half, (), before=True)]
    table = pa.concat_tables([_NOTHING, *pieces])
    return table.set_column(0, "county", pa.repeat(pa.scalar(conformed.county, pa.string()), len(table)))


_NOTHING: Final = REFUSED.empty_table()


def _of_feed(current: CurrentFeed, columns: Collection[tuple[str, str]], before: bool = False) -> Iterator[pa.Table]:
    asked = sorted(column for feed, column in columns if feed == current.feed.name)
    newer: set[tuple[str, ...]] = set()
    for part in current.parts:
        for rows in (_quarantined(part), *(_with_hole(part, current.feed, column) for column in asked)):
            if rows is not None and len(said := _still_said(rows, current.feed, newer)):
                yield _marks(said, current.feed, before)
        newer.update(part.periods or ())


def _quarantined(part: Part) -> pa.Table | None:
    """Quarantined rows of a delivery with what can be read; None where there are none."""
    if not pq.read_metadata(part.refused_path).num_rows:
        return None
    rows = _readable(pq.read_table(part.refused_path))
    return rows.append_column("refused", pa.nulls(len(rows), pa.string()))


def _readable(rows: pa.Table) -> pa.Table:
    """Quarantined rows without what was sent instead of a value; those of an older release say nothing of it."""
    if UNREADABLE not in rows.column_names:
        return rows
    spoilt = pc.binary_join_element_wise("", pc.fill_null(rows[UNREADABLE], ""), "", ",")
    for place, name in enumerate(rows.column_names):
        if not name.startswith("_"):
            hidden = pc.match_substring(spoilt, f",{name},")
            rows = rows.set_column(place, name, pc.if_else(hidden, pa.scalar(None, pa.string()), rows[name]))
    return rows


def read_refused(path: Path, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """What can be read of ``columns`` in the quarantined rows of a delivery; nothing where these were erased."""
    if not path.exists() or not pq.read_metadata(path).num_rows:
        return []
    rows: list[dict[str, str | None]] = _readable(pq.read_table(path)).select(list(columns)).to_pylist()
    return rows


def _with_hole(part: Part, feed: Feed, column: str) -> pa.Table | None:
    """Staged rows of a delivery in which the value of ``column`` was refused; None where there are none."""
    if part.problems_path is None or not pq.read_metadata(part.problems_path).num_rows:
        return None
    holes = pq.read_table(
        part.problems_path,
        columns=["file", "sheet", "row"],
        filters=[("scope", "=", "value"), ("column", "=", column)],
    )
    if not len(holes):
        return None
    wanted = {tuple(row.values()) for row in holes.to_pylist()}
    names = [name for name in (c.name for c in feed.columns) if name in _told(feed)]
    rows = pq.read_table(part.path, columns=[*names, *_READ], filters=[("_row", "in", sorted({r for *_, r in wanted}))])
    places = zip(*(rows[name].to_pylist() for name in _READ), strict=True)
    rows = rows.filter(pa.array([place in wanted for place in places], pa.bool_())).drop_columns(list(_READ))
    texts = [rows[name].cast(pa.string()) for name in names]
    return pa.table([*texts, pa.repeat(pa.scalar(column), len(rows))], names=[*names, "refused"])


def _told(feed: Feed) -> set[str]:
    """Columns of a feed that say whom a row is about."""
    return {*LINKS, *feed.key, *feed.identity_columns, *(feed.name_beside(c) for c in feed.identity_columns)}


def _still_said(rows: pa.Table, feed: Feed, newer: Collection[tuple[str, ...]]) -> pa.Table:
    """Rows but those of a period that a newer delivery supplies."""
    if not newer:
        return rows
    periods = zip(*(rows[column].to_pylist() for column in feed.accumulates_by), strict=True)
    return rows.filter(pa.array([period not in newer for period in periods], pa.bool_()))


def _marks(rows: pa.Table, feed: Feed, before: bool) -> pa.Table:
    size = len(rows)
    number = feed.identity_columns[0] if feed.identity_columns else None
    given: dict[str, Any] = {
        "county": pa.nulls(size, pa.string()),
        "feed": pa.repeat(pa.scalar(feed.name), size),
        "refused": rows["refused"],
        "keyless": pc.is_null(rows[_stands_under(feed)]),
        "before": pa.repeat(pa.scalar(before), size),
        "row_key": _key_of(rows, feed),
        "person_id": None if number is None else rows[number],
        "name": None if number is None else rows[feed.name_beside(number)],
    }
    for link in LINKS:
        given[link] = rows[link] if link in rows.column_names else None
    return pa.table(
        [pa.nulls(size, pa.string()) if given[name] is None else given[name] for name in REFUSED.names], schema=REFUSED
    )


def _stands_under(feed: Feed) -> str:
    """The number that a row is found by: of its household or certificate, else the first of its own key."""
    groups = (name for name in ("household_no", "certificate_no") if name in feed.by_name)
    return next((name for name in groups if feed[name].must_be_there), feed.key[0])


def _key_of(rows: pa.Table, feed: Feed) -> pa.ChunkedArray | pa.Array:
    """The row's key as text."""
    return pc.binary_join_element_wise(*(rows[name] for name in feed.key), "|")
