"""How the filling of a table is declared: which rows a run replaces, from what, and what must agree afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import Table


class Scope(Enum):
    """Which rows of a table a run replaces, as a condition."""

    AS_OF = "county = getvariable('county') AND as_of = getvariable('as_of')"
    COUNTY = "county = getvariable('county')"
    """Current state: replaced by the county's newest D only."""
    RULES = "rule IN (SELECT rule FROM input_rules)"

    @property
    def is_current_state(self) -> bool:
        """Whether an older D must leave the rows alone."""
        return self is not Scope.AS_OF


@dataclass(frozen=True)
class Check:
    """What must agree between ``source`` (a relation) and the loaded rows.

    ``keys``: the values of these columns, row by row, or each once where the load groups by them (``grouped``).
    ``sums``: label -> (expression over the source, over the rows).
    """

    source: str
    keys: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    grouped: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        """What messages call the source."""
        return self.label or self.source


@dataclass(frozen=True)
class Load:
    """How one table is filled; left alone where one of the feeds that it ``needs`` is not there."""

    table: Table
    scope: Scope
    select: str
    needs: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
