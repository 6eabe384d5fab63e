"""Which rows count at D: of each feed the newest accepted delivery, or its newest periods, and what is not there."""

from collections.abc import Sequence
from datetime import date, timedelta

import pyarrow.parquet as pq

from expectations.feed import Feed
from expectations.feeds import BOOKS, FEEDS
from expectations.policy import Policy
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed, CurrentFeed, Part
from warehouse.lake import Lake


def conform(lake: Lake, deliveries: Sequence[Delivery], county: str, d: date, policy: Policy) -> Conformed:
    """Choose the current rows of every feed at D from the deliveries in force (at most one a feed and as-of)."""
    known: dict[str, list[Delivery]] = {feed.name: [] for feed in FEEDS}
    for delivery in deliveries:
        if delivery.county == county and delivery.feed in known and delivery.as_of is not None and delivery.as_of <= d:
            known[delivery.feed].append(delivery)
    for found in known.values():
        found.sort(key=lambda delivery: delivery.as_of or date.min, reverse=True)
    missing = _keep_whole_books(known)
    feeds: dict[str, CurrentFeed] = {}
    for feed in FEEDS:
        found = known[feed.name]
        if not found:
            missing.setdefault(feed.name, f"{feed.title}（{feed.name}）没有已接收的数据")
            continue
        newest = found[0].as_of
        days = int(policy.for_feed("freshness_days", feed.name))
        if newest is None or newest < d - timedelta(days=days):
            missing[feed.name] = f"{feed.title}（{feed.name}）最新数据截止{newest}，早于{days}天的时效"
            continue
        feeds[feed.name] = CurrentFeed(feed, newest, _parts(lake, feed, found))
    expected = tuple(feed.name for feed in policy.expected_feeds)
    return Conformed(county, d, feeds, _lose_half_books(feeds, missing), expected)


def _keep_whole_books(known: dict[str, list[Delivery]]) -> dict[str, str]:
    """Keep of each book only the as-of dates that all its halves have; say where none is left."""
    missing: dict[str, str] = {}
    for halves in BOOKS.values():
        shared = set.intersection(*({delivery.as_of for delivery in known[name]} for name in halves))
        if not shared:
            absent = [name for name in halves if not known[name]]
            for name in halves:
                if known[name]:
                    others = "、".join(absent or [n for n in halves if n != name])
                    missing[name] = f"{name}与{others}须同一数据截止日，现缺其一"
        for name in halves:
            known[name] = [delivery for delivery in known[name] if delivery.as_of in shared]
    return missing


def _lose_half_books(feeds: dict[str, CurrentFeed], missing: dict[str, str]) -> dict[str, str]:
    """A book of which one half is stale is not there."""
    for halves in BOOKS.values():
        stale = [name for name in halves if name not in feeds]
        for name in halves:
            if stale and name in feeds:
                del feeds[name]
                missing[name] = f"{name}与{'、'.join(stale)}须同一数据截止日，现缺其一"
    return missing


def _parts(lake: Lake, feed: Feed, found: Sequence[Delivery]) -> tuple[Part, ...]:
    """Newest delivery alone, or for an accumulating feed each delivery with the periods for which it is the newest."""
    if not feed.accumulates_by:
        return (_part(lake, found[0]),)
    taken: set[tuple[str, ...]] = set()
    chosen: list[Part] = []
    parts = [_part(lake, delivery) for delivery in found]
    for part in parts:
        periods = tuple(sorted(_periods(feed, part) - taken))
        taken.update(periods)
        # the newest delivery stays even where it is empty: it is the one that was searched
        if periods or part is parts[0]:
            chosen.append(Part(part.delivery, part.as_of, part.path, part.refused_path, periods))
    return tuple(chosen)


def _part(lake: Lake, delivery: Delivery) -> Part:
    if delivery.as_of is None:
        raise ValueError(f"delivery {delivery.id} has no as-of date")
    return Part(
        delivery.id,
        delivery.as_of,
        lake.staged(delivery.feed, delivery.county, delivery.id),
        lake.quarantined_rows(delivery.feed, delivery.county, delivery.id),
    )


def _periods(feed: Feed, part: Part) -> set[tuple[str, ...]]:
    """Periods that a delivery has rows of: its period columns alone, a row group at a time."""
    columns = list(feed.accumulates_by)
    found: set[tuple[str, ...]] = set()
    with pq.ParquetFile(part.path) as file:
        for number in range(file.num_row_groups):
            periods = file.read_row_group(number, columns=columns).group_by(columns).aggregate([])
            found.update(zip(*(periods[column].to_pylist() for column in columns), strict=True))
    return found
