"""Halves of a book that came alone: in force, and of no use until the other half of their day is there too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from expectations.feeds import BOOKS
from pipelines.house.records.night import DeliveryRow
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title
from pipelines.night.summary import numbered_row
from warehouse.books.deliveries import STOPPED, Delivery, Event, list_deliveries
from warehouse.books.schema import deliveries as deliveries_table


def told_rows(
    settings: Settings, deliveries: Sequence[Delivery], barred: Mapping[str, str] | None = None
) -> list[DeliveryRow]:
    """Deliveries as lists show them; of halves that came alone what they wait for, of ``barred`` ones why."""
    counties = {d.county for d in deliveries if d.status == Event.ACCEPTED}
    mine = (deliveries_table.c.county.in_(counties),)
    alone = lone_halves(list_deliveries(settings.home.books, mine)) if counties else {}
    return [numbered_row(d, alone | dict(barred or {})) for d in deliveries]


def lone_halves(known: Iterable[Delivery]) -> dict[str, str]:
    """By the id of a delivery in force what it waits for, in Chinese; ``known`` are all deliveries of its county.

    Only those of a later day than the newest that the county's book has whole: of others nobody waits for the rest.
    """
    found: dict[str, str] = {}
    mine = [d for d in known if d.as_of is not None]
    for county in sorted({d.county for d in mine}):
        for halves in BOOKS.values():
            found |= dict(_alone([d for d in mine if d.county == county and d.feed in halves], halves))
    return found


def _alone(book: Sequence[Delivery], halves: Sequence[str]) -> Iterator[tuple[str, str]]:
    days = {half: {d.as_of for d in book if d.feed == half and d.status == Event.ACCEPTED} for half in halves}
    newest = max((day or date.min for day in set.intersection(*days.values())), default=date.min)
    for one in book:
        missing = [half for half in halves if one.as_of not in days[half]]
        if one.status == Event.ACCEPTED and missing and (one.as_of or date.min) > newest:
            yield one.id, "；".join(_told(book, half, one.as_of) for half in missing)


def _told(book: Sequence[Delivery], half: str, day: date | None) -> str:
    title = f"另一半{feed_title(half)}（{half}）"
    there = [d for d in book if d.feed == half and d.as_of == day and d.status in STOPPED]
    if not there:
        return f"已入库，暂不能采用：{title}还没有数据截止{day}的数据，请一并报送"
    last = max(there, key=lambda d: d.last_event)
    word = "待确认" if last.status == Event.HELD else "被整批退回"
    return f"已入库，暂不能采用：{title}数据截止{day}的批次{last.id}{word}"
