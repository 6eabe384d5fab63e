"""The policy of one county at one date: values with the document that sets them, and the errors about them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict

from expectations.departments import TITLES, Department
from expectations.errors import LiangxianError, Place, Problem
from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from expectations.policies import DEPARTMENTS, REQUIRED_KEYS, parameter_of
from expectations.policies.kinds import as_json


class PolicyError(LiangxianError):
    """The policy cannot be used; ``problems`` holds everything that was found, by file, key and date."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("the policy cannot be used", problems=problems)


EntryRow = TypedDict("EntryRow", {"value": Any, "from": str, "to": str | None, "source": str, "file": str})
"""An entry as JSON holds it."""


class PolicyRow(EntryRow):
    """What is in force of a key."""

    key: str


@dataclass(frozen=True)
class Entry:
    """A value, the first day (and, where it is named, the last day) on which it is in force, and where it is from.

    ``file`` is a base name. Without ``valid_to`` an entry runs until the next one begins.
    """

    value: Any
    valid_from: date
    valid_to: date | None
    source: str
    file: str

    def as_dict(self) -> EntryRow:
        """The entry as JSON holds it."""
        return {
            "value": as_json(self.value),
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
            "file": self.file,
        }


Timeline = tuple[Entry, ...]
"""The entries of one key, oldest first, none overlapping the next."""


def entry_in_force(timeline: Timeline, on: date) -> Entry | None:
    """The entry in force on a day, or None before the first and in a gap."""
    entry = max((e for e in timeline if e.valid_from <= on), key=lambda e: e.valid_from, default=None)
    return None if entry is None or (entry.valid_to is not None and entry.valid_to < on) else entry


@dataclass(frozen=True)
class Policy:
    """Every parameter of a county over time, bound to D. ``policy[key]`` is the value at D.

    Amounts and percentages are Decimal, counts int, days of the year MonthDay, code lists tuples of labels.
    """

    county: str
    d: date
    timelines: Mapping[str, Timeline] = field(repr=False)

    def entry_or_none(self, key: str, on: date) -> Entry | None:
        """The entry of a declared key in force on a day, or None."""
        if parameter_of(key) is None:
            raise KeyError(f"{key} is no declared policy parameter")
        return entry_in_force(self.timelines.get(key, ()), on)

    def entry(self, key: str, on: date | None = None) -> Entry:
        """The entry in force on a day (without one: at D); PolicyError where there is none."""
        on = on or self.d
        found = self.entry_or_none(key, on)
        if found is None:
            raise PolicyError([self._missing(key, on)])
        return found

    def value(self, key: str, on: date) -> Any:
        """The value in force on a day; PolicyError where there is none."""
        return self.entry(key, on).value

    def __getitem__(self, key: str) -> Any:
        """The value at D."""
        return self.entry(key).value

    def for_feed(self, name: str, feed: str, on: date | None = None) -> Any:
        """The value for one feed on a day (without one: at D): its own where it has one in force, else the general."""
        own = self.entry_or_none(f"{name}.{feed}", on or self.d)
        return self.entry(name, on).value if own is None else own.value

    @property
    def expected_feeds(self) -> tuple[Feed, ...]:
        """The feeds that the county is to receive at D, in their order; lateness and alerts speak of no others."""
        return tuple(FEEDS_BY_NAME[name] for name in self["feeds.expected"])

    def allows(self, feed: str, on: date | None) -> bool:
        """Whether the feed may be opened: it needs no basis, or one is named on that day (without one: at D)."""
        declared = FEEDS_BY_NAME.get(feed)
        return declared is None or not declared.needs_basis or self._names(feed, on)

    def may_use(self, feed: str, on: date | None) -> bool:
        """Whether rules may read what the feed said on that day: it asks for no basis, or one is named."""
        declared = FEEDS_BY_NAME.get(feed)
        return declared is None or not declared.asks_for_basis or self._names(feed, on)

    def _names(self, feed: str, on: date | None) -> bool:
        named = self.entry_or_none("leads.basis", on or self.d)
        return named is not None and feed in named.value

    def expects(self, feed: str) -> bool:
        """Whether somebody waits for a delivery of that name at D; of a name that is no feed's, it may be any."""
        return feed not in FEEDS_BY_NAME or feed in self["feeds.expected"]

    def names_of(self, office: Department, on: date | None = None) -> tuple[str, ...]:
        """What an office is called on a day (without one: at D): the county's own title and short forms, else ours."""
        own = self.entry_or_none(f"{DEPARTMENTS}.{office.value}", on or self.d)
        return office.names if own is None else tuple(own.value)

    def titles(self) -> dict[Department, str]:
        """What each office is called at D in letters and workbooks."""
        own = ((office, self.entry_or_none(f"{DEPARTMENTS}.{office.value}", self.d)) for office in TITLES)
        return {office: TITLES[office] if entry is None else str(entry.value[0]) for office, entry in own}

    def problems(self) -> tuple[Problem, ...]:
        """The required keys that have no value at D."""
        return tuple(self._missing(key, self.d) for key in REQUIRED_KEYS if self.entry_or_none(key, self.d) is None)

    def in_force(self, before: Iterable[date] = ()) -> list[PolicyRow]:
        """``{key, value, from, to, source, file}`` of everything in force at D, by key.

        Each key has before it, the oldest first, what was in force on the days ``before`` D.
        """
        days = [*sorted({day for day in before if day < self.d}), self.d]
        rows: list[PolicyRow] = []
        for key in sorted(self.timelines):
            there = [entry for day in days if (entry := self.entry_or_none(key, day)) is not None]
            rows += [{"key": key, **entry.as_dict()} for entry in {entry.valid_from: entry for entry in there}.values()]
        return rows

    def digest(self) -> str:
        """SHA-256 over all values, dates and sources of the county, whichever file they stand in and whatever D is."""
        content = {
            key: [{k: v for k, v in entry.as_dict().items() if k != "file"} for entry in timeline]
            for key, timeline in self.timelines.items()
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _missing(self, key: str, on: date) -> Problem:
        """The problem of a key without a value, with the file that should have it."""
        timeline = self.timelines.get(key, ())
        where = Place(file=timeline[0].file, key=key, on=on) if timeline else Place(county=self.county, key=key, on=on)
        known = f"; the first begins {timeline[0].valid_from}" if timeline and timeline[0].valid_from > on else ""
        return Problem(f"no value in force{known}", where)
