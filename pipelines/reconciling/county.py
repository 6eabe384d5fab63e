"""A county's terms over an engine's tables, each table opened when a rule first asks for it."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import ibis
from ibis import Schema
from ibis.expr.types import Table

from expectations.policy import Policy
from expectations.rules.needs import ED, LP
from expectations.terms import County
from expectations.terms.rows import COUNTIES
from pipelines.reconciling.engine import Engine, columns_of, current_name, select_current
from warehouse.current import Conformed, Part
from warehouse.planning.plans import watched


class OnDemand(Mapping[str, Table]):
    """Tables by feed, opened when they are first asked for."""

    def __init__(self, openers: Mapping[str, Callable[[], Table]]) -> None:
        self._openers = openers

    def __getitem__(self, feed: str) -> Table:
        """The feed's table."""
        return self._openers[feed]()

    def __contains__(self, feed: object) -> bool:
        """Whether the feed is there; nothing is opened for the answer."""
        return feed in self._openers

    def __iter__(self) -> Iterator[str]:
        """Names of the feeds that are there."""
        return iter(self._openers)

    def __len__(self) -> int:
        """How many feeds are there."""
        return len(self._openers)


@dataclass(frozen=True)
class Asked:
    """What is asked of one county: the rows that count at D, and the policy that they are judged by."""

    conformed: Conformed
    policy: Policy

    @property
    def county(self) -> str:
        """The county's code."""
        return self.conformed.county

    @cached_property
    def files(self) -> dict[str, Path]:
        """The Parquet files that its rules may read, by the name that they are read by."""
        files: dict[str, Path] = {}
        for name, current in self.conformed.feeds.items():
            files |= {current_name(current, number): part.path for number, part in enumerate(current.parts)}
            if part := self.searched(name):
                files[_refused(name)] = part.refused_path
                if name == ED:
                    files[_searched(name)] = part.path
        return files

    def searched(self, feed: str) -> Part | None:
        """The delivery that could hide whom a feed lacks: the newest; of education subsidies the last finished term's.

        None where no delivery has that term: there is nothing that could hide anybody.
        """
        current = self.conformed.feeds[feed]
        if feed != ED:
            return current.newest
        term = County(self.conformed.d, self.policy, {}).term
        return current.part_with((term.school_year, term.term))

    @cached_property
    def columns(self) -> dict[str, Schema]:
        """Their columns."""
        return {name: columns_of(path) for name, path in self.files.items()}

    @property
    def shape(self) -> Hashable:
        """What terms depend on beside policy and rows: D, the feeds that are there, which of their periods count."""
        feeds = sorted(self.conformed.feeds.items())
        return self.conformed.d, tuple((name, tuple(part.periods for part in feed.parts)) for name, feed in feeds)


def _searched(feed: str) -> str:
    return f"{feed}_searched"


def _refused(feed: str) -> str:
    return f"{feed}_refused"


def county_of(engine: Engine, asked: Sequence[Asked]) -> County:
    """The terms of a county, or of several that are alike, over the engine's tables. Raises NotAlikeError."""
    first = asked[0]
    feeds, watching = first.conformed.feeds, watched(first.policy)
    engine.begin(asked, watching)
    rows = OnDemand({name: partial(select_current, engine, current) for name, current in feeds.items()})
    searched = {
        ED: partial(engine.source, _searched(ED))
        if _searched(ED) in first.files
        else lambda: rows[ED].filter(ibis.literal(False))
    }
    return County(
        d=first.conformed.d,
        policy=watching,
        rows=rows,
        refused=OnDemand({n: partial(engine.source, _refused(n)) for n in feeds if _refused(n) in first.files}),
        searched=OnDemand(searched if ED in feeds else {}),
        payment_months=tuple(month for (month,) in feeds[LP].periods) if LP in feeds else (),
        keep=engine.keep,
        here=engine.lookup(COUNTIES, Schema({"county": "string"})),
    )
