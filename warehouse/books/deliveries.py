"""Deliveries in the books: what arrived, what became of it, and which of it counts at a date."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, Subquery, case, func, or_, select, true, update

from expectations.calendar import local_day
from expectations.labels import NO_LABELS, Labels
from warehouse.books.lots import lots_of
from warehouse.books.schema import deliveries, delivery_events, quality


class Event(StrEnum):
    """What can happen to a delivery."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RESTORED = "restored"
    RELEASED = "released"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


IN_FORCE = (Event.ACCEPTED, Event.RESTORED, Event.RELEASED)

STOPPED = (Event.HELD, Event.REJECTED)
"""What counts nowhere until it is released, or something newer has taken its place."""

_STANDING = (*IN_FORCE, Event.HELD, Event.WITHDRAWN)
"""Last events of deliveries that a county's night has to speak of: they count, or somebody said that they shall not."""

_DECIDED = (Event.RESTORED, Event.WITHDRAWN)
"""Events that put back a state that was there before; what is released on arrival had never counted."""

_FEW: Final = 500
"""Deliveries that are asked for one by one; of more, all are read."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a delivery, by the name that it had in the inbox; ``sent``: how that came, where it was cleaned."""

    name: str
    sha256: str
    bytes: int
    sent: str | None = None
    members: tuple[tuple[str, str], ...] = ()
    """Names within an archive that came otherwise: as they are kept, and as they came."""


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
    """One immutable row of the books, with the status that follows from its events.

    ``by``: the delivery that superseded it, or (held) the other half that it waits for.
    """

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
    by: str | None = None
    dataset_sha256: str | None = field(default=None, compare=False)
    """Of what was staged of it (``Lake.dataset_sha256``); None of what earlier releases staged, and what was not."""
    labels: Labels = NO_LABELS
    """The county's own words that it was staged with, be it to be rejected."""
    last_event: int = field(default=0, compare=False)
    number: int = field(default=0, compare=False)
    """What people call it by in these books: its first event, which never changes; numbers in between are events."""

    @property
    def day(self) -> date | None:
        """Its as-of date, where that can be true: none that lies after the day of receipt."""
        return self.as_of if self.as_of is not None and self.as_of <= local_day(self.received_at) else None

    @property
    def waits(self) -> bool:
        """Whether it is held only until its other half, the delivery ``by``, is in force."""
        return self.status == Event.HELD and self.by is not None


@dataclass(frozen=True)
class DeliveryEvent:
    """One thing that happened to a delivery; ``at`` is aware (UTC)."""

    seq: int
    delivery: str
    feed: str
    as_of: date | None
    kind: str
    at: datetime


def delivery_id(feed: str, county: str, as_of: date | None, sha256: str, labels: Labels = NO_LABELS) -> str:
    """The delivery's id: the same content for the same feed, county and as-of has the same id everywhere.

    Where it is staged with a county's own words for labels, these too.
    """
    day = as_of.strftime("%Y%m%d") if as_of else "undated"
    return f"{feed}_{county}_{day}_{sha256[:12]}{labels.suffix}"


def same_content(books: Engine, feed: str, county: str, as_of: date | None, sha256: str) -> list[Delivery]:
    """The deliveries of this content for this feed, county and as-of, whatever became of them.

    There are several where the words changed with which it was staged; in the order of their last events.
    """
    same_day = deliveries.c.as_of.is_(None) if as_of is None else deliveries.c.as_of == as_of
    found = list_deliveries(
        books, (deliveries.c.feed == feed, deliveries.c.county == county, same_day, deliveries.c.sha256 == sha256)
    )
    return sorted(found, key=lambda one: one.last_event)


def list_deliveries(books: Engine, where: Sequence[Any] = (), known_at: datetime | None = None) -> list[Delivery]:
    """Deliveries in order of receipt, with status, as the books knew them at ``known_at`` (aware; default: now).

    ``where``: conditions on ``deliveries``, and on the ``delivery_events`` that gave each its status.
    """
    with books.connect() as connection:
        found = _read(connection, _last_events(known_at), where)
    return sorted(found, key=lambda d: (d.received_at, d.id))


def deliveries_of_day(
    connection: Connection, county: str, as_of: date | None, feeds: Collection[str]
) -> list[Delivery]:
    """Deliveries of these feeds for a county and as-of date, in the order of their last events."""
    if not feeds or as_of is None:
        return []
    mine = (deliveries.c.county == county, deliveries.c.as_of == as_of, deliveries.c.feed.in_(tuple(feeds)))
    return _read(connection, _last_events(None, mine), mine)


def _read(connection: Connection, last: Subquery, where: Sequence[Any]) -> list[Delivery]:
    """Deliveries with the status of their last events, in the order of these."""
    query = (
        select(deliveries, *(delivery_events.c[name] for name in ("kind", "reason", "by", "seq")), last.c.number)
        .join(last, last.c.delivery == deliveries.c.id)
        .join(delivery_events, delivery_events.c.seq == last.c.seq)
        .where(*where)
        .order_by(delivery_events.c.seq)
    )
    return [_from_row(row._mapping) for row in connection.execute(query)]


def deliveries_by_id(books: Engine, ids: Iterable[str]) -> dict[str, Delivery]:
    """These deliveries by their ids, in order of receipt."""
    wanted = set(ids)
    few = len(wanted) <= _FEW  # a database takes only so many values in one query
    found = list_deliveries(books, (deliveries.c.id.in_(wanted),) if few else ())
    return {d.id: d for d in found if d.id in wanted}


def once_accepted(books: Engine, known: Iterable[Delivery]) -> list[Delivery]:
    """Those that were in force at some time, whatever became of them later: an erased one may have been rejected."""
    known = list(known)
    counted = {d.id for d in known if d.status == Event.ACCEPTED}
    entered = delivery_events.c.kind.in_(IN_FORCE)
    with books.connect() as connection:
        for some in lots_of(d.id for d in known if d.id not in counted):
            query = select(delivery_events.c.delivery).where(entered, delivery_events.c.delivery.in_(some))
            counted |= set(connection.execute(query).scalars())
    return [d for d in known if d.id in counted]


def in_force(books: Engine, county: str, known_at: datetime | None = None) -> list[Delivery]:
    """Accepted deliveries of a county that count for their as-of date (at most one a feed and as-of)."""
    found = list_deliveries(books, (deliveries.c.county == county,), known_at)
    return [d for d in found if d.status == Event.ACCEPTED]


def is_moot(stopped: Delivery, counting: Iterable[Delivery]) -> bool:
    """Whether something has taken a stopped delivery's place: a later as-of in force, or newer content for its own.

    Of a delivery without an as-of date that can be, nobody can say what takes its place: any that came into force
    since.
    """
    return any(_takes_place(other, stopped) for other in counting)


def is_same_day(one: Delivery, other: Delivery) -> bool:
    """Whether two deliveries are of the same feed, county and as-of date, of which only one can count."""
    return (one.feed, one.county, one.as_of) == (other.feed, other.county, other.as_of)


def _takes_place(other: Delivery, stopped: Delivery) -> bool:
    if (other.feed, other.county) != (stopped.feed, stopped.county) or other.id == stopped.id:
        return False
    if stopped.day is not None and other.as_of is not None and other.as_of != stopped.day:
        return other.as_of > stopped.day
    return other.last_event > stopped.last_event


@dataclass(frozen=True)
class InForce:
    """What is in force of one county: the newest event of all that stands or was taken away, the newest as-of date.

    ``as_of`` is None where nothing is in force: all that there was is held or withdrawn.
    """

    last_event: int
    as_of: date | None


def in_force_by_county(
    books: Engine, feeds: Iterable[str], until: date | None = None, known_at: datetime | None = None
) -> dict[str, InForce]:
    """Counties with a delivery in force, held or withdrawn of one of the feeds (as of ``until`` or before), at once.

    One query, and no delivery is read: every run asks this of the whole house.
    """
    last = _last_events(known_at)
    day = case((delivery_events.c.kind.in_(IN_FORCE), deliveries.c.as_of))
    query = (
        select(deliveries.c.county, func.max(delivery_events.c.seq), func.max(day))
        .join(last, last.c.delivery == deliveries.c.id)
        .join(delivery_events, delivery_events.c.seq == last.c.seq)
        .where(delivery_events.c.kind.in_(_STANDING), deliveries.c.feed.in_(tuple(feeds)), _as_of_by(until))
        .group_by(deliveries.c.county)
    )
    with books.connect() as connection:
        return {county: InForce(seq, as_of) for county, seq, as_of in connection.execute(query)}


def position_of(books: Engine, county: str, feeds: Iterable[str], until: date, known_at: datetime | None = None) -> int:
    """How many events there are, as of ``until`` or before, by which a county's deliveries were taken away or put back.

    The log only grows: what was taken away and put back has another number. What came, in whichever order, is told by
    the deliveries themselves. It is the county's own, whatever other counties send beside it.
    """
    query = (
        select(func.count())
        .select_from(delivery_events)
        .join(deliveries, deliveries.c.id == delivery_events.c.delivery)
        .where(
            deliveries.c.county == county,
            deliveries.c.feed.in_(tuple(feeds)),
            delivery_events.c.kind.in_(_DECIDED),
            _as_of_by(until),
        )
    )
    with books.connect() as connection:
        return connection.execute(_known(query, known_at)).scalar() or 0


def _as_of_by(until: date | None) -> ColumnElement[bool]:
    return true() if until is None else or_(deliveries.c.as_of.is_(None), deliveries.c.as_of <= until)


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
    for some in lots_of(ids):
        free = deliveries.c.id.in_(some) & deliveries.c.taken_by.is_(None)
        connection.execute(update(deliveries).where(free).values(taken_by=run))


def unclaim(connection: Connection, run: str) -> None:
    """Say that a run has told of nothing: the next one will."""
    connection.execute(update(deliveries).where(deliveries.c.taken_by == run).values(taken_by=None))


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


def _last_events(known_at: datetime | None = None, mine: Sequence[ColumnElement[bool]] = ()) -> Subquery:
    """The newest event of each delivery (of those that are ``mine``), as the books knew it at ``known_at``.

    Its first event is its number.
    """
    query = (
        select(
            delivery_events.c.delivery,
            func.max(delivery_events.c.seq).label("seq"),
            func.min(delivery_events.c.seq).label("number"),
        )
        .join(deliveries, deliveries.c.id == delivery_events.c.delivery)
        .where(*mine)
        .group_by(delivery_events.c.delivery)
    )
    return _known(query, known_at).subquery()


def _known(query: Select[Any], known_at: datetime | None) -> Select[Any]:
    """Only events up to a position of their county's log: that of the last one that had happened by ``known_at``.

    What was written before it was known too, whatever its clock said: one that was put back makes no hole. That rows
    were erased on schedule tells nothing of what was known: whoever looks back misses them by their ids.
    """
    if known_at is None:
        return query
    position = (
        select(deliveries.c.county, func.max(delivery_events.c.seq).label("seq"))
        .join(delivery_events, delivery_events.c.delivery == deliveries.c.id)
        .where(delivery_events.c.at <= known_at.astimezone(UTC), delivery_events.c.kind != Event.ERASED)
        .group_by(deliveries.c.county)
        .subquery()
    )
    return query.join(position, position.c.county == deliveries.c.county).where(delivery_events.c.seq <= position.c.seq)


def _aware(at: datetime) -> datetime:
    """SQLite gives times without their zone."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _from_row(row: Any) -> Delivery:
    kind = row["kind"]
    received = row["received_at"]
    counts = ("rows_read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused")
    accounting = None if row["rows_read"] is None else Accounting(*(row[name] for name in counts))
    return Delivery(
        id=row["id"],
        feed=row["feed"],
        county=row["county"],
        as_of=row["as_of"],
        source=row["source"],
        files=tuple(SourceFile(**f | {"members": tuple(map(tuple, f.get("members", ())))}) for f in row["files"]),
        sha256=row["sha256"],
        bytes=row["bytes"],
        accounting=accounting,
        received_at=_aware(received),
        status=Event.ACCEPTED if kind in IN_FORCE else kind,
        reason=tuple(row["reason"] or ()),
        taken_by=row["taken_by"],
        by=row["by"],
        dataset_sha256=row["dataset_sha256"],
        last_event=row["seq"],
        number=row["number"],
        labels=Labels.from_json(row["labels"]),
    )
