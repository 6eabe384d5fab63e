"""The current rows of one county at D, as everything else finds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import ibis
from ibis.expr.types import Table

from expectations.policy import Policy
from expectations.terms.expressions import name_key

COUNTIES: Final = "counties"
"""What an engine calls the relation that :attr:`CurrentRows.here` is."""


def _named_as_in_an_engine() -> Table:
    return ibis.table({"county": "string"}, name=COUNTIES)


def _keep_nothing(_name: str, table: Table) -> Table:
    return table


@dataclass(frozen=True)
class CurrentRows:
    """One county at D: current rows by feed, names that the searched deliveries may hide, policy.

    ``rows[feed]`` are the current rows; a feed that is missing, stale or half a book is not there.
    ``refused[feed]`` are the quarantined rows of the feed's current delivery (names normalised as staged).
    ``searched[feed]`` are the staged rows of that delivery where it differs from ``rows`` (accumulating feeds).
    ``payment_months`` are the first and the last month that has any payment row, or None.
    ``here`` is one row about the county itself: its code (county). What is another in each of the counties that are
    evaluated together is data and stands here, in no statement's text.
    """

    d: date
    policy: Policy
    rows: Mapping[str, Table]
    refused: Mapping[str, Table] = field(default_factory=dict)
    searched: Mapping[str, Table] = field(default_factory=dict)
    payment_months: tuple[str, ...] = ()
    keep: Callable[[str, Table], Table] = _keep_nothing
    here: Table = field(default_factory=_named_as_in_an_engine)

    def has(self, feed: str) -> bool:
        """Whether the feed is there at D."""
        return feed in self.rows

    def hidden_names(self, feed: str, identity: str = "person_id", name: str = "name") -> Table:
        """name_key of rows of the searched delivery that were staged without a valid number or quarantined."""
        rows = self.searched.get(feed, self.rows[feed])
        unnumbered = rows.filter(rows[identity].isnull())
        names = unnumbered.select(name_key=name_key(unnumbered[name]))
        if feed in self.refused:
            refused = self.refused[feed]
            names = names.union(refused.select(name_key=name_key(refused[name])))
        return self.keep(f"hidden_{feed}", names.filter(names.name_key.notnull()).distinct())
