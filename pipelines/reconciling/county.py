"""A county's terms over an engine's tables, each table opened when a rule first asks for it."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from ibis import Schema
from ibis.expr.types import Table

from expectations.days import Days
from expectations.policy import Policy, PolicyError
from expectations.rule import Period, Rule
from expectations.rules.needs import ED, LOW_INCOME, RT
from expectations.terms import County
from expectations.terms.here import COUNTIES, HERE, MONTHS, SETTLED_MONTHS
from expectations.values import Values
from pipelines.reconciling.engine import Engine, columns_of
from warehouse.current import Conformed, CurrentFeed, Part
from warehouse.planning.plans import WatchedValues


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
    terms: type[County] = County
    """By which terms: the contract's, or a supposition's."""

    @property
    def county(self) -> str:
        """The county's code."""
        return self.conformed.county

    @cached_property
    def days(self) -> Days:
        """What its deliveries cover."""
        return self.conformed.days(self.policy)

    def period_of(self, rule: Rule) -> str:
        """The period of a rule's findings, as text; empty where it has none, or nothing was delivered that gives it."""
        try:
            match rule.period:
                case Period.INSURANCE_YEAR:
                    found: object = self.days.insurance_year
                case Period.SCHOOL_YEAR:
                    found = self.days.school_year
                case Period.PAYMENT_MONTH:
                    found = self.days.newest_settled_month and self.days.newest_settled_month.name
                case Period.REPORTED_MONTH:
                    found = None if (day := self.days.of.get(RT)) is None else f"{day:%Y-%m}"
                case Period.NONE:
                    found = None
        except PolicyError:  # the rule says so itself
            found = None
        return "" if found is None else str(found)

    @cached_property
    def sources(self) -> dict[str, CurrentFeed]:
        """What its rules may read, by the name that it is read by."""
        found: dict[str, CurrentFeed] = {}
        for name, current in self.conformed.heard.items():
            searched = self.searched(name)
            found |= {name: current, _refused(name): current.refused(searched)}
            if name == ED:
                found[_searched(name)] = current.alone(searched)
            if name in LOW_INCOME:
                found[_before(name)] = self.conformed.before.get(name, current.alone(None))
        return found

    def searched(self, feed: str) -> Part | None:
        """The delivery that could hide whom a feed lacks: the newest; of education subsidies the last finished term's.

        None where no delivery has that term: there is nothing that could hide anybody.
        """
        current = self.conformed.heard[feed]
        if feed != ED:
            return current.newest
        try:
            finished = self.days.finished_term
        except PolicyError:  # the rules that ask for it say so
            return None
        return None if finished is None else current.part_with((finished.term.school_year, finished.term.term))

    @cached_property
    def columns(self) -> dict[str, Schema]:
        """Their columns."""
        return {name: columns_of(source) for name, source in self.sources.items()}

    @property
    def shape(self) -> Hashable:
        """What terms depend on beside policy values and rows: the feeds that are there, and other terms."""
        supposed = () if self.terms is County else (self.terms.__name__,)
        return (*supposed, *sorted(self.conformed.heard))


def _searched(feed: str) -> str:
    return f"{feed}_searched"


def _refused(feed: str) -> str:
    return f"{feed}_refused"


def _before(feed: str) -> str:
    return f"{feed}_before"


def county_of(engine: Engine, asked: Sequence[Asked]) -> County:
    """The terms of a county, or of several that are alike, over the engine's tables. Raises NotAlikeError."""
    first = asked[0]
    feeds, watching = first.conformed.heard, WatchedValues(first.days)
    engine.begin(asked, watching)

    def opened(called: Callable[[str], str]) -> OnDemand:
        names = {feed: called(feed) for feed in feeds}
        return OnDemand({feed: partial(engine.source, name) for feed, name in names.items() if name in first.sources})

    return first.terms(
        values=Values(watching),
        rows=opened(str),
        refused=opened(_refused),
        searched=opened(_searched),
        rows_before=opened(_before),
        keep=engine.keep,
        here=engine.lookup(COUNTIES, HERE),
        settled_months=engine.lookup(MONTHS, SETTLED_MONTHS),
    )
