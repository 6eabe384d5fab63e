"""Which rows count at D: current deliveries and their days, halves of a book, feeds that accumulate, freshness."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

from builders import BARRED_FEEDS, READ_FEEDS, Delivery, Row, World
from oracle.names import normalised
from oracle.policy import Policy

HALVES = {
    "register_households": "register_members",
    "register_members": "register_households",
    "low_income_households": "low_income_members",
    "low_income_members": "low_income_households",
}
PERIOD = {
    "low_income_payments": ("month",),
    "education_subsidies": ("school_year", "term"),
    "deaths": ("month",),
    "medical_costs": ("month",),
}
IDENTITY = {
    "register_households": ("head_id", "head_name"),
    "register_members": ("person_id", "name"),
    "low_income_households": ("head_id", "head_name"),
    "low_income_members": ("person_id", "name"),
    "low_income_payments": ("payee_id", "payee_name"),
    "insurance_enrolments": ("person_id", "name"),
    "students": ("person_id", "name"),
    "education_subsidies": ("person_id", "name"),
    "housing_renovations": ("head_id", "head_name"),
    "relocations": ("head_id", "head_name"),
}

Period = tuple[str, ...]


class Deliveries:
    """The accepted deliveries of one world, as D sees them. D chooses them, and nothing else."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world, self.policy, self.d = world, policy, world.d

    @cached_property
    def accepted(self) -> dict[str, list[Delivery]]:
        """By feed that a rule reads: all with an as-of <= D in order of receipt, superseded ones too."""
        by_feed: dict[str, list[Delivery]] = {feed: [] for feed in READ_FEEDS}
        for delivery in self.world.deliveries:
            if delivery.as_of <= self.d and delivery.feed in by_feed and self._is_allowed(delivery):
                by_feed[delivery.feed].append(delivery)
        return by_feed

    def _is_allowed(self, delivery: Delivery) -> bool:
        """Whether the feed needs no document, or one is named at its as-of: what is not allowed is not read."""
        named = self.policy.at_or("leads.basis", delivery.as_of, {})
        return delivery.feed not in (*BARRED_FEEDS, "outside_leads") or delivery.feed in named

    @cached_property
    def in_force(self) -> dict[str, dict[date, Delivery]]:
        """By feed and as-of: the last correction. What it superseded counts no more."""
        return {feed: {d.as_of: d for d in deliveries} for feed, deliveries in self.accepted.items()}

    def _dates(self, feed: str) -> set[date]:
        """As-ofs at which the feed can be read: of a half of a book those that both halves have."""
        dates = set(self.in_force[feed])
        return dates & set(self.in_force[HALVES[feed]]) if feed in HALVES else dates

    @cached_property
    def newest(self) -> dict[str, Delivery]:
        """By feed: the delivery with the greatest as-of <= D; halves of a book at the greatest that both have."""
        return {feed: self.in_force[feed][max(dates)] for feed in READ_FEEDS if (dates := self._dates(feed))}

    def day(self, feed: str) -> date:
        """The as-of of the feed's current rows; of an accumulating feed the greatest accepted as-of <= D."""
        return self.newest[feed].as_of

    def book_as_of(self, households: str, until: date) -> tuple[Delivery, Delivery] | None:
        """The newest accepted halves of a book as of a day or before, or None."""
        dates = [as_of for as_of in self._dates(households) if as_of <= until]
        if not dates:
            return None
        return self.in_force[households][max(dates)], self.in_force[HALVES[households]][max(dates)]

    def missing(self, feed: str) -> str | None:
        """Why the feed is not there: never delivered, stale, or the other half of its book is; None where it is."""
        other = HALVES.get(feed)
        return self._missing_alone(feed) or (self._missing_alone(other) if other else None)

    def _missing_alone(self, feed: str) -> str | None:
        if feed not in self.newest:
            return f"{feed}: no delivery"
        oldest = self.d - timedelta(days=self.policy.of_feed("freshness_days", feed, self.d))
        return f"{feed}: stale, as of {self.day(feed)}" if self.day(feed) < oldest else None

    @cached_property
    def suppliers(self) -> dict[str, dict[Period, Delivery]]:
        """Of each feed that accumulates: by period, the newest delivery that has rows of it."""
        found: dict[str, dict[Period, Delivery]] = {}
        for feed, columns in PERIOD.items():
            found[feed] = {}
            for _, delivery in sorted(self.in_force[feed].items()):
                for period in {tuple(row[c] for c in columns) for row in delivery.rows}:
                    found[feed][period] = delivery
        return found

    @cached_property
    def current(self) -> dict[str, list[Delivery]]:
        """By feed: the deliveries that have its current rows, and the newest, which was searched even where empty."""
        found = {feed: [delivery] for feed, delivery in self.newest.items()}
        for feed, suppliers in self.suppliers.items():
            if feed in found:
                found[feed] = _distinct([*found[feed], *suppliers.values()])
        return found

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Current rows by feed."""
        found: dict[str, list[Row]] = {feed: [] for feed in READ_FEEDS}
        for feed, deliveries in self.current.items():
            for delivery in deliveries:
                found[feed] += [row for row in delivery.rows if self._counts(feed, row, delivery)]
        return found

    def _counts(self, feed: str, row: Row, delivery: Delivery) -> bool:
        return feed not in PERIOD or self.suppliers[feed][_period(feed, row)] is delivery

    @cached_property
    def quarantined(self) -> dict[str, list[Row]]:
        """By feed: the quarantined rows of its current deliveries, with what is readable of them.

        A row whose period is readable, and which a newer delivery has, is no longer current.
        """
        return {
            feed: [row for d in deliveries for row in d.quarantined if not self._was_overtaken(feed, row, d)]
            for feed, deliveries in self.current.items()
        }

    def _was_overtaken(self, feed: str, row: Row, delivery: Delivery) -> bool:
        if feed not in PERIOD or any(row.get(column) is None for column in PERIOD[feed]):
            return False
        supplier = self.suppliers[feed].get(_period(feed, row))
        return supplier is not None and supplier.as_of > delivery.as_of

    @cached_property
    def _refused(self) -> set[tuple[int, str]]:
        return {
            (id(delivery.rows[number]), column)
            for deliveries in self.accepted.values()
            for delivery in deliveries
            for number, column in delivery.refused
        }

    def was_refused(self, row: Row, column: str) -> bool:
        """Whether a staged row's null comes of a refused value."""
        return (id(row), column) in self._refused


def hidden_names_of(delivery: Delivery) -> set[str]:
    """Normalised names of rows that no search by number can find: staged without a valid one, or quarantined."""
    if delivery.feed not in IDENTITY:
        return set()
    number, name = IDENTITY[delivery.feed]
    hidden = [row for row in delivery.rows if row[number] is None] + list(delivery.quarantined)
    return {normalised(row[name]) for row in hidden if row.get(name)}


def _period(feed: str, row: Row) -> Period:
    return tuple(row[column] for column in PERIOD[feed])


def _distinct(deliveries: Iterable[Delivery]) -> list[Delivery]:
    return list({id(delivery): delivery for delivery in deliveries}.values())
