"""Which deliveries somebody has to confirm (待确认): without any row, or with far fewer than came before.

A month that a department forgot looks like a month in which everybody lost their support. What is so is held at the
door: staged, and not in force before a person has released it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from expectations.calendar import insurance_year
from expectations.feeds import FEEDS_BY_NAME
from pipelines.conforming.current import IN, rows_by_year
from pipelines.house.settings import Settings
from warehouse.books.deliveries import IN_FORCE, Delivery, Event, events_of, list_deliveries
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.lake import Lake

_NEVER: Final = Decimal(100)
"""The share by which a feed may shrink that is never held, be it empty."""

_ONCE: Final = (Event.ACCEPTED, Event.SUPERSEDED)
"""Deliveries that somebody trusted; of what was withdrawn nobody says any more how many rows there should be."""


@dataclass(frozen=True)
class _Most:
    """The rows that a delivery is measured by, and whose they are."""

    rows: int
    delivery: Delivery


def why_held(settings: Settings, delivery: Delivery, on: date) -> tuple[str, ...]:
    """Why a delivery must be confirmed before it counts, with what it would change, in Chinese; empty: it need not be.

    Policy of the day ``on``, its values at the delivery's own as-of date.
    """
    if delivery.as_of is None or delivery.accounting is None:
        return ()
    policy = settings.policies.at(delivery.county, on)
    shrink = Decimal(policy.for_feed("shrink_percent", delivery.feed, delivery.as_of))
    if shrink >= _NEVER:
        return ()
    days = int(policy.for_feed("freshness_days", delivery.feed, delivery.as_of))
    first = delivery.as_of - timedelta(days=days)
    before = [d for d in _trusted(settings, delivery) if d.as_of is not None and d.as_of <= delivery.as_of]
    recent = [d for d in before if d.as_of is not None and d.as_of >= first]
    lake, staged = settings.home.lake, delivery.accounting.staged
    if staged == 0:
        return tuple(_told(delivery, [_empty(_most_of(recent or before))]))
    if FEEDS_BY_NAME[delivery.feed].accumulates_by:
        now, then = periods_of(lake, delivery), _suppliers(lake, before)
        told = _shrunken(now, then, now, shrink)
    elif delivery.feed == IN:
        settled = str(policy.value("insurance.settled_on", delivery.as_of))
        now, then = _years(lake, delivery), _most_by_year(lake, recent)
        told = _shrunken(now, then, {*now, f"{insurance_year(delivery.as_of, settled)}年度"}, shrink)
    else:
        most = _most_of(recent)
        told = _shrunken({"": staged}, {"": most} if most is not None else {}, ("",), shrink)
    lines = list(told)
    return tuple(_told(delivery, lines)) if lines else ()


def _trusted(settings: Settings, delivery: Delivery) -> list[Delivery]:
    """Accepted deliveries of the feed and county that came into force since the last released one, in that order."""
    books = settings.home.books
    own = (deliveries_table.c.feed == delivery.feed, deliveries_table.c.county == delivery.county)
    there = {d.id: d for d in list_deliveries(books, own) if d.status in _ONCE and d.id != delivery.id}
    entered = [e for e in events_of(books, delivery.county) if e.delivery in there and e.kind in IN_FORCE]
    since = max((e.seq for e in entered if e.kind == Event.RELEASED and _by(there[e.delivery], delivery)), default=0)
    last = {e.delivery: e.seq for e in entered if e.seq >= since}
    return [there[i] for i in sorted(last, key=last.__getitem__)]


def _by(earlier: Delivery, delivery: Delivery) -> bool:
    return earlier.as_of is not None and delivery.as_of is not None and earlier.as_of <= delivery.as_of


def _most_of(deliveries: Iterable[Delivery]) -> _Most | None:
    counted = [_Most(d.accounting.staged, d) for d in deliveries if d.accounting is not None]
    return max(counted, key=lambda most: (most.rows, most.delivery.as_of or date.min), default=None)


def _suppliers(lake: Lake, before: Iterable[Delivery]) -> dict[str, _Most]:
    """Of each period the rows of the delivery that supplies it: the newest in force that has it."""
    found: dict[str, _Most] = {}
    for one in sorted(before, key=lambda d: d.as_of or date.min):
        if one.status == Event.ACCEPTED:
            found |= {period: _Most(rows, one) for period, rows in periods_of(lake, one).items()}
    return found


def _most_by_year(lake: Lake, recent: Iterable[Delivery]) -> dict[str, _Most]:
    found: dict[str, _Most] = {}
    for one in recent:
        for year, rows in _years(lake, one).items():
            if year not in found or rows > found[year].rows:
                found[year] = _Most(rows, one)
    return found


def periods_of(lake: Lake, delivery: Delivery) -> dict[str, int]:
    """Rows by period, as they were counted when the delivery was staged."""
    path = lake.profile(delivery.feed, delivery.county, delivery.id)
    try:
        periods: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["periods"]
    except FileNotFoundError:  # erased on schedule
        return {}
    return periods


def _years(lake: Lake, delivery: Delivery) -> dict[str, int]:
    counts = rows_by_year(lake, delivery)
    return {f"{year}年度": rows for year, rows in counts.items()}


def _shrunken(
    now: Mapping[str, int], then: Mapping[str, _Most], asked: Iterable[str], shrink: Decimal
) -> Iterator[str]:
    """A line for each part that has fewer than (100 − ``shrink``) % of the rows that it had."""
    for part in sorted(asked):
        most, rows = then.get(part), now.get(part, 0)
        if most is not None and rows * 100 < (100 - shrink) * most.rows:
            of = f"{part}：" if part else ""
            yield f"{of}现有{rows}行，{_whose(most)}有{most.rows}行，减少超过{shrink.normalize():f}%"


def _empty(most: _Most | None) -> str:
    compared = f"，{_whose(most)}有{most.rows}行" if most is not None else ""
    return f"没有一行可用的数据{compared}"


def _whose(most: _Most) -> str:
    return f"批次{most.delivery.id}（数据截止{most.delivery.as_of}）"


def _told(delivery: Delivery, lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield (
        "已入库，暂不采用。有误的，请重新报送完整的数据；"
        f"确属实情的，由县级确认：liangxian release {delivery.id} --reason 理由"
    )
