"""A run undone: what it did to the ledger taken back by further events, and the findings as they stood before it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.transitions import BOOK_SCHEMA
from warehouse.books.datasets import Dataset, digests_of, kept_until_recorded, ledger_of, recorded
from warehouse.books.deliveries import unclaim
from warehouse.books.runs import Run, mark_touched, mark_withdrawn, newest_recorded, recorded_before
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


ANSWERED: Final = "此后已有人办理，问题与办理结果保留"
"""How it ends for a finding that stays where people have put it since."""


@dataclass(frozen=True)
class Undone:
    """A run that counts no more, and the run that is the newest now.

    ``moved`` and ``found`` count findings that stand as before it and that are gone; ``kept`` those that it had moved
    or found and that stay where people have put them since.
    """

    run: Run
    moved: int
    found: int
    newest: Run | None
    kept: int = 0


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

    What people did since to findings that it had moved or found stays, and the findings with it: those that only this
    run had shown go over to the run before it. Raises RefusedError where it is not the newest, where what was before it
    was not kept, and where findings must go over and there is no run before it.
    """
    why = f"{UNDOING}{run.id}：{reason}"
    with books.connect() as connection:
        newest = recorded_before(connection, _need_newest(connection, lake, run))
        kept = pq.read_table(recorded(connection, lake, run.id, Dataset.BEFORE))
        touched, acted = _since(connection, run, int((kept.schema.metadata or {})[_HEAD]))
        before = {row["finding_id"]: row for row in kept.to_pylist()}
        now = {r.finding_id: dict(r._mapping) for r in _rows(connection, run.county)}
    stay = acted & touched & now.keys()
    gone = sorted(now.keys() - before.keys() - acted)
    moved = sorted((touched - acted) & before.keys())
    with _going_over(books, lake, run, newest, {i: now[i] for i in sorted(stay)}), books.begin() as connection:
        _restore(connection, before, now, set(moved), gone)
        if newest is not None and stay:
            _belong_to(connection, newest, sorted(stay - before.keys()))
            mark_touched(connection, newest.id, at, digests_of(connection, lake, newest.id, (Dataset.LEDGER,)))
        back = {finding_id: before[finding_id] for finding_id in moved}
        append_events(connection, run.county, _events(run, actor, on, why, now, back, [*gone, *moved]))
        append_events(connection, run.county, _events(run, actor, on, f"{why}；{ANSWERED}", now, now, sorted(stay)))
        note_brakes(connection, run.id, ())
        unclaim(connection, run.id)
        mark_withdrawn(connection, run.id, at, f"{actor.who}：{reason}")
    return Undone(run, len(moved), len(gone), newest, len(stay))


def _need_newest(connection: Connection, lake: Lake, run: Run) -> Run:
    newest = newest_recorded(connection, run.county)
    if newest is None or newest.id != run.id:
        told = f"the newest one of {run.county} is {newest.id}" if newest else "the ledger holds none"
        raise RefusedError(f"run {run.id} is not the newest that was recorded", why=told)
    if not lake.before(run.id).exists():
        raise RefusedError(
            f"run {run.id} cannot be undone",
            why="it was recorded by an earlier release, which did not keep what was before it",
        )
    return newest


def _rows(connection: Connection, county: str) -> Iterator[Any]:
    yield from connection.execute(select(findings).where(findings.c.county == county))


def _since(connection: Connection, run: Run, head: int) -> tuple[set[str], set[str]]:
    """Findings that the run moved or that were sent out since, and those to which people did anything since.

    A sending by hand is undone as the run's own is.
    """
    events = finding_events
    query = select(events.c.finding_id, events.c.run, events.c.to_state, events.c.answer).where(
        events.c.county == run.county, events.c.seq > head
    )
    touched: set[str] = set()
    acted: set[str] = set()
    for finding_id, of_run, to_state, answer in connection.execute(query):
        of_the_run = of_run == run.id or (to_state == State.DISPATCHED and answer is None)
        (touched if of_the_run else acted).add(finding_id)
    return touched, acted


@contextmanager
def _going_over(
    books: Engine, lake: Lake, run: Run, newest: Run | None, rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[None]:
    """The ledger of the run before with the findings that stay, by their rows in the books, until the block has ended.

    What it has of a finding already it keeps; where only the undone run has shown it, all of it is taken over.
    """
    if not rows:
        yield
        return
    if newest is None:
        raise RefusedError(
            f"run {run.id} cannot be undone",
            why=f"it is the only one of {run.county}, and people have acted on what it found ({len(rows)}), "
            f"which would be lost: {', '.join(sorted(rows)[:5])}",
            advice="run the night again with the right day and policy: what is no longer found is closed then",
        )
    older = pq.read_table(ledger_of(books, lake, newest.id))
    undone = pq.read_table(ledger_of(books, lake, run.id))
    stands = pa.Table.from_pylist([dict(row) for row in rows.values()], schema=_STANDS)
    said = [name for name in _STANDS.names if name != "finding_id"]
    with kept_until_recorded(books, lake, newest.id):
        with over_arrow(older=older, undone=undone, stands=stands) as connection:
            table = connection.execute(
                f"""WITH shown AS (
                    SELECT * FROM older
                    UNION ALL BY NAME
                    SELECT * REPLACE (?::DATE AS first_seen, ?::DATE AS last_seen) FROM undone
                    SEMI JOIN stands USING (finding_id) ANTI JOIN older USING (finding_id)
                )
                SELECT shown.* EXCLUDE ({", ".join(said)}), {", ".join(f"stands.{name}" for name in said)}
                FROM shown JOIN stands USING (finding_id)
                UNION ALL BY NAME SELECT * FROM shown ANTI JOIN stands USING (finding_id)
                ORDER BY rule, subject_key, period""",
                [newest.as_of, newest.as_of],
            ).to_arrow_table()
        with atomic_path(lake.ledger(newest.id)) as temporary:
            pq.write_table(table.select(older.column_names), temporary, compression="zstd")
        yield


_STANDS: Final = pa.schema(
    [BOOK_SCHEMA.field(name) for name in ("finding_id", "state", "batch", "dispatched_on", "due_on", "days_left")]
)
"""What a ledger says of where people have put a finding."""


def _belong_to(connection: Connection, run: Run, ids: Collection[str]) -> None:
    """Findings that only the undone run had shown: the run before it answers for them until a night sees them."""
    one = findings.c.finding_id == bindparam("_finding_id")
    if ids:
        seen = {"first_seen": run.as_of, "last_seen": run.as_of, "last_run": run.id}
        connection.execute(update(findings).where(one).values(seen), [{"_finding_id": i} for i in ids])


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
    """The rows as they were; what people did since stays, and of it only what a night says is as it was."""
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
