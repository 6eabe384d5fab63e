"""A lake and books in a temporary folder, and a shortcut from a file to what was staged of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from allowances import allow_all
from feed_tables import file_name, text_table, write_csv
from sent_files import FORMATS
from sqlalchemy import Engine

from expectations.feed import Feed
from expectations.labels import NO_LABELS, Labels
from pipelines.landing import scan_inbox
from pipelines.staging import Staged, stage_delivery
from warehouse.lake import Lake

RECEIVED = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@dataclass
class Bench:
    """Stages what lies in its inbox."""

    lake: Lake
    books: Engine
    allowed_percent: Decimal = Decimal(100)
    labels: Labels = NO_LABELS
    received_at: datetime = RECEIVED
    counter: list[int] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """Where a file of that name lies in the inbox."""
        self.lake.inbox.mkdir(parents=True, exist_ok=True)
        return self.lake.inbox / name

    def stage(self) -> Staged:
        """Stage the one delivery in the inbox, and empty it."""
        scan = scan_inbox(inbox=self.lake.inbox, now=self.received_at)
        (arrival,) = (*scan.ready, *scan.unknown)
        staged = stage_delivery(
            lake=self.lake,
            books=self.books,
            arrival=arrival,
            received_at=self.received_at,
            policy_value=lambda key: self.allowed_percent,
            labels=lambda _feed, _on: self.labels,
            allows=allow_all,
        )
        for path in arrival.paths:
            path.unlink()
        return staged

    def stage_csv(self, feed: Feed, table: Sequence[Sequence[str]], **how: Any) -> Staged:
        """Stage cells as a CSV file."""
        write_csv(self.path(file_name(feed)), table, **how)
        return self.stage()

    def send(self, form: str, feed: Feed, table: Sequence[Sequence[str]]) -> Staged:
        """Stage cells as one of the formats of ``sent_files``."""
        self.lake.inbox.mkdir(parents=True, exist_ok=True)
        FORMATS[form](self.lake.inbox, feed, table)
        return self.stage()

    def stage_rows(self, feed: Feed, rows: Sequence[dict[str, Any]]) -> Staged:
        """Stage typed rows as a clean CSV file."""
        return self.stage_csv(feed, text_table(feed, rows))

    def rows(self, staged: Staged) -> list[dict[str, Any]]:
        """The staged rows."""
        d = staged.delivery
        return pq.read_table(self.lake.staged(d.feed, d.county, d.id)).to_pylist()

    def problems(self, staged: Staged) -> list[dict[str, Any]]:
        """What was refused."""
        d = staged.delivery
        return pq.read_table(self.lake.problems(d.feed, d.county, d.id)).to_pylist()

    def found(self, staged: Staged) -> dict[tuple[int, str], tuple[str, str, str | None]]:
        """What was refused, by row and column: scope, reason, detail."""
        return {(p["row"], p["column"]): (p["scope"], p["reason"], p["detail"]) for p in self.problems(staged)}

    def quarantined(self, staged: Staged) -> list[dict[str, Any]]:
        """Quarantined rows whole."""
        d = staged.delivery
        return pq.read_table(self.lake.quarantined_rows(d.feed, d.county, d.id)).to_pylist()
