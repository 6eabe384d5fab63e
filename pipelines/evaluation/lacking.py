"""Why an indicator says nothing, and what would make it say something: nothing is "not measured" without both."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from expectations.feeds import FEEDS_BY_NAME
from expectations.status import RuleStatus
from warehouse.evaluation.indicator import Indicator


class Lack(NamedTuple):
    """The reason, and what must come."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        """Both in one sentence."""
        return f"{self.reason}；{self.remedy}"


def lack_of(indicator: Indicator, row: Mapping[str, Any], ran: Mapping[str, Mapping[str, Any]]) -> Lack | None:
    """Of an indicator of an area, ``row`` (empty where there is none); None where its share, or what it
    comes to, is known.

    ``ran``: the rule runs of the day, by rule.
    """
    if row.get("share") is not None or (indicator.is_sum and row.get("denominator") is not None):
        return None
    if indicator.policy:
        remedy = f"在县级政策参数文件中设 {indicator.policy}"
    else:
        remedy = "报送" + "、".join(f"{FEEDS_BY_NAME[name].title}（{name}）" for name in indicator.feeds)
    run = ran.get(indicator.rule)
    if run is not None and run["status"] != RuleStatus.EVALUATED:
        label = RuleStatus(run["status"]).label
        return Lack(f"规则{indicator.rule}{label}：{run['reason'] or '没有说明'}", remedy)
    if row.get("unknown"):
        numbers = "没有政策参数" if indicator.policy else "没有有效证件号码，或该项数据缺失、过期"
        return Lack(f"{row['unknown']:,}{'村' if indicator.policy else indicator.unit}都不能判断（{numbers}）", remedy)
    if indicator.is_plan and row.get("numerator") is not None and row.get("denominator") is None:
        plan = FEEDS_BY_NAME[indicator.feeds[0]]
        reached = f"{row['numerator']:,.0f}{indicator.unit}"
        return Lack(f"没有计划数（已达到{reached}）", f"报送有该区划的{plan.title}（{plan.name}）")
    if row.get("denominator") is not None and not indicator.policy:
        return Lack(f"没有应计入的{indicator.unit}（分母为零）", "没有对象时无须测量；应有对象的，核对报送数据")
    return Lack("没有数据", remedy)
