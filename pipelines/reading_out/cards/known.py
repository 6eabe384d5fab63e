"""What a run of the books knew beside the rows: which books counted and of which day, why others did not, who sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from expectations.calendar import months_between
from expectations.days import Days
from expectations.departments import Department
from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from expectations.policy import Policy
from pipelines.conforming import conformed_of
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.reading_out.cards.blocks import PLANS
from pipelines.reading_out.cards.cells import Row, days_of_deliveries, feed_name
from warehouse.books.deliveries import Delivery, Event, list_deliveries
from warehouse.books.runs import Run
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.current import Conformed

_MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Place:
    """Where a family lives, as most rows of the register name it; names are empty where none does."""

    village_code: str
    township: str = ""
    village: str = ""

    @property
    def told(self) -> str:
        """``坪沟乡新林村``, else the code."""
        return f"{self.township}{self.village}" or self.village_code

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of village, township and county."""
        return self.village_code, self.village_code[:9], self.village_code[:6]


@dataclass(frozen=True)
class Known:
    """What counted in a run of a county, under today's policy (whose documents say what may be shown)."""

    run: Run
    conformed: Conformed
    policy: Policy
    deliveries: Sequence[Delivery]

    @cached_property
    def barred(self) -> list[str]:
        """Deliveries whose use no document allows any more: nothing that names one is shown."""
        return [one.id for one in self.deliveries if not self.policy.may_use(one.feed, one.as_of)]

    @cached_property
    def days(self) -> Days:
        """What the deliveries cover."""
        return self.conformed.days(self.policy)

    @cached_property
    def titles(self) -> Mapping[Department, str]:
        """What each office is called."""
        return self.policy.titles()

    def has(self, feed: str) -> bool:
        """Whether the book counted."""
        return feed in self.conformed.heard

    def as_of(self, feed: str) -> date | None:
        """The day of a book that counted."""
        return self.conformed.heard[feed].as_of if self.has(feed) else None

    def days_of(self, feed: str) -> Mapping[str, date]:
        """The as-of of each delivery of a book whose rows counted."""
        return days_of_deliveries(self.conformed.heard.get(feed))

    def lacks(self, feed: str) -> str:
        """Why a book did not count; empty where it did."""
        if self.has(feed):
            return ""
        there = [one for one in self.deliveries if one.feed == feed and one.as_of and one.as_of <= self.conformed.d]
        in_force = [one for one in there if one.status == Event.ACCEPTED]
        allowed = [one for one in in_force if self.policy.may_use(feed, one.as_of)]
        if not allowed and (in_force or not self.policy.may_use(feed, None)):
            return say("没有共享依据，不能使用", "no document allows its use")
        if not in_force:
            return say("没有收到这本账", "this book has not been received")
        day = max(one.as_of for one in allowed if one.as_of)
        return say(
            f"这本账该次比对没有采用（最近一批截至{day}：过时，或缺同一天的另一半）",
            f"this book was not used in that run (its newest is as of {day}: stale, or without its other half)",
        )

    def absent(self, feed: str, zh: str, en: str) -> str:
        """That a book has no row, told with the rows of it that were refused: one of them could be it."""
        refused = self.refused(feed)
        doubt = say(
            f"（该批有{refused}行被退回，不能断定）",
            f" (of it {refused} rows were refused: it cannot be said for sure)",
        )
        return say(zh, en) + (doubt if refused else "")

    def refused(self, feed: str) -> int:
        """How many rows of the deliveries that counted lie in quarantine."""
        own = self.days_of(feed)
        return sum(one.accounting.quarantined for one in self.deliveries if one.id in own and one.accounting)

    def lacking(self, feed: str) -> str:
        """``学籍：没有收到这本账``; empty where it counted."""
        why = self.lacks(feed)
        return (
            say(f"{feed_name(FEEDS_BY_NAME[feed])}：{why}", f"{feed_name(FEEDS_BY_NAME[feed])}: {why}") if why else ""
        )

    def sender(self, feed: Feed) -> str:
        """The office that sends a book, as the county calls it."""
        return self.titles[feed.sender]

    @cached_property
    def payment_months(self) -> tuple[str, ...]:
        """The last twelve calendar months, the newest that payments were delivered of the last."""
        there = [one.name for one in self.days.months]
        if not there:
            return ()
        year, month = map(int, there[-1].split("-"))
        first = (year * 12 + month - 1) - (_MONTHS_SHOWN - 1)
        return tuple(months_between(f"{first // 12:04}-{first % 12 + 1:02}", there[-1]))


def know(settings: Settings, run: Run) -> Known:
    """What counted in a run of the books."""
    known = list_deliveries(settings.home.books, (deliveries_table.c.county == run.county,))
    return Known(run, conformed_of(settings, run), settings.policies.at(run.county, run.as_of), known)


class Places:
    """Names of villages, and the plans of areas, as the register and the county's office write them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._villages = _commonest(connection, "village_code", "village")
        self._townships = _commonest(connection, "left(village_code, 9)", "township")
        plans = connection.execute(f"FROM {PLANS.name} ORDER BY year DESC, target, area_code, _row").to_arrow_table()
        self._plans: list[Row] = plans.to_pylist()

    def of(self, village_code: str) -> Place:
        """A village by its code."""
        return Place(village_code, self._townships.get(village_code[:9], ""), self._villages.get(village_code, ""))

    def township(self, code: str) -> str:
        """A township's name, or its code."""
        return self._townships.get(code, code)

    def plans_of(self, place: Place, year: int) -> list[Row]:
        """The year's plans of a village, its township and its county."""
        return [row for row in self._plans if row["year"] == year and row["area_code"] in place.areas]


def _commonest(connection: duckdb.DuckDBPyConnection, code: str, name: str) -> dict[str, str]:
    """By code the name that most rows of the register have; of as many, the least."""
    query = f"""
        SELECT code, name
        FROM (SELECT {code} AS code, {name} AS name, count(*) AS rows FROM register_households GROUP BY ALL)
        QUALIFY row_number() OVER (PARTITION BY code ORDER BY rows DESC, name) = 1"""
    return dict(connection.execute(query).fetchall())
