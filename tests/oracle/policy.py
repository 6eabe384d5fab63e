"""Policy values by date, for the oracle."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from builders import POLICY


class Policy:
    """Values of the tests' POLICY with a world's own laid over it, key by key."""

    def __init__(self, own: Mapping[str, Any], d: date) -> None:
        self.values = POLICY | dict(own)
        self.d = d

    def at(self, key: str, on: date) -> Any:
        """The value in force on a day: of a list of (from, value), the last whose from is not after it."""
        value = self.values[key]
        if not (isinstance(value, list) and value and isinstance(value[0], tuple)):
            return value
        in_force = [(start, v) for start, v in value if start <= on]
        if not in_force:
            raise KeyError(f"{key} has no value on {on}")
        return max(in_force, key=lambda pair: pair[0])[1]

    def __getitem__(self, key: str) -> Any:
        """The value at D."""
        return self.at(key, self.d)

    def freshness_days(self, feed: str) -> int:
        """freshness_days of the feed, else the general one."""
        own = f"freshness_days.{feed}"
        return int(self[own if own in self.values else "freshness_days"])
