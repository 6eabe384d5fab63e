"""The rows that count at D: which deliveries, which of their periods, and what is not there and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.days import Days, When
from expectations.feed import Code, Feed
from expectations.policy import Policy
from warehouse.sql import among, parquet


@dataclass(frozen=True)
class Part:
    """Staged rows of one delivery that count: all of them, or those of ``periods`` (values of accumulates_by)."""

    delivery: str
    as_of: date
    path: Path
    refused_path: Path
    periods: tuple[tuple[str, ...], ...] | None = None
    problems_path: Path | None = None


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

    def alone(self, part: Part | None) -> "CurrentFeed":
        """All rows of one delivery of the feed; no row without one."""
        return replace(self, parts=(replace(self.newest, periods=()) if part is None else replace(part, periods=None),))

    def refused(self, part: Part | None) -> "CurrentFeed":
        """The quarantined rows of one delivery of the feed; no row without one."""
        there, periods = (self.newest, ()) if part is None else (part, None)
        return replace(self, parts=(replace(there, path=there.refused_path, periods=periods),))

    def sql(self, beside: str = "") -> str:
        """The current rows as a DuckDB relation; ``beside``: an expression that stands behind their columns."""
        return " UNION ALL ".join(self._part_sql(part, beside) for part in self.parts)

    @property
    def columns(self) -> pa.Schema:
        """The columns that are read, of the kinds that the newest delivery has."""
        return self._columns_of(self.newest)

    def _columns_of(self, part: Part) -> pa.Schema:
        """Of what stands beside labels that alone by which rows are told apart, though an older release kept none."""
        words = {column.beside for column in self.feed.columns if isinstance(column.type, Code)}
        fields = []
        for one in pq.read_schema(part.path).remove_metadata():
            if one.name not in words:
                fields.append(one)
            if one.name in self.feed.by_name and (column := self.feed[one.name]).told_as_sent:
                fields.append(pa.field(column.beside, pa.string()))
        return pa.schema(fields)

    def _part_sql(self, part: Part, beside: str) -> str:
        there = set(pq.read_schema(part.path).names)
        names = [
            f'"{name}"' if name in there else f'CAST(NULL AS VARCHAR) AS "{name}"'
            for name in self._columns_of(part).names
        ]
        relation = f"SELECT {', '.join([*names, beside] if beside else names)} FROM {parquet(part.path)}"
        if part.periods is None:
            return relation
        columns = ", ".join(self.feed.accumulates_by)
        return f"{relation} WHERE {among(f'({columns})', part.periods)}"


@dataclass(frozen=True)
class Conformed:
    """What is there at D, and of every feed that is not, why (Chinese, with its name).

    ``expected``: the feeds that the county is to receive, in their order; of others nobody misses what is not there.
    ``before``: the newest halves of the assistance book as of the last day of M* or before, where they are not the
    current ones. ``enrolled``: rows of insurance_enrolments by year; ``most_enrolled``: the most that an accepted
    delivery of the county ever had of one year. ``stale``: feeds that are not there and of which terms hear all
    the same what their newest delivery says. ``barred``: feeds that are not there as no document allows their use.
    """

    county: str
    d: date
    feeds: Mapping[str, CurrentFeed]
    missing: Mapping[str, str]
    expected: tuple[str, ...]
    before: Mapping[str, CurrentFeed] = field(default_factory=dict)
    enrolled: Mapping[int, int] = field(default_factory=dict)
    most_enrolled: int = 0
    stale: Mapping[str, CurrentFeed] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()

    @property
    def heard(self) -> Mapping[str, CurrentFeed]:
        """Every feed whose rows terms hear: those that are there, and stale ones that still speak."""
        return {**self.feeds, **self.stale}

    @property
    def deliveries(self) -> dict[str, list[str]]:
        """Delivery ids that are read, by feed: those that count, then the book of M*."""
        read = {name: [part.delivery for part in current.parts] for name, current in self.heard.items()}
        for name, current in self.before.items():
            read[name] += [part.delivery for part in current.parts]
        return read

    def days(self, policy: Policy) -> Days:
        """What the deliveries cover."""
        return days_of(self.heard, policy)

    def has_value(self, feed: str, column: str) -> bool:
        """Whether any current row of a feed that is there has a value in an optional column."""
        parts = self.feeds[feed].parts
        return any(_has_value(part.path, column) for part in parts)

    def enrolments(self, policy: Policy, feeds: tuple[str, ...]) -> "Enrolments":
        """What insurance_enrolments, which must be there, has of the insurance year, as a rule that needs ``feeds``
        asks for it. Raises PolicyError."""
        days = self.days(policy)
        shrunk = policy.for_feed("shrink_percent", "insurance_enrolments", days.on(When(feeds)))
        year = days.insurance_year
        return Enrolments(year, self.enrolled.get(year or 0, 0), self.most_enrolled, shrunk)


def _has_value(path: Path, column: str) -> bool:
    """By the counts of nulls in a staged file's footer; the whole column only where there are none."""
    with pq.ParquetFile(path) as file:
        index = file.schema_arrow.get_field_index(column)
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        stats = [group.column(index).statistics for group in groups]
        if all(one is not None and one.has_null_count for one in stats):
            nulls = sum(int(one.null_count) for one in stats)
        else:
            nulls = int(file.read(columns=[column]).column(column).null_count)
        return nulls < int(file.metadata.num_rows)


@dataclass(frozen=True)
class Enrolments:
    """Rows of the insurance year, beside the most that a delivery ever had of one year."""

    year: int | None
    rows: int
    most: int
    shrink_percent: Decimal

    @property
    def are_whole(self) -> bool:
        """Whether there are rows of the year, and not fewer by more than ``shrink_percent``."""
        return self.rows > 0 and self.rows * 100 >= (100 - self.shrink_percent) * self.most


def days_of(feeds: Mapping[str, CurrentFeed], policy: Policy) -> Days:
    """What the deliveries of these feeds cover."""
    periods = {
        name: {period: part.as_of for part in current.parts for period in part.periods or ()}
        for name, current in feeds.items()
        if current.feed.accumulates_by
    }
    return Days(policy, {name: current.as_of for name, current in feeds.items()}, periods)
