"""A run undone: what it did to the ledger taken back by further events, and the findings as they stood before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from expectations.errors import RefusedError
from expectations.finding import UNDONE, State
from pipelines.house.actor import Actor
from pipelines.recording.events import append_events
from pipelines.recording.transitions import BOOK_SCHEMA
from warehouse.books.datasets import Dataset, recorded
from warehouse.books.deliveries import unclaim
from warehouse.books.runs import Run, mark_withdrawn, newest_recorded
from warehouse.books.schema import finding_events, findings
from warehouse.books.sendings import note_brakes
from warehouse.lake import Lake, atomic_path

_HEAD: Final = b"head"
_OF_A_NIGHT: Final = (
    "certainty",
    "first_seen",
    "last_seen",
    "last_run",
    "evidence_digest",
    "cleared_by",
    "cleared_because",
)
"""What a night says of a finding without an event; the rest is moved by events alone."""

UNDOING: Final = "撤销比对"
"""How the reason of an event begins that takes back what a run did."""


@dataclass(frozen=True)
class Undone:
    """A run that counts no more: how many findings it had moved or found, and the run that is the newest now."""

    run: Run
    moved: int
    found: int
    newest: Run | None


def keep_before(lake: Lake, run: Run, newest: Run | None, book: pa.Table, head: int) -> None:
    """Keep the county's findings as they stand before a run is recorded; ``head``: the last event's number.

    A run that is recorded again on top of itself goes on: what was before it stays what it was.
    """
    if newest is not None and newest.id == run.id:
        return
    with atomic_path(lake.before(run.id)) as temporary:
        kept = book.replace_schema_metadata({_HEAD: str(head).encode()})
        pq.write_table(kept, temporary, compression="zstd")


def last_event(connection: Connection, county: str) -> int:
    """The number of a county's last event; 0 where there is none."""
    query = select(func.max(finding_events.c.seq)).where(finding_events.c.county == county)
    return int(connection.execute(query).scalar() or 0)


def undo_run(books: Engine, lake: Lake, run: Run, *, actor: Actor, reason: str, on: date, at: datetime) -> Undone:
    """Undo the county's newest recorded run in one transaction; only under the county's lock.

    Raises RefusedError where it is not the newest, where what was before it was not kept, and where people have acted
    on findings that it moved: what they said is not thrown away.
    """
    why = f"{UNDOING}{run.id}：{reason}"
    with books.begin() as connection:
        newest = newest_recorded(connection, run.county)
        if newest is None or newest.id != run.id:
            told = f"the newest one of {run.county} is {newest.id}" if newest else "the ledger holds none"
            raise RefusedError(f"run {run.id} is not the newest that was recorded", why=told)
        if not lake.before(run.id).exists():
            raise RefusedError(
                f"run {run.id} cannot be undone",
                why="it was recorded by an earlier release, which did not keep what was before it",
            )
        kept = pq.read_table(recorded(connection, lake, run.id, Dataset.BEFORE))
        head = int((kept.schema.metadata or {})[_HEAD])
        touched = _touched(connection, run, head)
        before = {row["finding_id"]: row for row in kept.to_pylist()}
        now = {r.finding_id: dict(r._mapping) for r in _rows(connection, run.county)}
        gone = sorted(now.keys() - before.keys())
        moved = sorted(touched & before.keys())
        _restore(connection, before, now, set(moved), gone)
        append_events(connection, run.county, _events(run, actor, on, why, now, before, [*gone, *moved]))
        note_brakes(connection, run.id, ())
        unclaim(connection, run.id)
        mark_withdrawn(connection, run.id, at, f"{actor.who}：{reason}")
        return Undone(run, len(moved), len(gone), newest_recorded(connection, run.county))


def _rows(connection: Connection, county: str) -> Iterator[Any]:
    yield from connection.execute(select(findings).where(findings.c.county == county))


def _touched(connection: Connection, run: Run, head: int) -> set[str]:
    """Findings that the run moved, or that were sent out since: a sending by hand is undone as the run's own is.

    Raises RefusedError where somebody answered or reviewed one of them.
    """
    events = finding_events
    query = select(events.c.finding_id, events.c.run, events.c.to_state, events.c.answer).where(
        events.c.county == run.county, events.c.seq > head
    )
    touched: set[str] = set()
    acted: set[str] = set()
    for finding_id, of_run, to_state, answer in connection.execute(query.order_by(events.c.seq)):
        if of_run == run.id or (to_state == State.DISPATCHED and answer is None):
            touched.add(finding_id)
        elif finding_id in touched:
            acted.add(finding_id)
    if acted:
        raise RefusedError(
            f"run {run.id} cannot be undone",
            why=f"people have acted on findings that it had moved ({len(acted)}), which would be lost: "
            f"{', '.join(sorted(acted)[:5])}",
        )
    return touched


def _events(
    run: Run,
    actor: Actor,
    on: date,
    why: str,
    now: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    ids: Sequence[str],
) -> Iterator[dict[str, Any]]:
    for finding_id in sorted(ids):
        then = before.get(finding_id)
        yield {
            "county": run.county,
            "finding_id": finding_id,
            "run": run.id,
            "on": on,
            "who": actor.who,
            "from_state": now[finding_id]["state"],
            "to_state": then["state"] if then is not None else UNDONE,
            "why": why,
            "evidence_digest": then["evidence_digest"] if then is not None else None,
            "delivery": None,
            "answer": None,
        }


def _restore(
    connection: Connection,
    before: Mapping[str, Mapping[str, Any]],
    now: Mapping[str, Mapping[str, Any]],
    moved: set[str],
    gone: Sequence[str],
) -> None:
    """The rows as they were; of findings that the run did not move, what people did to them since stays."""
    one = findings.c.finding_id == bindparam("_finding_id")
    if gone:
        connection.execute(delete(findings).where(one), [{"_finding_id": finding_id} for finding_id in gone])
    if lost := [row for finding_id, row in before.items() if finding_id not in now]:
        connection.execute(insert(findings), lost)
    names = [name for name in BOOK_SCHEMA.names if name not in {"finding_id", "county", "rule", "period"}]
    rows = [
        {f"_{name}": (then if finding_id in moved or name in _OF_A_NIGHT else now[finding_id])[name] for name in names}
        | {"_finding_id": finding_id}
        for finding_id, then in before.items()
        if finding_id in now
    ]
    if rows:
        connection.execute(update(findings).where(one).values({name: bindparam(f"_{name}") for name in names}), rows)
