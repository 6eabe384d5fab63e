"""Deliveries in the books: what arrived, what became of it, and which of it counts at a date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, Subquery, func, insert, null, or_, select, update

from warehouse.books.schema import answers, deliveries, delivery_events, quality


class Event(StrEnum):
    """What can happen to a delivery."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RESTORED = "restored"
    RELEASED = "released"
    ERASED = "erased"


IN_FORCE = (Event.ACCEPTED, Event.RESTORED, Event.RELEASED)

_FEW: Final = 500
"""Deliveries that are asked for one by one; of more, all are read."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a delivery, by the name that it had in the inbox."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Accounting:
    """Rows of a delivery: ``read = staged + quarantined + totals_or_blank + repeated``."""

    read: int
    staged: int
    quarantined: int
    totals_or_blank: int
    repeated: int
    values_refused: int

    def __post_init__(self) -> None:
        """Refuse to lose a row."""
        if self.read != self.staged + self.quarantined + self.totals_or_blank + self.repeated:
            raise ValueError(f"rows do not add up: {self}")


@dataclass(frozen=True)
class Delivery:
    """One immutable row of the books, with the status that follows from its events."""

    id: str
    feed: str
    county: str
    as_of: date | None
    source: str
    files: tuple[SourceFile, ...]
    sha256: str
    bytes: int
    accounting: Accounting | None
    received_at: datetime
    status: str = ""
    reason: tuple[str, ...] = ()
    taken_by: str | None = None
    last_event: int = field(default=0, compare=False)
    number: int = field(default=0, compare=False)
    """What people call it by in these books: its first event, which never changes; numbers in between are events."""


@dataclass(frozen=True)
class DeliveryEvent:
    """One thing that happened to a delivery; ``at`` is aware (UTC)."""

    seq: int
    delivery: str
    feed: str
    as_of: date | None
    kind: str
    at: datetime


def delivery_id(feed: str, county: str, as_of: date | None, sha256: str) -> str:
    """The delivery's id: the same content for the same feed, county and as-of has the same id everywhere."""
    day = as_of.strftime("%Y%m%d") if as_of else "undated"
    return f"{feed}_{county}_{day}_{sha256[:12]}"


def find_delivery(books: Engine, feed: str, county: str, as_of: date | None, sha256: str) -> Delivery | None:
    """The delivery of this content for this feed, county and as-of, whatever became of it."""
    same_day = deliveries.c.as_of.is_(None) if as_of is None else deliveries.c.as_of == as_of
    found = list_deliveries(
        books, (deliveries.c.feed == feed, deliveries.c.county == county, same_day, deliveries.c.sha256 == sha256)
    )
    return found[0] if found else None


def record_delivery(
    books: Engine,
    delivery: Delivery,
    *,
    rejected: Sequence[str] = (),
    expectations: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Record a delivery as accepted (superseding what was in force for its feed, county and as-of) or as rejected.

    One transaction. ``rejected`` holds the problems, in Chinese; ``expectations`` the rows of ``quality``.
    """
    with books.begin() as connection:
        if not rejected:
            _supersede(connection, delivery, delivery.received_at)
        add_delivery(connection, delivery, rejected=rejected)
        rows = [{**e, "delivery": delivery.id} for e in expectations]
        if rows:
            connection.execute(insert(quality), rows)


def add_delivery(connection: Connection, delivery: Delivery, *, rejected: Sequence[str] = ()) -> None:
    """Add a delivery, accepted or rejected, beside what is in force; part of the caller's transaction."""
    row = {
        "id": delivery.id,
        "feed": delivery.feed,
        "county": delivery.county,
        "as_of": delivery.as_of,
        "source": delivery.source,
        "files": [{"name": f.name, "sha256": f.sha256, "bytes": f.bytes} for f in delivery.files],
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "received_at": delivery.received_at,
        "taken_by": delivery.taken_by,
    }
    if delivery.accounting is not None:
        a = delivery.accounting
        row |= {
            "rows_read": a.read,
            "staged": a.staged,
            "quarantined": a.quarantined,
            "totals_or_blank": a.totals_or_blank,
            "repeated": a.repeated,
            "values_refused": a.values_refused,
        }
    connection.execute(insert(deliveries), row)
    kind = Event.REJECTED if rejected else Event.ACCEPTED
    _append(connection, delivery.id, kind, delivery.received_at, reason=list(rejected) or None)


def append_event(books: Engine, delivery: Delivery, kind: Event, at: datetime, reason: Sequence[str] = ()) -> None:
    """Put an earlier content in force again (restored, released), superseding what is in force."""
    with books.begin() as connection:
        if kind in IN_FORCE:
            _supersede(connection, delivery, at)
        _append(connection, delivery.id, kind, at, reason=list(reason) or None)


def erase_deliveries(connection: Connection, reasons: Mapping[str, str], at: datetime) -> None:
    """Leave a tombstone of each delivery (``{id: why}``): its rows count nowhere any more, its line stays."""
    for delivery, reason in sorted(reasons.items()):
        _append(connection, delivery, Event.ERASED, at, reason=[reason])
    erased = answers.c.delivery.in_(reasons)
    connection.execute(update(answers).where(erased, answers.c.said.is_not(None)).values(said=null()))


def list_deliveries(books: Engine, where: Sequence[Any] = (), known_at: datetime | None = None) -> list[Delivery]:
    """Deliveries in order of receipt, with status, as the books knew them at ``known_at`` (aware; default: now).

    ``where``: conditions on ``deliveries``, and on the ``delivery_events`` that gave each its status.
    """
    last = _last_events(known_at)
    query = (
        select(deliveries, delivery_events.c.kind, delivery_events.c.reason, delivery_events.c.seq, last.c.number)
        .join(last, last.c.delivery == deliveries.c.id)
        .join(delivery_events, delivery_events.c.seq == last.c.seq)
        .where(*where)
        .order_by(delivery_events.c.seq)
    )
    with books.connect() as connection:
        return sorted((_from_row(r._mapping) for r in connection.execute(query)), key=lambda d: (d.received_at, d.id))


def deliveries_by_id(books: Engine, ids: Iterable[str]) -> dict[str, Delivery]:
    """These deliveries by their ids, in order of receipt."""
    wanted = set(ids)
    few = len(wanted) <= _FEW  # a database takes only so many values in one query
    found = list_deliveries(books, (deliveries.c.id.in_(wanted),) if few else ())
    return {d.id: d for d in found if d.id in wanted}


def in_force(books: Engine, county: str, known_at: datetime | None = None) -> list[Delivery]:
    """Accepted deliveries of a county that count for their as-of date (at most one a feed and as-of)."""
    found = list_deliveries(books, (deliveries.c.county == county,), known_at)
    return [d for d in found if d.status == Event.ACCEPTED]


@dataclass(frozen=True)
class InForce:
    """What is in force of one county: the newest event of it all, and the newest as-of date."""

    last_event: int
    as_of: date | None


def in_force_by_county(
    books: Engine, feeds: Iterable[str], until: date | None = None, known_at: datetime | None = None
) -> dict[str, InForce]:
    """Counties with a delivery in force of one of the feeds (as of ``until`` or before), whatever county, at once.

    One query, and no delivery is read: every run asks this of the whole house.
    """
    last = _last_events(known_at)
    query = (
        select(deliveries.c.county, func.max(delivery_events.c.seq), func.max(deliveries.c.as_of))
        .join(last, last.c.delivery == deliveries.c.id)
        .join(delivery_events, delivery_events.c.seq == last.c.seq)
        .where(delivery_events.c.kind.in_(IN_FORCE), deliveries.c.feed.in_(tuple(feeds)))
        .group_by(deliveries.c.county)
    )
    if until is not None:
        query = query.where(or_(deliveries.c.as_of.is_(None), deliveries.c.as_of <= until))
    with books.connect() as connection:
        return {county: InForce(seq, as_of) for county, seq, as_of in connection.execute(query)}


def counties_heard_of(books: Engine) -> set[str]:
    """Counties that have sent anything, be it that all of it was rejected."""
    with books.connect() as connection:
        return set(connection.execute(select(deliveries.c.county).distinct()).scalars())


def erased_deliveries(books: Engine) -> set[str]:
    """Ids of the deliveries whose rows were erased on schedule."""
    return {d.id for d in list_deliveries(books, (delivery_events.c.kind == Event.ERASED,))}


def events_of(books: Engine, county: str) -> list[DeliveryEvent]:
    """What happened to a county's deliveries, in order."""
    query = (
        select(delivery_events, deliveries.c.feed, deliveries.c.as_of)
        .join(deliveries, deliveries.c.id == delivery_events.c.delivery)
        .where(deliveries.c.county == county)
        .order_by(delivery_events.c.seq)
    )
    with books.connect() as connection:
        return [
            DeliveryEvent(row.seq, row.delivery, row.feed, row.as_of, row.kind, _aware(row.at))
            for row in connection.execute(query)
        ]


def claim(connection: Connection, ids: Iterable[str], run: str) -> None:
    """Mark deliveries as taken in by a run, those that no other has taken in."""
    wanted = list(ids)
    if wanted:
        free = deliveries.c.id.in_(wanted) & deliveries.c.taken_by.is_(None)
        connection.execute(update(deliveries).where(free).values(taken_by=run))


def quality_of(books: Engine, county: str) -> list[dict[str, Any]]:
    """What the expectations said of a county's deliveries, by delivery and expectation."""
    query = (
        select(quality, deliveries.c.feed)
        .join(deliveries, deliveries.c.id == quality.c.delivery)
        .where(deliveries.c.county == county)
        .order_by(quality.c.delivery, quality.c.expectation)
    )
    with books.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def _last_events(known_at: datetime | None = None) -> Subquery:
    """The newest event of each delivery, as the books knew it at ``known_at``; its first one is its number."""
    known = delivery_events.c.at <= known_at.astimezone(UTC) if known_at is not None else delivery_events.c.seq > 0
    return (
        select(
            delivery_events.c.delivery,
            func.max(delivery_events.c.seq).label("seq"),
            func.min(delivery_events.c.seq).label("number"),
        )
        .where(known)
        .group_by(delivery_events.c.delivery)
        .subquery()
    )


def _supersede(connection: Connection, delivery: Delivery, at: datetime) -> None:
    last = _last_events()
    query = (
        select(deliveries.c.id)
        .join(last, last.c.delivery == deliveries.c.id)
        .join(delivery_events, delivery_events.c.seq == last.c.seq)
        .where(
            deliveries.c.feed == delivery.feed,
            deliveries.c.county == delivery.county,
            deliveries.c.as_of == delivery.as_of,
            deliveries.c.id != delivery.id,
            delivery_events.c.kind.in_(IN_FORCE),
        )
    )
    for (old,) in connection.execute(query).all():
        _append(connection, old, Event.SUPERSEDED, at, by=delivery.id)


def _append(
    connection: Connection,
    delivery: str,
    kind: Event,
    at: datetime,
    *,
    reason: list[str] | None = None,
    by: str | None = None,
) -> None:
    connection.execute(
        insert(delivery_events), {"delivery": delivery, "kind": kind.value, "reason": reason, "by": by, "at": at}
    )


def _aware(at: datetime) -> datetime:
    """SQLite gives times without their zone."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _from_row(row: Any) -> Delivery:
    kind = row["kind"]
    received = row["received_at"]
    accounting = None
    if row["rows_read"] is not None:
        accounting = Accounting(
            row["rows_read"],
            row["staged"],
            row["quarantined"],
            row["totals_or_blank"],
            row["repeated"],
            row["values_refused"],
        )
    return Delivery(
        id=row["id"],
        feed=row["feed"],
        county=row["county"],
        as_of=row["as_of"],
        source=row["source"],
        files=tuple(SourceFile(**f) for f in row["files"]),
        sha256=row["sha256"],
        bytes=row["bytes"],
        accounting=accounting,
        received_at=_aware(received),
        status=Event.ACCEPTED if kind in IN_FORCE else kind,
        reason=tuple(row["reason"] or ()),
        taken_by=row["taken_by"],
        last_event=row["seq"],
        number=row["number"],
    )
