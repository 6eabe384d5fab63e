"""The rows that count at D: which deliveries, which of their periods, and what is not there and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.feed import Feed
from warehouse.sql import among, parquet


@dataclass(frozen=True)
class Part:
    """Staged rows of one delivery that count: all of them, or those of ``periods`` (values of accumulates_by)."""

    delivery: str
    as_of: date
    path: Path
    refused_path: Path
    periods: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True)
class CurrentFeed:
    """The current rows of one feed, newest delivery first."""

    feed: Feed
    as_of: date
    parts: tuple[Part, ...]

    @property
    def newest(self) -> Part:
        """The newest delivery."""
        return self.parts[0]

    @property
    def periods(self) -> tuple[tuple[str, ...], ...]:
        """All periods that the current rows have, sorted."""
        return tuple(sorted(period for part in self.parts for period in part.periods or ()))

    def part_with(self, period: tuple[str, ...]) -> Part | None:
        """The delivery whose rows count for a period."""
        return next((part for part in self.parts if part.periods and period in part.periods), None)

    def sql(self) -> str:
        """The current rows as a DuckDB relation."""
        return " UNION ALL ".join(self._part_sql(part) for part in self.parts)

    def _part_sql(self, part: Part) -> str:
        relation = f"SELECT * FROM {parquet(part.path)}"
        if part.periods is None:
            return relation
        columns = ", ".join(self.feed.accumulates_by)
        return f"{relation} WHERE {among(f'({columns})', part.periods)}"


@dataclass(frozen=True)
class Conformed:
    """What is there at D, and of every feed that is not, why (Chinese, with its name).

    ``expected``: the feeds that the county is to receive, in their order; of others nobody misses what is not there.
    """

    county: str
    d: date
    feeds: Mapping[str, CurrentFeed]
    missing: Mapping[str, str]
    expected: tuple[str, ...]

    @property
    def deliveries(self) -> dict[str, list[str]]:
        """Delivery ids that count, by feed."""
        return {name: [part.delivery for part in current.parts] for name, current in self.feeds.items()}
