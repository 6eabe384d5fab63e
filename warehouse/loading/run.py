"""What is loaded: one run (a county at D) with its current rows, its ledger and what the books say."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from expectations.days import Days
from expectations.policies import parameter_of
from expectations.policy import Entry, Policy
from warehouse.books.deliveries import Delivery, DeliveryEvent
from warehouse.current import Conformed, CurrentFeed
from warehouse.lake import sha256_file
from warehouse.loading.finding_events import ReadEvents


def _no_events(_seq: int) -> Sequence[Mapping[str, Any]]:
    return ()


_OF_THE_BOOKS: Final = frozenset({"received_at", "taken_by", "last_event", "dataset_sha256"})
"""What the books hold of a delivery and the warehouse does not."""


@dataclass(frozen=True)
class RunToLoad:
    """One recorded run.

    ``conformed`` says which rows were current at D; ``ledger`` is the findings dataset as the run left the ledger.
    ``deliveries`` and ``quality`` are all of the county's; ``rule_runs`` has one row a rule; ``policy`` is what
    ``Policy.in_force()`` gave, and the books keep. ``events`` are all that happened to the county's deliveries;
    ``finding_events`` reads the ledger's events from a number on, up to the one whose digest is ``ledger_head``.
    """

    run: str
    code: str
    conformed: Conformed
    ledger: Path
    rule_runs: Sequence[Mapping[str, Any]]
    deliveries: Sequence[Delivery]
    quality: Sequence[Mapping[str, Any]]
    policy: Sequence[Mapping[str, Any]]
    county_name: str = ""
    events: Sequence[DeliveryEvent] = ()
    ledger_head: str = ""
    finding_events: ReadEvents = _no_events

    @property
    def county(self) -> str:
        """County code."""
        return self.conformed.county

    @property
    def as_of(self) -> date:
        """D."""
        return self.conformed.d

    @property
    def part(self) -> tuple[str, date]:
        """The part of the warehouse that this run fills."""
        return self.county, self.as_of

    @property
    def current(self) -> Mapping[str, CurrentFeed]:
        """The current rows of each feed that is there."""
        return self.conformed.feeds

    @cached_property
    def typed_policy(self) -> Policy:
        """The policy at D and at the days of what was delivered, with typed values again."""
        return typed_policy(self.county, self.as_of, self.policy)

    @property
    def policy_in_force(self) -> Sequence[Mapping[str, Any]]:
        """What was in force at D, a row a key: the newest of each."""
        return list({row["key"]: row for row in self.policy}.values())

    @cached_property
    def days(self) -> Days:
        """What the deliveries that counted cover."""
        return self.conformed.days(self.typed_policy)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that is loaded, clock times aside.

        The run's id stands for the current rows: it is a hash of county, D, deliveries, policy and code.
        """
        content = {
            "run": self.run,
            "county_name": self.county_name,
            "current": sorted(self.current),
            "in_force": self.conformed.deliveries,
            "ledger": sha256_file(self.ledger),
            "rule_runs": [{k: v for k, v in row.items() if k != "seconds"} for row in self.rule_runs],
            "deliveries": [{k: v for k, v in asdict(d).items() if k not in _OF_THE_BOOKS} for d in self.deliveries],
            "quality": [dict(row) for row in self.quality],
            "policy": [dict(row) for row in self.policy],
            "events": [[event.seq, event.delivery, event.kind] for event in self.events],
            "ledger_head": self.ledger_head,
        }
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()


@dataclass(frozen=True)
class Recorded:
    """A run that the books hold as the last of its county and D; ``read`` fetches it where it has to be loaded."""

    run: str
    county: str
    as_of: date
    read: Callable[[], RunToLoad]

    @property
    def part(self) -> tuple[str, date]:
        """The part of the warehouse that this run fills."""
        return self.county, self.as_of


def typed_policy(county: str, d: date, rows: Sequence[Mapping[str, Any]]) -> Policy:
    """A policy from rows of ``Policy.in_force()``: what was in force on the days that they were made of."""
    timelines: dict[str, tuple[Entry, ...]] = {}
    for row in rows:
        timelines[row["key"]] = (*timelines.get(row["key"], ()), _entry(row))
    return Policy(county, d, timelines)


def canonical_json(content: Any) -> str:
    """The same text for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    """Dates and times in ISO form; decimals and enums as text."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _entry(row: Mapping[str, Any]) -> Entry:
    """A row of ``Policy.in_force()`` as it was in the policy."""
    parameter = parameter_of(row["key"])
    if parameter is None:
        raise KeyError(f"{row['key']} is no declared policy parameter")
    until = date.fromisoformat(row["to"]) if row.get("to") else None
    value = parameter.kind.read(row["value"])
    return Entry(value, date.fromisoformat(row["from"]), until, row["source"], row.get("file", ""))
