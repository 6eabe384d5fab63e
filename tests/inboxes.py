"""A home that literal deliveries arrive at, one by one: what is sent of a feed, and what then counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from actors import TESTER
from feed_tables import AS_OF, COUNTY, Row, file_name, rows_of, text_table, write_csv

from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from pipelines.night.results import Intake
from warehouse.books.deliveries import Delivery, in_force, list_deliveries
from warehouse.books.schema import delivery_events

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Inbox:
    """A home and its inbox."""

    settings: Settings

    def lay(self, feed: str, rows: int | Sequence[Row], as_of: date = AS_OF, county: str = COUNTY) -> None:
        """Lay a file into the inbox: valid rows, or so many of them."""
        declared = FEEDS_BY_NAME[feed]
        table = text_table(declared, rows_of(declared, rows) if isinstance(rows, int) else rows)
        self.settings.inbox.mkdir(parents=True, exist_ok=True)
        write_csv(self.settings.inbox / file_name(declared, as_of=as_of, county=county), table)

    def take_in(self) -> Intake:
        """Take in what lies there."""
        return ingest(self.settings, NOW.date())

    def send(self, feed: str, rows: int | Sequence[Row], as_of: date = AS_OF) -> Delivery:
        """A delivery comes, and is taken in."""
        self.lay(feed, rows, as_of)
        (delivery,) = self.take_in().deliveries
        return delivery

    def now(self, delivery: Delivery) -> Delivery:
        """The delivery as it stands."""
        return next(d for d in list_deliveries(self.settings.home.books) if d.id == delivery.id)

    def counting(self) -> set[str]:
        """Ids of what is in force."""
        return {d.id for d in in_force(self.settings.home.books, COUNTY)}

    def events(self, delivery: Delivery) -> list[tuple[str, Any]]:
        """What happened to a delivery, and why."""
        query = delivery_events.select().where(delivery_events.c.delivery == delivery.id)
        with self.settings.home.books.connect() as connection:
            return [(r.kind, r.reason) for r in connection.execute(query.order_by(delivery_events.c.seq))]


def open_inbox(folder: Path, policy: Path | None = None) -> Inbox:
    """An empty home, or one that was opened before."""
    return Inbox(open_settings(folder, inbox=None, policy=policy, actor=TESTER, now=lambda: NOW))


def of_periods(feed: str, periods: Iterable[tuple[str, int]]) -> list[Row]:
    """So many rows of each period (``2026-05``; of subsidies ``2025-2026|秋季``; of enrolments a year)."""
    declared = FEEDS_BY_NAME[feed]
    wanted = [period for period, count in periods for _ in range(count)]
    columns = declared.accumulates_by or ("year",)
    told = [dict(zip(columns, period.split("|"), strict=True)) for period in wanted]
    return [
        row | {c: int(v) if c == "year" else v for c, v in period.items()}
        for row, period in zip(rows_of(declared, len(told)), told, strict=True)
    ]
