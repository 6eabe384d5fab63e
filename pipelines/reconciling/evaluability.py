"""May a rule be evaluated in a county: are its feeds there, and has what it asks about begun and settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from expectations.calendar import settled_date
from expectations.rule import Rule, Waits
from expectations.rules.needs import IN, ST
from expectations.status import RuleStatus, Silence
from expectations.terms import County
from expectations.terms.rows import COUNTIES
from pipelines.reconciling.engine import Engine
from warehouse.current import Conformed


@dataclass(frozen=True)
class Evaluability:
    """What can be judged at D of each county that the terms speak of."""

    engine: Engine
    county: County

    def why_not(self, rule: Rule, conformed: Conformed) -> Silence | None:
        """Why a rule is not evaluated in one of the counties, or None.

        A feed that is not there and that the county is not to receive is nobody's gap: without it the rule does not
        apply, whatever else is missing.
        """
        absent = [feed for feed in rule.needs if not self.county.has(feed)]
        if absent and (not rule.over_what_is_there or len(absent) == len(rule.needs)):
            unasked = [feed for feed in absent if feed not in conformed.expected]
            if unasked and (not rule.over_what_is_there or len(unasked) == len(absent)):
                return Silence(RuleStatus.NOT_APPLICABLE, _reasons(conformed, unasked) + "（不在本县应报送的数据之列）")
            return Silence(RuleStatus.NOT_EVALUATED, _reasons(conformed, absent))
        for waits in rule.waits_for:
            if reason := self._still_waiting(waits, conformed):
                return Silence(RuleStatus.NOT_EVALUATED, reason)
        return None

    def _still_waiting(self, waits: Waits, conformed: Conformed) -> str | None:
        c = self.county
        match waits:
            case Waits.INSURANCE_YEAR_BEGUN:
                if conformed.county not in self._with_rows_of_insurance_year:
                    return f"基本医保参保（{IN}）现行数据中没有{c.insurance_year}参保年度的记录"
            case Waits.SCHOOL_YEAR_SETTLED:
                settled = settled_date(c.school_year_start, str(c.policy["school.settled_on"]))
                as_of = conformed.feeds[ST].as_of
                if as_of < settled:
                    return f"学籍（{ST}）数据截止{as_of}，早于{c.school_year}学年学籍稳定日{settled}"
        return None

    @cached_property
    def _with_rows_of_insurance_year(self) -> frozenset[str]:
        c, rows = self.county, self.county.rows[IN]
        year = "insurance_year"
        name = self.engine.planned(
            year,
            lambda: self.engine.relation(year, rows.filter(rows.year == c.insurance_year).select("year").distinct()),
        )
        there = self.engine.written(f"SELECT c.county FROM {COUNTIES} AS c SEMI JOIN {name} AS y ON true")
        return frozenset(row[0] for row in self.engine.local.execute(there).fetchall())


def _reasons(conformed: Conformed, feeds: Sequence[str]) -> str:
    return "；".join(conformed.missing[feed] for feed in feeds)


def what_is_left_out(rule: Rule, conformed: Conformed) -> dict[str, str]:
    """For a rule over every feed that is there: the feeds that are not, and why."""
    missing = conformed.missing
    return {feed: missing[feed] for feed in rule.needs if feed in missing} if rule.over_what_is_there else {}
