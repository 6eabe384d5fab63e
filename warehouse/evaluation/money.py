"""Money that rules believe owed, and wrongly paid: an indicator for each rule whose facts give a sum.

Of the findings that are not settled, as the ledger has them now, what is certain and what is only possible stand apart:
as numerator and as the rest of the denominator. Behind them are households, or certificates of no register household.
What lies in no village has a place of its own below the county, so that townships and villages add up.
"""

from typing import Final

from expectations.finding import CLOSED_STATES, Certainty
from expectations.rule import Rule
from expectations.rules import RULES
from expectations.status import RuleStatus
from warehouse.evaluation.indicator import Indicator, count_of
from warehouse.sql import literal, outside
from warehouse.tables.dimensions import NOWHERE

_CERTAIN: Final = f"s.certainty = {literal(Certainty.CERTAIN)}"


def _money(rule: Rule) -> Indicator:
    """What the open findings of a rule come to; nothing where it found none, null where nobody asked."""
    if rule.amount is None:
        raise ValueError(f"the facts of {rule.code} give no sum")
    known = "bool_or(s.is_asked) OR count(s.finding_id) > 0"

    def behind(condition: str) -> str:
        return f"count(DISTINCT s.behind) FILTER (WHERE s.yuan > 0 AND {condition})"

    return Indicator(
        f"{rule.amount.side.label}金额：{rule.name}（{rule.code}）",
        "元",
        f"未了结问题的规则金额（台账现状，只有最新数据截止日）：确定的 ÷ 确定与待核合计；{rule.amount.how}"
        + ("；同一证同一月份只计入一条规则" if rule.amount.months is not None else ""),
        f"CASE WHEN {known} THEN coalesce(sum(s.yuan) FILTER (WHERE {_CERTAIN}), 0) END",
        f"CASE WHEN {known} THEN coalesce(sum(s.yuan), 0) END",
        count_of("s.finding_id IS NOT NULL AND s.yuan IS NULL"),
        f"""(SELECT l.county, l.as_of, f.finding_id, f.certainty, f.rule_yuan AS yuan,
      r.status = {literal(RuleStatus.EVALUATED)} AS is_asked,
      CASE WHEN f.finding_id IS NULL THEN l.county
        ELSE coalesce(f.village_code, l.county || {literal(NOWHERE)}) END AS village_code,
      coalesce(f.household_no, f.certificate_no, f.village_code, '') AS behind
    FROM (SELECT county, max(as_of) AS as_of FROM evaluation.days GROUP BY county) l
    LEFT JOIN evaluation.rule_coverage r
      ON r.county = l.county AND r.as_of = l.as_of AND r.rule = {literal(rule.code)}
    LEFT JOIN evaluation.findings f
      ON f.county = l.county AND f.rule = {literal(rule.code)} AND {outside("f.state", CLOSED_STATES)}) s""",
        rule=rule.code,
        feeds=rule.needs,
        behind=(behind(_CERTAIN), behind(f"NOT {_CERTAIN}")),
        is_sum=True,
    )


MONEY: Final[tuple[Indicator, ...]] = tuple(_money(rule) for rule in RULES if rule.amount is not None)
"""In the order of the rule book."""
