"""What expressions came to in SQL (a rule's, a household's figures), kept for the next county of the same shape.

Ibis takes seconds to build and compile 38 rules with their evidence; DuckDB runs them over a small county in tenths of
one. What is compiled depends on the feeds that are there, on the columns of their files and on the policy values that
were read, and on nothing else: where all of these are the same, the statements are run as they stand. Days are data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pyarrow as pa

from expectations.days import Days, When
from expectations.policy import PolicyError

Read = dict[tuple[str, When], str]
"""Policy values that were read, written out, by key and day."""


@dataclass(frozen=True)
class WatchedValues:
    """The policy values of a county at its days, which notes those that are read."""

    days: Days
    read: Read = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, key: str, when: When) -> Any:
        """The value in force, noted. Raises PolicyError where there is none."""
        self.read[key, when] = self._written(key, when)
        return self.days.value(key, when)

    def says(self, read: Mapping[tuple[str, When], str]) -> bool:
        """Whether this county has the values that were read of another."""
        return all((self.read.get(asked) or self._written(*asked)) == text for asked, text in read.items())

    def _written(self, key: str, when: When) -> str:
        try:
            entry = self.days.policy.entry_or_none(key, self.days.on(when))
        except PolicyError:  # nor can its day be told
            entry = None
        return "nothing in force" if entry is None else repr(entry.value)


@dataclass(frozen=True)
class Step:
    """One relation of the local connection: a file's view, a small table of policy values, or what a statement makes.

    ``kept`` is the name of a shared term that lies in it. What is read ``once`` is no table: the statement runs there.
    """

    name: str
    schema: ibis.Schema
    sql: str | None = None
    rows: pa.Table | None = None
    kept: str | None = None
    once: bool = False

    @property
    def is_view(self) -> bool:
        """Whether it is a view over a file, which another county has of its own."""
        return self.sql is None and self.rows is None


@dataclass(frozen=True)
class Plan:
    """The steps that made something, the policy values that they rest on, and what came of it."""

    steps: tuple[Step, ...]
    read: Mapping[tuple[str, When], str]
    result: Any
    """A relation's name, or a schema."""
