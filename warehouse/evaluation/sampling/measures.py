"""The evaluation's rates from weighted interviews, the administrative figure beside them, and what nobody can say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from warehouse.evaluation.records import MeasureRow
from warehouse.evaluation.sampling.administrative import Administrative, Figure
from warehouse.evaluation.sampling.design import Sample
from warehouse.evaluation.sampling.estimates import (
    Estimate,
    Flags,
    Floats,
    estimate_of,
    estimate_ratio,
    linearise_ratio,
)
from warehouse.evaluation.sampling.frame import Group
from warehouse.evaluation.sampling.survey import Interviews

_CONTENT: Final = ("认可", "基本认可")
_ANSWERED: Final = (*_CONTENT, "不认可")
_UNREGISTERED: Final = (Group.LOW_INCOME, Group.GENERAL)
_AT_LEAST: Final = ("识别准确率", "退出准确率", "群众认可度")
COUNTY: Final = "全县"
THIN: Final = "样本不足"
FEWEST: Final = 30
"""Households below which a domain is 样本不足."""


@dataclass(frozen=True)
class Measure:
    """One rate of one domain: an estimate, or the reason why there is none. ``of``: whom it speaks of.

    ``remedy``: what would give an estimate, or one that decides. ``widest``: the widest interval that still decides.
    """

    indicator: str
    domain: str
    of: str
    estimate: Estimate | None = None
    reason: str | None = None
    remedy: str | None = None
    threshold: float | None = None
    administrative: Figure | None = None
    widest: float | None = None

    @property
    def verdict(self) -> str:
        """Against the threshold: 达标, 不达标, or 不能判定 where the interval holds it or nothing is known.

        样本不足 where the estimate rests on too little to be shown as one.
        """
        if self.shortage is not None:
            return THIN
        interval = self.estimate.interval if self.estimate is not None else None
        if self.threshold is None or interval is None:
            return "不能判定"
        low, high = interval
        if self.indicator in _AT_LEAST:
            return "达标" if low >= self.threshold else "不达标" if high < self.threshold else "不能判定"
        return "达标" if high <= self.threshold else "不达标" if low > self.threshold else "不能判定"

    @property
    def shortage(self) -> tuple[str, str] | None:
        """Why an estimate is 样本不足, and how many households would do; None where it is not."""
        if self.estimate is None:
            return None
        cases, interval = self.estimate.cases, self.estimate.interval
        if interval is None:
            return "只有一个村，不能给出误差", "每个乡镇至少抽两个村"
        width = interval[1] - interval[0]
        if cases >= FEWEST and (self.widest is None or width <= self.widest):
            return None
        why = [f"{cases}户，不足{FEWEST}户"] if cases < FEWEST else []
        wanted = FEWEST
        if self.widest is not None and width > self.widest:
            why.append(f"区间宽{100 * width:.1f}个百分点，超过{100 * self.widest:g}")
            wanted = max(wanted, ceil(cases * (width / self.widest) ** 2))
        return "，".join(why), f"需完成访问约{wanted}户"

    def as_row(self) -> MeasureRow:
        """Plain values."""
        reason, remedy = self.shortage or (self.reason, self.remedy)
        return {
            "indicator": self.indicator,
            "domain": self.domain,
            "of": self.of,
            "reason": reason,
            "remedy": remedy,
            "estimate": None if self.estimate is None else self.estimate.as_row(),
            "threshold": self.threshold,
            "verdict": self.verdict if self.threshold is not None or self.shortage is not None else None,
            "administrative": None if self.administrative is None else self.administrative.as_row(),
        }


def measure_sample(
    sample: Sample, interviews: Interviews, beside: Administrative, *, by_township: bool = True
) -> list[Measure]:
    """Every rate for the county and its townships, 群众认可度 by group too; 综合贫困发生率 for the county."""
    everybody = np.ones(len(interviews.group), dtype=bool)
    townships = {v.township_code: v.township or v.township_code for v in sample.villages}
    domains: list[tuple[str, Flags]] = [(COUNTY, everybody)]
    domains += [(name, interviews.township == code) for code, name in sorted(townships.items() if by_township else ())]
    measures = [m for name, inside in domains for m in _rates(sample, interviews, beside, name, inside)]
    for group in sample.frame_households:
        measures.append(_satisfaction(interviews, beside, group.label, interviews.group == group.value))
    return [*measures, _composite(sample, interviews, beside)]


_NOBODY: Final = "没有完成访问的样本户"
_VISIT: Final = "访问该类样本户并报送 survey_results"


def general_population(sample: Sample) -> str | None:
    """Why the sample does not speak for the general population; None where it does."""
    if Group.GENERAL not in sample.frame_households:
        return "没有一般农户抽样框（未报送村户名册 village_rosters），不能推算"
    if sample.uncovered_villages:
        return f"{sample.uncovered_villages}个村没有村户名册，一般农户抽样框不完整，不能推算"
    return None


def _rates(
    sample: Sample, interviews: Interviews, beside: Administrative, domain: str, inside: Flags
) -> Iterator[Measure]:
    whole = domain == COUNTY
    unregistered = "未建档农业人口" if general_population(sample) is None else "低保未建档户人口（不含一般农户）"
    missed = _wrong(interviews, inside, *_UNREGISTERED)
    yield _measure("漏评率", domain, unregistered, missed, beside, beside.missed if whole else None)
    exits = _wrong(interviews, inside, Group.EXITED)
    yield _measure("错退率", domain, "已脱贫人口", exits, beside, beside.wrong_exits if whole else None)
    wrong_entry = _wrong(interviews, inside, Group.OPEN)
    yield _measure("识别准确率", domain, "在册未脱贫人口", wrong_entry and wrong_entry.complement(), beside)
    yield _measure("退出准确率", domain, "已脱贫人口", exits and exits.complement(), beside)
    yield _satisfaction(interviews, beside, domain, inside)
    yield _awareness(interviews, beside, domain, inside)


def _measure(
    indicator: str,
    domain: str,
    of: str,
    estimate: Estimate | None,
    beside: Administrative,
    figure: Figure | None = None,
    reason: str = _NOBODY,
    remedy: str = _VISIT,
) -> Measure:
    percent = beside.thresholds.get(indicator)
    threshold = None if percent is None else float(percent / 100)
    widest = None if beside.widest is None else float(beside.widest / 100)
    if estimate is None:
        return Measure(indicator, domain, of, None, reason, remedy, threshold, figure, widest)
    return Measure(indicator, domain, of, estimate, None, None, threshold, figure, widest)


def _wrong(interviews: Interviews, inside: Flags, *groups: Group) -> Estimate | None:
    """Share of persons whose household was wronged; None where nobody of the groups was interviewed."""
    within = inside & np.isin(interviews.group, groups)
    y, x = _persons(interviews, within)
    return estimate_ratio(interviews.design, y, x, within) if x.any() else None


def _persons(interviews: Interviews, within: Flags) -> tuple[Floats, Floats]:
    """Persons wronged and persons investigated."""
    x = interviews.persons * within
    return x * interviews.wronged, x


def _satisfaction(interviews: Interviews, beside: Administrative, domain: str, inside: Flags) -> Measure:
    """Households that are content of those with an opinion."""
    within = inside & np.isin(interviews.satisfaction, _ANSWERED)
    content = np.isin(interviews.satisfaction, _CONTENT) & within
    ones = within.astype(np.float64)
    estimate = estimate_ratio(interviews.design, content * ones, ones, within) if within.any() else None
    return _measure("群众认可度", domain, "表态的受访户", estimate, beside)


def _awareness(interviews: Interviews, beside: Administrative, domain: str, inside: Flags) -> Measure:
    """Households that know the policy of those who were asked."""
    within = inside & ~np.isnan(interviews.aware)
    aware = np.where(within, np.nan_to_num(interviews.aware), 0.0)
    estimate = estimate_ratio(interviews.design, aware, within.astype(np.float64), within) if within.any() else None
    return _measure("政策知晓率", domain, "问到的受访户", estimate, beside, remedy="在调查表中填写“知晓帮扶政策”")


def _composite(sample: Sample, interviews: Interviews, beside: Administrative) -> Measure:
    """(open persons + 漏评率 × unregistered + 错退率 × exited) / agricultural population, or why not."""
    indicator, of = "综合贫困发生率", "农业户籍人口"

    def unknown(reason: str, remedy: str) -> Measure:
        return _measure(indicator, COUNTY, of, None, beside, reason=reason, remedy=remedy)

    if (reason := general_population(sample)) is not None:
        return unknown(reason, "报送全部村的村户名册（village_rosters）后重新抽样")
    if beside.agricultural is None or beside.unregistered is None:
        return unknown(
            f"{beside.villages}个村中{beside.villages_without}个村没有农业户籍人口数（政策参数），不能推算",
            "在县级政策参数文件中为每个村设 agricultural_population.<村代码>",
        )
    if beside.unregistered < 0:
        return unknown("农业户籍人口数小于建档立卡人口数，须先核对", "核对政策参数与建档立卡登记")
    parts: Mapping[tuple[Group, ...], int] = {
        _UNREGISTERED: beside.unregistered,
        (Group.EXITED,): beside.exited_persons,
    }
    persons, linear = float(beside.open_persons), np.zeros(len(interviews.group))
    asked, wronged = 0, 0
    for groups, population in parts.items():
        within = np.isin(interviews.group, groups)
        y, x = _persons(interviews, within)
        if population and not x.any():
            return unknown(_NOBODY, _VISIT)
        if x.any():
            rate, values = linearise_ratio(interviews.design, y, x)
            persons, linear = persons + population * rate, linear + population * values
            asked, wronged = asked + int((x > 0).sum()), wronged + int((y > 0).sum())
    total = beside.agricultural
    variance = float(interviews.design.covariance(linear[:, None])[0, 0]) / total**2
    everybody = np.ones(len(interviews.group), dtype=bool)
    estimate = estimate_of(persons / total, variance, interviews.design.degrees(everybody), asked, wronged)
    return _measure(indicator, COUNTY, of, estimate, beside)
