"""Verifying a county's books: the ledger's chain and the journal over it, and that all else follows from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from expectations.finding import UNDONE
from pipelines.recording.answerers import is_nameless
from pipelines.recording.answers import answer_digest
from pipelines.recording.events import read_events
from warehouse.books import journal
from warehouse.books.chain import FIRST, STANDING, digest_of, plain_digest_of
from warehouse.books.datasets import unsound
from warehouse.books.deliveries import Event
from warehouse.books.journal import Entry, Kind
from warehouse.books.keyed import keyed_digest, keys_of
from warehouse.books.schema import answers, findings
from warehouse.digests import keyed_one
from warehouse.keys import Use


@dataclass(frozen=True)
class LedgerCheck:
    """What a look at one county's books found.

    ``broken``: ``seq`` of events that do not follow from the one before. ``astray``: findings whose state, order of
    states, batch or deadline does not follow from their events. ``altered``: digests of answers whose text is another
    one. ``unvouched``: what the journal does not vouch for as it is now, or vouches for and is not there: its own
    entries, deliveries, runs with their rules and with what they wrote to the lake, the ledger's end. ``lost``:
    digests that somebody had noted (``head``) and that are in neither chain: an end was cut off, or all was written
    anew.
    """

    county: str
    events: int
    broken: tuple[int, ...]
    astray: tuple[str, ...]
    altered: tuple[str, ...]
    head: str
    unvouched: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered."""
        return not (self.broken or self.astray or self.altered or self.unvouched or self.lost)


def verify_ledger(books: Engine, county: str, noted: Collection[str] = ()) -> LedgerCheck:
    """Follow the county's chains from their first entries; ``noted``: digests that must be in one of them."""
    broken: list[int] = []
    astray: set[str] = set()
    last: dict[str, Mapping[str, Any] | None] = {}
    with books.connect() as connection:
        entries = list(journal.entries(connection, county))
        events = list(read_events(connection, county))
        sealed = _sealed(connection, entries, events)
        previous = FIRST
        for count, event in enumerate(events, start=1):
            follows = event["seq"] == count and event["previous"] == previous
            # an old event whose name went when it was sealed has the digest that it had with it
            vouched = event["seq"] <= sealed and (
                is_nameless(event) or event["digest"] == plain_digest_of(event, previous)
            )
            if not follows or not (vouched or event["digest"] == digest_of(connection, event, previous)):
                broken.append(int(event["seq"]))
            before = last.get(event["finding_id"])
            if (before["to_state"] if before else None) != event["from_state"]:
                astray.add(event["finding_id"])
            last[event["finding_id"]] = event if event["to_state"] != UNDONE else None
            previous = event["digest"]
        kept = {row["finding_id"]: row for row in _findings(connection, county)}
        altered = _altered(connection, county)
        unvouched = [*_unvouched(connection, county, entries), *_ends(entries, events)]
    told = {finding_id: event for finding_id, event in last.items() if event is not None}
    astray |= {i for i in kept.keys() | told.keys() if not _agree(kept.get(i), told.get(i))}
    digests = {FIRST, *(event["digest"] for event in events), *(entry.digest for entry in entries)}
    lost = sorted(set(noted) - digests)
    head = entries[-1].digest if entries else FIRST
    return LedgerCheck(
        county, len(events), tuple(broken), tuple(sorted(astray)), altered, head, tuple(unvouched), tuple(lost)
    )


def _findings(connection: Connection, county: str) -> list[Mapping[str, Any]]:
    columns = [findings.c[name] for name in ("finding_id", "state", *STANDING)]
    query = select(*columns).where(findings.c.county == county)
    return [dict(row._mapping) for row in connection.execute(query)]


def _agree(row: Mapping[str, Any] | None, event: Mapping[str, Any] | None) -> bool:
    """Whether a finding stands as its last event says."""
    if row is None or event is None:
        return row is event
    return row["state"] == event["to_state"] and all(row[name] == event[name] for name in STANDING)


def _altered(connection: Connection, county: str) -> tuple[str, ...]:
    query = select(answers).where(
        answers.c.finding_id.in_(select(findings.c.finding_id).where(findings.c.county == county))
    )
    key = keys_of(connection).of(Use.DIGEST)
    return tuple(
        row.digest
        for row in connection.execute(query.order_by(answers.c.digest))
        if row.said is not None
        and keyed_one(key, row.digest) != answer_digest(key, row.finding_id, row.batch, row.said)
    )


def _sealed(connection: Connection, entries: Sequence[Entry], events: Sequence[Mapping[str, Any]]) -> int:
    """The number of the last event of an earlier release, if the journal vouches for all of these as they are."""
    seals = [entry for entry in entries if entry.kind in (Kind.SEALED, Kind.RESEALED) and entry.follows]
    if not seals:
        return 0
    until = int(seals[-1].subject)
    old = [journal.event_values(event) for event in events if event["seq"] <= until]
    return until if keyed_digest(connection, old) == seals[-1].content else 0


def _unvouched(connection: Connection, county: str, entries: Sequence[Entry]) -> list[str]:
    """Entries that do not follow, and runs and deliveries that are not those that the journal vouches for."""
    found = [f"journal {entry.seq}" for entry in entries if not entry.follows]
    recorded, happened = journal.run_rows(connection, county), list(journal.delivery_rows(connection, county))
    told = {Kind.RUN: dict[str, str](), Kind.DELIVERY: dict[str, str]()}
    for entry in entries:
        if entry.kind is Kind.RUN_UNDONE:
            told[Kind.RUN].pop(entry.subject, None)
        elif entry.kind in told:
            told[entry.kind][entry.subject] = entry.content
    there = {
        Kind.RUN: {row["id"]: keyed_digest(connection, journal.run_values(row)) for row in recorded},
        Kind.DELIVERY: {str(row["seq"]): keyed_digest(connection, journal.delivery_values(row)) for row in happened},
    }
    for kind, vouched in told.items():
        now = there[kind]
        differing = {subject for subject in vouched.keys() | now.keys() if vouched.get(subject) != now.get(subject)}
        found += [f"{kind.value} {subject}" for subject in sorted(differing)]
    lake = keys_of(connection).lake
    gone = {row["delivery"] for row in happened if row["kind"] == Event.ERASED}
    for row in recorded:
        # what was made of erased rows is erased with them
        if gone.isdisjoint(one for ids in row["deliveries"].values() for one in ids):
            found += unsound(connection, lake, row)
    return found


def _ends(entries: Sequence[Entry], events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ledger's end where the journal says that it ended otherwise."""
    of_ledger = [entry for entry in entries if entry.kind in (Kind.LEDGER, Kind.SEALED, Kind.RESEALED)]
    ended = int(of_ledger[-1].subject) if of_ledger else 0
    return [] if ended == len(events) else [f"ledger ends at {len(events)}, not at {ended}"]


def counties_with_events(books: Engine) -> list[str]:
    """Counties of which the books say anything that a chain vouches for, sorted."""
    with books.connect() as connection:
        return journal.counties_of_books(connection)
