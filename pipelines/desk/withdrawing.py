"""A delivery taken out of force, and what counts instead of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from expectations.errors import RequestError
from expectations.feeds import BOOKS, FEEDS_BY_NAME
from pipelines.house.deliveries import find_named
from pipelines.house.home import hold
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.night.holding import periods_of
from warehouse.books.deliveries import Delivery, Event, in_force, is_same_day, list_deliveries
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.books.standing import withdraw as take_out

EARLIER: Final = "earlier"
"""Said instead of a delivery: nothing of the same as-of date, what is in force of an earlier one counts."""


@dataclass(frozen=True)
class Instead:
    """What counts instead, None: nothing; of an accumulating feed for these ``periods``."""

    delivery: Delivery | None
    periods: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        day = self.delivery.as_of if self.delivery is not None else None
        return {
            "delivery": self.delivery.id if self.delivery is not None else None,
            "as_of": day.isoformat() if day is not None else None,
            "periods": list(self.periods),
        }

    def __str__(self) -> str:
        """One line, in the language that is spoken."""
        of = say(f"{'、'.join(self.periods)}：", f"{', '.join(self.periods)}: ") if self.periods else ""
        if self.delivery is None:
            return of + say("没有可以采用的数据", "no data that could count")
        rows = self.delivery.accounting.staged if self.delivery.accounting is not None else 0
        number, day = self.delivery.id, self.delivery.as_of
        return of + say(f"采用批次{number}（数据截止{day}，{rows}行）", f"delivery {number} (as of {day}, {rows} rows)")


@dataclass(frozen=True)
class Withdrawn:
    """A delivery that was taken out of force, and what counts since."""

    delivery: Delivery
    instead: tuple[Instead, ...]


def withdraw(settings: Settings, delivery: str, reason: str, to: str = "") -> Withdrawn:
    """Take a delivery out of force; ``to``: content superseded at its as-of date that counts instead, or ``EARLIER``.

    Where there is such content it must be said. The actor's name is recorded. Raises UnknownError for an unknown
    delivery, RequestError for one that is not in force, or where ``to`` is missing or is none of those.
    """
    if not reason.strip():
        raise RequestError("a delivery is withdrawn for a reason only")
    with hold(settings.home.lake, "intake"):
        found = find_named(settings, delivery)
        if found.status != Event.ACCEPTED:
            raise RequestError(f"{found.id} is not in force", why=f"it is {found.status}")
        known = list_deliveries(settings.home.books, (deliveries_table.c.county == found.county,))
        superseded = [d for d in known if is_same_day(d, found) and d.status == Event.SUPERSEDED]
        chosen = _chosen(settings, found, superseded, to)
        take_out(settings.home.books, found, settings.now(), [f"{settings.actor.who}：{reason.strip()}"], chosen)
        return Withdrawn(find_named(settings, found.id), _instead(settings, found))


def _chosen(settings: Settings, found: Delivery, superseded: Sequence[Delivery], to: str) -> Delivery | None:
    """The superseded content that comes back, as it was said."""
    if to == EARLIER or not (to or superseded):
        return None
    named = find_named(settings, to) if to else None
    for one in superseded:
        if named is not None and one.id == named.id:
            return one
    raise RequestError(
        f"say what counts instead of {found.id}"
        if named is None
        else f"{named.id} is nothing that {found.id} superseded: say what counts instead",
        problems=[
            *(f"--to {one.id}: {Instead(one)}" for one in reversed(superseded)),
            *(f"--to {EARLIER}: {one}" for one in _instead(settings, found)),
        ],
    )


def _instead(settings: Settings, gone: Delivery) -> tuple[Instead, ...]:
    """What counts of the feed where ``gone`` did, by what is in force without it."""
    there = [d for d in in_force(settings.home.books, gone.county) if d.id != gone.id]
    days = _whole_days(there, gone.feed)
    own = sorted((d for d in there if d.feed == gone.feed and d.as_of in days), key=_day)
    by_supplier: dict[str | None, list[str]] = {}
    if FEEDS_BY_NAME[gone.feed].accumulates_by:
        lake, supplier = settings.home.lake, dict[str, Delivery]()
        for one in own:
            supplier |= dict.fromkeys(periods_of(lake, one), one)
        for period in sorted(periods_of(lake, gone)):
            now = supplier.get(period)
            if now is None or _day(now) <= _day(gone):  # else that of a later day counted for it before as well
                by_supplier.setdefault(now.id if now is not None else None, []).append(period.replace("|", " "))
    known = {d.id: d for d in own}
    if by_supplier:
        return tuple(Instead(known.get(i or ""), tuple(periods)) for i, periods in by_supplier.items())
    return (Instead(own[-1] if own else None),)


def _day(delivery: Delivery) -> date:
    return delivery.as_of or date.min


def _whole_days(there: Sequence[Delivery], feed: str) -> set[date | None]:
    """As-of dates of which a feed counts: of a half, those that the other half has too."""
    halves = next((halves for halves in BOOKS.values() if feed in halves), (feed,))
    return set.intersection(*({d.as_of for d in there if d.feed == half} for half in halves))
