"""One county's terms over an engine's tables, each table opened when a rule first asks for it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from ibis.expr.types import Table

from expectations.policy import Policy
from expectations.rules.needs import ED, LP
from expectations.terms import County
from pipelines.reconciling.engine import Engine
from warehouse.current import Conformed


class OnDemand(Mapping[str, Table]):
    """Tables by feed, opened when they are first asked for."""

    def __init__(self, openers: Mapping[str, Callable[[], Table]]) -> None:
        self._openers = openers

    def __getitem__(self, feed: str) -> Table:
        """The feed's table."""
        return self._openers[feed]()

    def __iter__(self) -> Iterator[str]:
        """Names of the feeds that are there."""
        return iter(self._openers)

    def __len__(self) -> int:
        """How many feeds are there."""
        return len(self._openers)


def county_of(engine: Engine, conformed: Conformed, policy: Policy) -> County:
    """The county's terms over the engine's tables."""
    feeds = conformed.feeds
    refused: dict[str, Callable[[], Table]] = {}
    searched: dict[str, Callable[[], Table]] = {}
    for name, current in feeds.items():
        part = current.newest
        if name == ED:
            term = County(conformed.county, conformed.d, policy, {}).term
            part = current.part_with((term.school_year, term.term)) or part
            searched[name] = partial(engine.parquet, part.path)
        refused[name] = partial(engine.parquet, part.refused_path)
    return County(
        code=conformed.county,
        d=conformed.d,
        policy=policy,
        rows=OnDemand({name: partial(engine.current, current) for name, current in feeds.items()}),
        refused=OnDemand(refused),
        searched=OnDemand(searched),
        payment_months=tuple(month for (month,) in feeds[LP].periods) if LP in feeds else (),
        keep=engine.keep,
    )
