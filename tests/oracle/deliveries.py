"""Which rows count at D: current deliveries, halves of a book, feeds that accumulate, freshness, hidden names."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property

from builders import FEED_NAMES, Delivery, Row, World
from oracle.names import normalised
from oracle.policy import Policy

HALVES = {
    "register_households": "register_members",
    "register_members": "register_households",
    "low_income_households": "low_income_members",
    "low_income_members": "low_income_households",
}
PERIOD = {"low_income_payments": ("month",), "education_subsidies": ("school_year", "term")}
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
}


class Deliveries:
    """The deliveries of one world, as D sees them."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world, self.policy, self.d = world, policy, world.d

    @cached_property
    def in_force(self) -> dict[str, dict[date, Delivery]]:
        """By feed that a rule reads, by as-of <= D: the last correction. What it superseded counts no more."""
        by_feed: dict[str, dict[date, Delivery]] = {feed: {} for feed in FEED_NAMES}
        for delivery in self.world.deliveries:
            if delivery.as_of <= self.d and delivery.feed in by_feed:
                by_feed[delivery.feed][delivery.as_of] = delivery
        return by_feed

    @cached_property
    def current(self) -> dict[str, Delivery]:
        """By feed: the delivery with the newest as-of; a half of a book at the newest as-of that both halves have."""
        found = {}
        for feed in FEED_NAMES:
            dates = set(self.in_force[feed])
            if feed in HALVES:
                dates &= set(self.in_force[HALVES[feed]])
            if dates:
                found[feed] = self.in_force[feed][max(dates)]
        return found

    def missing(self, feed: str) -> str | None:
        """Why the feed is not there: never delivered (or half a book), or stale; None where it is there."""
        if feed not in self.current:
            return f"{feed}: no delivery"
        oldest = self.d - timedelta(days=self.policy.freshness_days(feed))
        if self.current[feed].as_of < oldest:
            return f"{feed}: stale, as of {self.current[feed].as_of}"
        return None

    @cached_property
    def periods(self) -> dict[str, dict[tuple[str, ...], Delivery]]:
        """Of each feed that accumulates: by period, the newest delivery that has it."""
        found: dict[str, dict[tuple[str, ...], Delivery]] = {}
        for feed, columns in PERIOD.items():
            found[feed] = {}
            for _, delivery in sorted(self.in_force[feed].items()):
                for period in {tuple(row[c] for c in columns) for row in delivery.rows}:
                    found[feed][period] = delivery
        return found

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Current rows by feed."""
        found: dict[str, list[Row]] = defaultdict(list)
        for feed, delivery in self.current.items():
            if feed not in PERIOD:
                found[feed] = list(delivery.rows)
        for feed, columns in PERIOD.items():
            by_delivery: dict[int, tuple[Delivery, set[tuple[str, ...]]]] = {}
            for period, delivery in self.periods[feed].items():
                by_delivery.setdefault(id(delivery), (delivery, set()))[1].add(period)
            for delivery, periods in by_delivery.values():
                found[feed] += [row for row in delivery.rows if tuple(row[c] for c in columns) in periods]
        return found

    def hidden_names(self, feed: str) -> set[str]:
        """Normalised names of the current delivery's rows that are quarantined or lack a valid number."""
        return hidden_names_of(self.current[feed])


def hidden_names_of(delivery: Delivery) -> set[str]:
    """Normalised names of rows that no search by number can find."""
    number, name = IDENTITY[delivery.feed]
    hidden = [row for row in delivery.rows if row[number] is None] + list(delivery.quarantined)
    return {normalised(row[name]) for row in hidden if row.get(name)}
