"""Where a delivery stands: events that put it in force, hold it, take it out. Each function is one transaction.

The halves of a book stand together: what corrects one half waits for as long as the other half's correction is held.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, null, select, update

from expectations.feeds import BOOKS
from warehouse.books.deliveries import IN_FORCE, Delivery, Event, deliveries_of_day, is_moot
from warehouse.books.journal import note_delivery
from warehouse.books.lots import lots_of
from warehouse.books.schema import answers, deliveries, delivery_events, quality


def record_delivery(
    books: Engine,
    delivery: Delivery,
    *,
    rejected: Sequence[str] = (),
    held: Sequence[str] = (),
    expectations: Iterable[Mapping[str, Any]] = (),
    why: Sequence[str] = (),
) -> None:
    """Record a delivery as accepted (superseding what was in force for its feed, county and as-of), held or rejected.

    ``rejected`` holds the problems, ``held`` what must be confirmed, in Chinese; ``expectations`` rows of ``quality``;
    ``why``: of one that is accepted who brought it, where it did not come by itself.
    """
    with books.begin() as connection:
        if rejected:
            add_delivery(connection, delivery, rejected=rejected)
        else:
            _insert(connection, delivery)
            if held:
                _hold(connection, delivery, held)
            else:
                _put_in_force(connection, delivery, Event.ACCEPTED, delivery.received_at, why)
        rows = [{**e, "delivery": delivery.id} for e in expectations]
        if rows:
            connection.execute(insert(quality), rows)


def add_delivery(connection: Connection, delivery: Delivery, *, rejected: Sequence[str] = ()) -> None:
    """Add a delivery, accepted or rejected, beside what is in force; part of the caller's transaction."""
    _insert(connection, delivery)
    kind = Event.REJECTED if rejected else Event.ACCEPTED
    _append(connection, delivery.id, kind, delivery.received_at, reason=rejected)


def append_event(
    books: Engine,
    delivery: Delivery,
    kind: Event,
    at: datetime,
    reason: Sequence[str] = (),
    dataset_sha256: str | None = None,
) -> None:
    """Put an earlier content in force (restored, released), superseding what is, or note what else happened to it.

    What is released of a half may have to wait for the other half's correction. ``dataset_sha256``: of what was staged
    only now.
    """
    with books.begin() as connection:
        if dataset_sha256 is not None:
            _know_staged(connection, delivery, dataset_sha256)
        if kind in IN_FORCE:
            _put_in_force(connection, delivery, kind, at, reason)
        else:
            _append(connection, delivery.id, kind, at, reason=reason)


def _know_staged(connection: Connection, delivery: Delivery, sha256: str) -> None:
    """Note what was staged of a delivery that had been rejected, and vouch for what happened to it with that."""
    connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(dataset_sha256=sha256))
    known = select(delivery_events.c.seq).where(delivery_events.c.delivery == delivery.id)
    for seq in connection.execute(known.order_by(delivery_events.c.seq)).scalars().all():
        note_delivery(connection, delivery.county, seq)


def withdraw(
    books: Engine, delivery: Delivery, at: datetime, reason: Sequence[str], instead: Delivery | None = None
) -> None:
    """Take a delivery out of force; ``instead`` is superseded content of the same as-of that comes back for it."""
    with books.begin() as connection:
        _append(connection, delivery.id, Event.WITHDRAWN, at, reason=reason)
        if instead is not None:
            _put_in_force(connection, instead, Event.RESTORED, at, reason)


def erase_deliveries(connection: Connection, reasons: Mapping[str, str], at: datetime) -> None:
    """Leave a tombstone of each delivery (``{id: why}``): its rows count nowhere any more, its line stays."""
    for delivery, reason in sorted(reasons.items()):
        _append(connection, delivery, Event.ERASED, at, reason=[reason])
    for some in lots_of(reasons):
        erased = answers.c.delivery.in_(some) & answers.c.said.is_not(None)
        connection.execute(update(answers).where(erased).values(said=null()))


def _put_in_force(connection: Connection, delivery: Delivery, kind: Event, at: datetime, reason: Sequence[str]) -> None:
    """What is in force of the same as-of is superseded, and a half that has waited for this one comes with it.

    Restored, or released though it was told to wait: somebody has decided that it comes alone.
    """
    alone = kind is Event.RESTORED or (kind is Event.RELEASED and delivery.waits)
    blocking = _held_half(connection, delivery) if not alone else None
    if blocking is not None:
        if kind is not Event.ACCEPTED:
            _append(connection, delivery.id, kind, at, reason=reason)  # that it was released is not forgotten
        _append(connection, delivery.id, Event.HELD, at, reason=_waits_with(blocking, delivery), by=blocking.id)
        return
    _supersede(connection, delivery, at)
    _append(connection, delivery.id, kind, at, reason=reason)
    there = _at_its_day(connection, delivery, _other_halves(delivery.feed))
    counting = [d for d in there if d.status == Event.ACCEPTED]
    for other in there:
        if other.waits and not is_moot(other, counting):
            _supersede(connection, other, at)
            told = f"另一半（{delivery.feed}）已有批次{delivery.id}采用"
            _append(connection, other.id, Event.ACCEPTED, at, reason=[told])


def _hold(connection: Connection, delivery: Delivery, reason: Sequence[str]) -> None:
    """Hold a delivery; where it corrects a half, a correction of the other half that no run has read yet waits too."""
    at = delivery.received_at
    corrects = any(d.status == Event.ACCEPTED for d in _at_its_day(connection, delivery, (delivery.feed,)))
    for half in _other_halves(delivery.feed) if corrects else ():
        there = _at_its_day(connection, delivery, (half,))
        correction = next((d for d in there if d.status == Event.ACCEPTED and d.taken_by is None), None)
        before = [d for d in there if correction is not None and d.status == Event.SUPERSEDED and d.by == correction.id]
        if correction is not None and before:
            told = _waits_with(delivery, correction)
            _append(connection, before[-1].id, Event.RESTORED, at, reason=told[:1])
            _append(connection, correction.id, Event.HELD, at, reason=told, by=delivery.id)
    _append(connection, delivery.id, Event.HELD, at, reason=reason)


def _waits_with(held: Delivery, delivery: Delivery) -> tuple[str, str]:
    """Why a correction waits for one of the other half, and what to do."""
    return (
        f"与另一半（{held.feed}，批次{held.id}）一并等待确认",
        f"另一半采用后自动采用；另一半无须更正的，由县级确认只采用本批：liangxian release {delivery.id} --reason 理由",
    )


def _held_half(connection: Connection, delivery: Delivery) -> Delivery | None:
    """The held correction of the other half of its as-of, where the delivery corrects its own half."""
    own = _at_its_day(connection, delivery, (delivery.feed,))
    if not any(d.status == Event.ACCEPTED and d.id != delivery.id for d in own):
        return None
    for half in _other_halves(delivery.feed):
        there = _at_its_day(connection, delivery, (half,))
        counting = [d for d in there if d.status == Event.ACCEPTED]
        for held in there:
            if held.status == Event.HELD and not held.waits and counting and not is_moot(held, counting):
                return held
    return None


def _other_halves(feed: str) -> tuple[str, ...]:
    return tuple(half for halves in BOOKS.values() if feed in halves for half in halves if half != feed)


def _at_its_day(connection: Connection, delivery: Delivery, feeds: Sequence[str]) -> list[Delivery]:
    """Deliveries of these feeds for the county and as-of of a delivery, in the order of their last events."""
    return deliveries_of_day(connection, delivery.county, delivery.as_of, feeds)


def _supersede(connection: Connection, delivery: Delivery, at: datetime) -> None:
    for old in _at_its_day(connection, delivery, (delivery.feed,)):
        if old.status == Event.ACCEPTED and old.id != delivery.id:
            _append(connection, old.id, Event.SUPERSEDED, at, by=delivery.id)


def _insert(connection: Connection, delivery: Delivery) -> None:
    row = {
        "id": delivery.id,
        "feed": delivery.feed,
        "county": delivery.county,
        "as_of": delivery.as_of,
        "source": delivery.source,
        # what most files have not is not written
        "files": [{key: value for key, value in asdict(f).items() if value not in (None, ())} for f in delivery.files],
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "received_at": delivery.received_at,
        "taken_by": delivery.taken_by,
        "dataset_sha256": delivery.dataset_sha256,
        "labels": delivery.labels.as_json(),
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


def _append(
    connection: Connection,
    delivery: str,
    kind: Event,
    at: datetime,
    *,
    reason: Sequence[str] = (),
    by: str | None = None,
) -> None:
    row = {"delivery": delivery, "kind": kind.value, "reason": list(reason) or None, "by": by, "at": at}
    seq = connection.execute(insert(delivery_events).values(row)).inserted_primary_key
    county = connection.execute(select(deliveries.c.county).where(deliveries.c.id == delivery)).scalar_one()
    if seq is not None:
        note_delivery(connection, county, seq[0])
