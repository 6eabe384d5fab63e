"""One county's terms over an engine's tables, each table opened when a rule first asks for it."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ibis.expr.types import Table

from expectations.policy import Policy
from expectations.rules.needs import ED, LP
from expectations.terms import County
from pipelines.reconciling.engine import Engine, current_name, select_current
from warehouse.current import Conformed
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


def county_of(engine: Engine, conformed: Conformed, policy: Policy) -> County:
    """The county's terms over the engine's tables."""
    feeds, watching = conformed.feeds, watched(policy)
    files: dict[str, Path] = {}
    searched: dict[str, Callable[[], Table]] = {}
    for name, current in feeds.items():
        files |= {current_name(current, number): part.path for number, part in enumerate(current.parts)}
        part = current.newest
        if name == ED:
            term = County(conformed.county, conformed.d, policy, {}).term
            part = current.part_with((term.school_year, term.term)) or part
            files[f"{name}_searched"] = part.path
            searched[name] = partial(engine.source, f"{name}_searched")
        files[f"{name}_refused"] = part.refused_path
    engine.begin(files, _shape(conformed), watching)
    return County(
        code=conformed.county,
        d=conformed.d,
        policy=watching,
        rows=OnDemand({name: partial(select_current, engine, current) for name, current in feeds.items()}),
        refused=OnDemand({name: partial(engine.source, f"{name}_refused") for name in feeds}),
        searched=OnDemand(searched),
        payment_months=tuple(month for (month,) in feeds[LP].periods) if LP in feeds else (),
        keep=engine.keep,
    )


def _shape(conformed: Conformed) -> Hashable:
    """What terms depend on beside policy and rows: D, the feeds that are there, and which of their periods count."""
    feeds = conformed.feeds
    return conformed.d, tuple((name, tuple(part.periods for part in feeds[name].parts)) for name in sorted(feeds))
