"""May a rule be evaluated: are its feeds there, and has what it asks about begun and settled."""

from dataclasses import dataclass
from functools import cached_property

from expectations.calendar import settled_date
from expectations.rule import Rule, Waits
from expectations.rules.needs import IN, ST
from expectations.terms import County
from pipelines.reconciling.engine import Engine
from warehouse.current import Conformed


@dataclass(frozen=True)
class Evaluability:
    """What of one county can be judged at D."""

    engine: Engine
    county: County
    conformed: Conformed

    def why_not(self, rule: Rule) -> str | None:
        """Why a rule cannot be evaluated, in Chinese, or None."""
        absent = [self.conformed.missing[feed] for feed in rule.needs if not self.county.has(feed)]
        if absent and (not rule.over_what_is_there or len(absent) == len(rule.needs)):
            return "；".join(absent)
        for waits in rule.waits_for:
            if reason := self._still_waiting(waits):
                return reason
        return None

    def what_is_left_out(self, rule: Rule) -> str | None:
        """For a rule over every feed that is there: the feeds that are not."""
        missing = self.conformed.missing
        absent = [missing[feed] for feed in rule.needs if feed in missing]
        return "未纳入：" + "；".join(absent) if rule.over_what_is_there and absent else None

    def _still_waiting(self, waits: Waits) -> str | None:
        c = self.county
        match waits:
            case Waits.INSURANCE_YEAR_BEGUN:
                if not self._has_rows_of_insurance_year:
                    return f"基本医保参保（{IN}）现行数据中没有{c.insurance_year}参保年度的记录"
            case Waits.SCHOOL_YEAR_SETTLED:
                settled = settled_date(c.school_year_start, str(c.policy["school.settled_on"]))
                as_of = self.conformed.feeds[ST].as_of
                if as_of < settled:
                    return f"学籍（{ST}）数据截止{as_of}，早于{c.school_year}学年学籍稳定日{settled}"
        return None

    @cached_property
    def _has_rows_of_insurance_year(self) -> bool:
        c, rows = self.county, self.county.rows[IN]
        name = self.engine.planned(
            "insurance_year",
            lambda: self.engine.relation("insurance_year", rows.filter(rows.year == c.insurance_year).limit(1)),
        )
        return bool(self.engine.local.table(name).shape[0])
