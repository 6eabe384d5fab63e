"""What a delivery is compared with: the one before of its feed, and the other feeds of its county."""

import json
from collections.abc import Iterable

from sqlalchemy import Engine

from expectations.feeds import FEEDS_BY_NAME
from expectations.suites import REFERENCES
from pipelines.house.records.profile import Profile
from pipelines.staging.basis import Allows
from pipelines.staging.profile import Before
from warehouse.books.deliveries import Delivery, in_force
from warehouse.lake import Lake


def find_before(lake: Lake, books: Engine, delivery: Delivery, allows: Allows) -> Before:
    """The newest deliveries in force, and still allowed, with an as-of date no later than this delivery's."""
    earlier = [
        d
        for d in in_force(books, delivery.county)
        if d.as_of is not None
        and delivery.as_of is not None
        and d.as_of <= delivery.as_of
        and d.id != delivery.id
        and allows(d.feed, d.as_of)
    ]
    newest = {d.feed: d for d in sorted(earlier, key=_rank)}
    last = newest.get(delivery.feed)
    wanted = {r.other for r in REFERENCES if r.feed == delivery.feed}
    others = {f: lake.staged(f, d.county, d.id) for f, d in newest.items() if f in wanted}
    return Before(
        profile=_profile(lake, last) if last is not None else None,
        others={f: path for f, path in sorted(others.items()) if path.exists()},
        periods=_periods(lake, [d for d in earlier if d.feed == delivery.feed]),
    )


def _profile(lake: Lake, delivery: Delivery) -> Profile | None:
    path = lake.profile(delivery.feed, delivery.county, delivery.id)
    if not path.exists():
        return None
    profile: Profile = json.loads(path.read_text(encoding="utf-8"))
    return profile


def _periods(lake: Lake, own: Iterable[Delivery]) -> dict[str, int]:
    """Rows of each period as the newest delivery that holds it gave them: a later one need not have it again."""
    periods: dict[str, int] = {}
    for delivery in sorted(own, key=_rank):
        if FEEDS_BY_NAME[delivery.feed].accumulates_by:
            profile = _profile(lake, delivery)
            periods |= profile["periods"] if profile is not None else {}
    return periods


def _rank(delivery: Delivery) -> tuple[str, int]:
    return (delivery.as_of.isoformat() if delivery.as_of else "", delivery.last_event)
