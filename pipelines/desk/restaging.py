"""Content that was accepted, staged once more with the county's words for labels as they are today."""

from functools import partial

from expectations.calendar import local_day
from expectations.errors import RefusedError, RequestError
from expectations.labels import labels_of
from pipelines.house.deliveries import find_named
from pipelines.house.home import hold
from pipelines.house.settings import Settings
from pipelines.night.holding import why_held
from pipelines.night.intake import feed_value
from pipelines.reading.arrival import Arrival
from pipelines.staging import Apart, Outcome, prepare_delivery, record_prepared
from warehouse.books.deliveries import Delivery, Event, deliveries_by_id, same_content
from warehouse.books.standing import append_event
from warehouse.lake import Lake


def restage(settings: Settings, delivery: str) -> Delivery:
    """Stage a delivery's content again under today's labels, as a correction; where they are the same, nothing is done.

    What was staged before stays as it is, and can be restored. What was staged with these labels already is restored.
    It may come out rejected, or held like any other; then what is in force stays. Raises UnknownError for an unknown
    delivery, RequestError for one whose content is not in force, RefusedError where its files are gone, or may not
    be used any more.
    """
    home, today = settings.home, local_day(settings.now())
    with hold(home.lake, "intake"), Apart(settings.reading) as apart:
        found = _in_force(settings, find_named(settings, delivery))
        policy = settings.policies.at(found.county, today)
        prepared = prepare_delivery(
            lake=home.lake,
            books=home.books,
            arrival=arrival_of(home.lake, found),
            received_at=settings.now(),
            policy_value=partial(feed_value, policy),
            source=found.source,
            read=apart.read,
            labels=partial(labels_of, policy),
            allows=policy.allows,
            again=True,
        )
        known, who = prepared.delivery, settings.actor.who
        if prepared.outcome is not Outcome.KNOWN:
            held = why_held(settings, known, today) if prepared.outcome is Outcome.ACCEPTED else ()
            return record_prepared(home.lake, home.books, prepared, held, [who]).delivery
        if known.status == Event.WITHDRAWN:
            raise RequestError(f"{known.id} was {known.status}", advice="see liangxian restore")
        if known.status == Event.SUPERSEDED:
            append_event(home.books, known, Event.RESTORED, settings.now(), [who])
        return deliveries_by_id(home.books, [known.id])[known.id]


def arrival_of(lake: Lake, delivery: Delivery) -> Arrival:
    """The files of a delivery as they were kept, as if they came now. Raises RefusedError where they are gone."""
    paths = tuple(lake.original(f.sha256) for f in delivery.files)
    gone = [f.name for f, path in zip(delivery.files, paths, strict=True) if not path.exists()]
    if gone:
        raise RefusedError(f"files of {delivery.id} are no longer kept: {', '.join(gone)}")
    names, sent = tuple(f.name for f in delivery.files), tuple(f.sent for f in delivery.files)
    return Arrival(delivery.feed, delivery.county, delivery.as_of, paths, names, sent)


def _in_force(settings: Settings, named: Delivery) -> Delivery:
    """Of a delivery's content that which is in force, with whichever labels. Raises RequestError."""
    content = (named.feed, named.county, named.as_of, named.sha256)
    for one in same_content(settings.home.books, *content):
        if one.status == Event.ACCEPTED:
            return one
    if named.status == Event.ERASED:
        raise RequestError(f"{named.id} was erased on schedule", why="its rows are gone")
    stopped = named.status in (Event.REJECTED, Event.HELD)
    raise RequestError(
        f"{named.id} was {named.status}", advice="see liangxian release" if stopped else "see liangxian restore"
    )
