"""What expressions came to in SQL (a rule's, a household's figures), kept for the next county of the same shape.

Ibis takes seconds to build and compile 38 rules with their evidence; DuckDB runs them over a small county in tenths of
one. What is compiled depends on D, on which rows count, on the columns of the files and on the policy values that were
read, and on nothing else: where all of these are the same, the statements are run as they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from expectations.policy import Entry, Policy

Read = dict[tuple[str, date], str]
"""Policy values that were read, written out, by key and day."""


@dataclass(frozen=True)
class WatchedPolicy(Policy):
    """A policy that notes which of its values are read."""

    read: Read = field(default_factory=dict, repr=False, compare=False)

    def entry_or_none(self, key: str, on: date) -> Entry | None:
        """The entry in force, noted."""
        found = super().entry_or_none(key, on)
        self.read[key, on] = _written_out(found)
        return found

    def says(self, read: Mapping[tuple[str, date], str]) -> bool:
        """Whether this policy has the values that were read of another."""
        return all(self._text_of(asked) == text for asked, text in read.items())

    def _text_of(self, asked: tuple[str, date]) -> str:
        """A value written out; as it was noted, where it was read before: each plan rests on all that were."""
        return self.read.get(asked) or _written_out(super().entry_or_none(*asked))


def _written_out(entry: Entry | None) -> str:
    return "nothing in force" if entry is None else repr(entry.value)


def watched(policy: Policy) -> WatchedPolicy:
    """``policy``, noting from now on what is read of it."""
    return WatchedPolicy(policy.county, policy.d, policy.timelines)


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
    read: Mapping[tuple[str, date], str]
    result: Any
    """A relation's name, or a schema."""
