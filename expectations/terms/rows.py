"""The current rows of one county, as everything else finds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ibis.expr.types import Table

from expectations.terms.expressions import name_key
from expectations.terms.here import named_here, named_settled_months
from expectations.values import Values


def _keep_nothing(_name: str, table: Table) -> Table:
    return table


@dataclass(frozen=True)
class CurrentRows:
    """One county: current rows by feed, names that the searched deliveries may hide, policy values, days.

    ``rows[feed]`` are the current rows; a feed that is missing, stale or half a book is not there.
    ``refused[feed]`` are the quarantined rows of the feed's current delivery (names normalised as staged).
    ``searched[feed]`` are the staged rows of that delivery where it differs from ``rows`` (accumulating feeds).
    ``rows_before[feed]`` are the rows of the assistance book as of the last day of M* or before, none where it is the
    current one. ``values`` gives the policy values of a day.
    ``here`` is one row about the county itself (here.py): its code, the days of its books and what follows from them;
    ``settled_months`` has one row a settled month. What is another in each of the counties that are evaluated together
    is data and stands there, in no statement's text: there is no date here that a rule could write into one.
    """

    values: Values
    rows: Mapping[str, Table]
    refused: Mapping[str, Table] = field(default_factory=dict)
    searched: Mapping[str, Table] = field(default_factory=dict)
    rows_before: Mapping[str, Table] = field(default_factory=dict)
    keep: Callable[[str, Table], Table] = _keep_nothing
    here: Table = field(default_factory=named_here)
    settled_months: Table = field(default_factory=named_settled_months)

    def has(self, feed: str) -> bool:
        """Whether the feed is there."""
        return feed in self.rows

    def beside(self, table: Table, *columns: str) -> Table:
        """``table`` with columns of ``here`` beside its own."""
        return table.cross_join(self.here.select(*columns))

    def hidden_names(self, feed: str, identity: str = "person_id", name: str = "name") -> Table:
        """name_key of rows of the searched delivery that were staged without a valid number or quarantined."""
        rows = self.searched.get(feed, self.rows[feed])
        unnumbered = rows.filter(rows[identity].isnull())
        names = unnumbered.select(name_key=name_key(unnumbered[name]))
        if feed in self.refused:
            refused = self.refused[feed]
            names = names.union(refused.select(name_key=name_key(refused[name])))
        return self.keep(f"hidden_{feed}", names.filter(names.name_key.notnull()).distinct())
