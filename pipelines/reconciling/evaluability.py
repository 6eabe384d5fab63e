"""May a rule be evaluated: are its feeds there, and has what it asks about begun and settled."""

from expectations.calendar import settled_date
from expectations.rule import Rule, Waits
from expectations.rules.needs import IN, ST
from expectations.terms import County
from pipelines.reconciling.engine import Engine
from warehouse.current import Conformed


def why_not(engine: Engine, rule: Rule, c: County, conformed: Conformed) -> str | None:
    """Why a rule cannot be evaluated, in Chinese, or None."""
    absent = [conformed.missing[feed] for feed in rule.needs if not c.has(feed)]
    if absent and (not rule.over_what_is_there or len(absent) == len(rule.needs)):
        return "；".join(absent)
    for waits in rule.waits_for:
        if reason := _still_waiting(engine, waits, c, conformed):
            return reason
    return None


def _still_waiting(engine: Engine, waits: Waits, c: County, conformed: Conformed) -> str | None:
    match waits:
        case Waits.INSURANCE_YEAR_BEGUN:
            if not _has_rows_of_insurance_year(engine, c):
                return f"基本医保参保（{IN}）现行数据中没有{c.insurance_year}参保年度的记录"
        case Waits.SCHOOL_YEAR_SETTLED:
            settled = settled_date(c.school_year_start, str(c.policy["school.settled_on"]))
            if conformed.feeds[ST].as_of < settled:
                return f"学籍（{ST}）数据截止{conformed.feeds[ST].as_of}，早于{c.school_year}学年学籍稳定日{settled}"
    return None


def _has_rows_of_insurance_year(engine: Engine, c: County) -> bool:
    rows = c.rows[IN]
    name = engine.planned(
        "insurance_year", lambda: engine.relation("insurance_year", rows.filter(rows.year == c.insurance_year).limit(1))
    )
    return bool(engine.local.table(name).shape[0])


def what_is_left_out(rule: Rule, conformed: Conformed) -> str | None:
    """For a rule over every feed that is there: the feeds that are not."""
    absent = [conformed.missing[feed] for feed in rule.needs if feed in conformed.missing]
    return "未纳入：" + "；".join(absent) if rule.over_what_is_there and absent else None
