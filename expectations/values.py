"""Policy values as rules read them: at the day of what was delivered, called by what it is (days.py)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from expectations.days import When
from expectations.policy import PolicyError

Read = Callable[[str, When], Any]
"""The value of a key at a day. Raises PolicyError where the policy has none."""


@dataclass(frozen=True)
class Values:
    """The policy values of one day; ``values[key]`` is the value of a key. Raises PolicyError."""

    read: Read
    when: When = field(default_factory=When)

    def __getitem__(self, key: str) -> Any:
        """The value in force."""
        return self.read(key, self.when)

    def get(self, key: str, otherwise: Any) -> Any:
        """The value in force; of a key that a policy need not have (Parameter.required), where it has none, another."""
        try:
            return self[key]
        except PolicyError:
            return otherwise

    def of(self, *feeds: str) -> "Values":
        """The values at the least day of those of ``feeds`` that are there; at D where it is none."""
        return replace(self, when=When(feeds))

    def within_insurance_year(self) -> "Values":
        """The values at this day, or at the end of the insurance year that lies nearest to it."""
        return replace(self, when=replace(self.when, within_insurance_year=True))

    def year_before(self) -> "Values":
        """The values on 31 December of the year before."""
        return replace(self, when=replace(self.when, year_before=True))
