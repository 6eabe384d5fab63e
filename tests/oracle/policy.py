"""Policy values by date, for the oracle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from builders import POLICY


class NoValueError(Exception):
    """A policy key has no value on a day."""


class Policy:
    """Values of the tests' POLICY with a world's own laid over it, key by key."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        self.values = POLICY | dict(own)

    def at(self, key: str, on: date) -> Any:
        """The value in force on a day: of a list of (from, value), the last whose from is not after it."""
        value = self.values[key]
        if not (isinstance(value, list) and value and isinstance(value[0], tuple)):
            return value
        in_force = [(start, v) for start, v in value if start <= on]
        if not in_force:
            raise NoValueError(f"{key} has no value on {on}")
        return max(in_force, key=lambda pair: pair[0])[1]

    def at_or(self, key: str, on: date, otherwise: Any) -> Any:
        """The value in force on a day of a key that nobody need set; where there is none, another."""
        try:
            return self.at(key, on) if key in self.values else otherwise
        except NoValueError:
            return otherwise

    def of_feed(self, key: str, feed: str, on: date) -> Any:
        """The value for a feed, else the general one."""
        own = f"{key}.{feed}"
        return self.at(own if own in self.values else key, on)


@dataclass(frozen=True)
class Values:
    """The policy opened at one day, a rule's or another."""

    policy: Policy
    day: date

    def __getitem__(self, key: str) -> Any:
        return self.policy.at(key, self.day)

    def at(self, key: str, on: date) -> Any:
        """The value on another day, where the contract names one."""
        return self.policy.at(key, on)
