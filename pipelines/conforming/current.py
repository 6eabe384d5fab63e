"""Which rows count at D: of each feed the newest accepted delivery, or its newest periods, and what is not there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from expectations.feed import Feed
from expectations.feeds import BOOKS, FEEDS
from expectations.policy import Policy, PolicyError
from warehouse.books.deliveries import Delivery, Event
from warehouse.current import Conformed, CurrentFeed, Part, days_of
from warehouse.lake import Lake
from warehouse.staged import StagedChangedError, need_as_staged, staged_rows

IN: Final = "insurance_enrolments"


def conform(
    lake: Lake,
    deliveries: Sequence[Delivery],
    county: str,
    d: date,
    policy: Policy,
    ever: Sequence[Delivery] = (),
) -> Conformed:
    """Choose the current rows of every feed at D from the deliveries in force (at most one a feed and as-of).

    What no document allows any more is in force and does not count: nothing of it is read (decision 0043).
    ``ever``: those that were once accepted, whatever became of them.
    """
    known: dict[str, list[Delivery]] = {feed.name: [] for feed in FEEDS}
    barred: dict[str, list[Delivery]] = {feed.name: [] for feed in FEEDS}
    for delivery in deliveries:
        if delivery.county == county and delivery.feed in known and delivery.as_of is not None and delivery.as_of <= d:
            (known if policy.may_use(delivery.feed, delivery.as_of) else barred)[delivery.feed].append(delivery)
    unread = frozenset(
        name for name, found in known.items() if not found and (barred[name] or not policy.may_use(name, None))
    )
    for found in known.values():
        found.sort(key=lambda delivery: delivery.as_of or date.min, reverse=True)
    missing = _keep_whole_books(known)
    feeds: dict[str, CurrentFeed] = {}
    stale: dict[str, CurrentFeed] = {}
    for feed in FEEDS:
        found = known[feed.name]
        if not found:
            why = "没有共享依据，不再采用" if barred[feed.name] else "没有已接收的数据"
            missing.setdefault(feed.name, f"{feed.title}（{feed.name}）{why}")
            continue
        newest = found[0].as_of
        days = int(policy.for_feed("freshness_days", feed.name))
        if newest is None or newest < d - timedelta(days=days):
            missing[feed.name] = f"{feed.title}（{feed.name}）最新数据截止{newest}，早于{days}天的时效"
            if newest is not None and feed.heard_when_stale:
                stale[feed.name] = CurrentFeed(feed, newest, _parts(lake, feed, found))
            continue
        feeds[feed.name] = CurrentFeed(feed, newest, _parts(lake, feed, found))
    expected = tuple(feed.name for feed in policy.expected_feeds)
    missing = _lose_half_books(feeds, missing)
    enrolled, most = _enrolled(lake, feeds, [*deliveries, *ever], county, d)
    before = _book_of_newest_month(lake, feeds, known, policy)
    return Conformed(county, d, feeds, missing, expected, before, enrolled, most, stale, unread)


def _book_of_newest_month(
    lake: Lake, feeds: Mapping[str, CurrentFeed], known: Mapping[str, Sequence[Delivery]], policy: Policy
) -> dict[str, CurrentFeed]:
    """The newest halves of the assistance book as of the last day of M* or before; none where they are the current."""
    halves = [feeds[name] for name in BOOKS["low_income"] if name in feeds]
    try:
        month = days_of(feeds, policy).newest_settled_month
    except PolicyError:  # the rules that ask for M* say so
        month = None
    if month is None or not halves or halves[0].as_of <= month.last_day:
        return {}
    found: dict[str, CurrentFeed] = {}
    for half in halves:
        earlier = [one for one in known[half.feed.name] if one.as_of is not None and one.as_of <= month.last_day]
        if earlier:
            part = _part(lake, earlier[0])
            found[half.feed.name] = CurrentFeed(half.feed, part.as_of, (part,))
    return found


def _enrolled(
    lake: Lake, feeds: Mapping[str, CurrentFeed], ever: Sequence[Delivery], county: str, d: date
) -> tuple[Mapping[int, int], int]:
    """Rows of the current enrolments by year, and the most rows that a delivery ever had of one year."""
    current = feeds.get(IN)
    if current is None:
        return {}, 0
    enrolled = _years(current.newest.path, current.newest.path.stat().st_mtime_ns)
    most = max(enrolled.values(), default=0)
    others = {
        one.id: one
        for one in ever
        if one.feed == IN and one.county == county and one.as_of is not None and one.as_of <= d
    }
    for one in others.values():
        # what has no more rows in all has no more of one year
        if one.accounting is None or one.accounting.staged > most:
            most = max([most, *rows_by_year(lake, one).values()])
    return enrolled, most


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
            chosen.append(replace(part, periods=periods))
    return tuple(chosen)


def _part(lake: Lake, delivery: Delivery) -> Part:
    if delivery.as_of is None:
        raise ValueError(f"delivery {delivery.id} has no as-of date")
    need_as_staged(lake, delivery)
    return Part(
        delivery.id,
        delivery.as_of,
        lake.staged(delivery.feed, delivery.county, delivery.id),
        lake.quarantined_rows(delivery.feed, delivery.county, delivery.id),
        problems_path=lake.problems(delivery.feed, delivery.county, delivery.id),
    )


@lru_cache(maxsize=1024)
def _years(path: Path, _modified: int) -> Mapping[int, int]:
    years = pq.read_table(path, columns=["year"])["year"].value_counts()
    return {int(one["values"]): int(one["counts"]) for one in years.to_pylist() if one["values"] is not None}


def rows_by_year(lake: Lake, delivery: Delivery) -> Mapping[int, int]:
    """How many staged enrolments a delivery has of each year; where its rows were erased, its profile knows.

    So it does of what was withdrawn because its rows had been spoilt. Raises StagedChangedError.
    """
    try:
        path = staged_rows(lake, delivery)
    except StagedChangedError:
        if delivery.status != Event.WITHDRAWN:
            raise
        path = None
    if path is None:
        return _years_of_profile(lake.profile(IN, delivery.county, delivery.id))
    return _years(path, path.stat().st_mtime_ns)


def _years_of_profile(path: Path) -> Mapping[int, int]:
    """Of a delivery whose rows are gone; one of an older release did not count them by year."""
    try:
        periods = json.loads(path.read_text(encoding="utf-8"))["periods"]
    except FileNotFoundError:
        return {}
    return {int(year): int(rows) for year, rows in periods.items()}


def _periods(feed: Feed, part: Part) -> set[tuple[str, ...]]:
    """Periods that a delivery has rows of: its period columns alone, a row group at a time."""
    columns = list(feed.accumulates_by)
    found: set[tuple[str, ...]] = set()
    with pq.ParquetFile(part.path) as file:
        for number in range(file.num_row_groups):
            periods = file.read_row_group(number, columns=columns).group_by(columns).aggregate([])
            found.update(zip(*(periods[column].to_pylist() for column in columns), strict=True))
    return found
