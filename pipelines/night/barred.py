"""Deliveries in force whose use no document allows any more: nothing of them counts (decision 0043)."""

from collections.abc import Iterable
from datetime import date

from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.settings import Settings
from pipelines.staging import Allows
from warehouse.books.deliveries import Delivery, Event


def barred(known: Iterable[Delivery], allows: Allows) -> list[Delivery]:
    """Those that are in force of ``known``, deliveries of one county, newest as-of date first."""
    found = [d for d in known if d.status == Event.ACCEPTED and not allows(d.feed, d.as_of)]
    return sorted(found, key=lambda d: (d.as_of or date.min, d.id), reverse=True)


def newest_barred(known: Iterable[Delivery], allows: Allows) -> list[tuple[Delivery, str]]:
    """Of each feed the newest, with what is to be said and done."""
    by_feed: dict[str, list[Delivery]] = {}
    for delivery in barred(known, allows):
        by_feed.setdefault(delivery.feed, []).append(delivery)
    return [(found[0], why_barred(found[0], len(found))) for _, found in sorted(by_feed.items())]


def why_barred(delivery: Delivery, count: int = 1) -> str:
    """Why it does not count and what to do, in Chinese; ``count``: of so many deliveries of its feed."""
    more = f"（连同更早的共{count}批）" if count > 1 else ""
    return (
        f"没有共享依据，不再采用{more}：参数 leads.basis 没有写明数据截止{delivery.as_of}的依据，不读取其中任何内容，"
        "由它得出的线索已撤下。有现行文件的，请写入该参数；没有的不必处理，到保存期限自动删除"
    )


def reasons_by_id(settings: Settings, deliveries: Iterable[Delivery], on: date) -> dict[str, str]:
    """Why those of ``deliveries`` that are barred do not count. The policy is read of counties only whose are asked."""
    asked: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        feed = FEEDS_BY_NAME.get(delivery.feed)
        if delivery.status == Event.ACCEPTED and feed is not None and feed.asks_for_basis:
            asked.setdefault(delivery.county, []).append(delivery)
    return {
        one.id: why_barred(one)
        for county, known in asked.items()
        for one in barred(known, settings.policies.at(county, on).may_use)
    }
