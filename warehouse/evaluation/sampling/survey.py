"""From a draw and what came back to weighted interviews: who counts, how much, and which rows cannot be used."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from expectations.errors import NotYetError
from warehouse.evaluation.sampling.design import Sample, Unit
from warehouse.evaluation.sampling.estimates import Flags, Floats, Weighted
from warehouse.evaluation.sampling.frame import Group

Texts = NDArray[np.str_]

COMPLETED: Final = "完成"
NOT_THERE: Final = "查无此户"
NOT_TRIED: Final = "未访问"
RIGHT: Final = "符合"
VERDICTS: Final[Mapping[Group, str]] = {
    Group.OPEN: "错评",
    Group.EXITED: "错退",
    Group.LOW_INCOME: "漏评",
    Group.GENERAL: "漏评",
}
"""The wrong that a household of each group can have suffered."""


@dataclass(frozen=True)
class Refused:
    """A result that cannot be used, and why."""

    unit_no: str
    reason: str


@dataclass(frozen=True)
class Interviews:
    """Interviews with their weights; arrays of one length, in the order of the units' numbers.

    ``resolved``: finished interviews and households that were found not to exist (they weigh, and count as nothing);
    ``persons``: 0 for the latter, and their texts are empty. ``widened``: cells whose weight went to the township or
    the county because nobody answered there. ``substitutes``: reserve households that stood in for drawn ones,
    ``stands_for`` for which. ``aware``: 1 where the policy is known, 0 where not, NaN where nobody says.
    """

    design: Weighted
    group: Texts
    township: Texts
    persons: Floats
    verdict: Texts
    satisfaction: Texts
    refused: tuple[Refused, ...]
    outcomes: Mapping[str, int]
    widened: int
    substitutes: int
    stands_for: Mapping[str, str]
    aware: Floats

    @property
    def response_rate(self) -> float | None:
        """Finished interviews of the households that were tried and exist; substitutes count on both sides."""
        tried = sum(n for outcome, n in self.outcomes.items() if outcome not in (NOT_THERE, NOT_TRIED))
        return self.outcomes.get(COMPLETED, 0) / tried if tried else None

    @cached_property
    def wronged(self) -> Flags:
        """Whether the verdict names a wrong; that it is the one of the household's group was checked."""
        return np.isin(self.verdict, list(VERDICTS.values()))


def weigh_interviews(sample: Sample, results: Sequence[Mapping[str, Any]]) -> Interviews:
    """Weight what came back of a sample. ``results``: rows of the feed survey_results with this sample's number.

    A cell is a village and group: each of its m resolved households (drawn or reserve) weighs N / (m · p), with N its
    households in the frame and p the village's probability. Raises NotYetError where no household was resolved.
    """
    units = {unit.unit_no: unit for unit in sample.units}
    refused: list[Refused] = []
    resolved: list[tuple[Unit, Mapping[str, Any]]] = []
    outcomes: Counter[str] = Counter()
    done = {row["unit_no"] for row in results if row["outcome"] == COMPLETED}
    for row in sorted(results, key=lambda r: str(r["unit_no"])):
        unit = units.get(row["unit_no"])
        if reason := fault_of(unit, row) or _wrong_substitute(unit, row, units, done):
            refused.append(Refused(row["unit_no"], reason))
        elif unit is not None:
            if not (unit.reserve and row["outcome"] == NOT_TRIED):
                outcomes[row["outcome"]] += 1
            if row["outcome"] in (COMPLETED, NOT_THERE):
                resolved.append((unit, row))
    if not resolved:
        raise NotYetError("no household of the sample has a result")
    factors, widened = _cell_weights(sample, [unit for unit, _ in resolved])
    finished = [row["outcome"] == COMPLETED for _, row in resolved]
    return Interviews(
        design=_weighted(sample, [unit for unit, _ in resolved], factors),
        group=np.array([unit.group.value for unit, _ in resolved]),
        township=np.array([unit.village_code[:9] for unit, _ in resolved]),
        persons=np.array([float(r["persons"]) if f else 0.0 for f, (_, r) in zip(finished, resolved, strict=True)]),
        verdict=np.array([r["verdict"] if f else "" for f, (_, r) in zip(finished, resolved, strict=True)]),
        satisfaction=np.array(
            [(r["satisfaction"] or "") if f else "" for f, (_, r) in zip(finished, resolved, strict=True)]
        ),
        refused=tuple(refused),
        outcomes=dict(sorted(outcomes.items())),
        widened=widened,
        substitutes=sum(unit.reserve and f for f, (unit, _) in zip(finished, resolved, strict=True)),
        stands_for={u.unit_no: r["substitute_for"] for u, r in resolved if r.get("substitute_for")},
        aware=np.array(
            [
                float(r["policy_known"]) if f and r.get("policy_known") is not None else np.nan
                for f, (_, r) in zip(finished, resolved, strict=True)
            ]
        ),
    )


def fault_of(unit: Unit | None, row: Mapping[str, Any]) -> str | None:
    """Why a row cannot be used."""
    if unit is None:
        return "样本编号不在本次抽样中"
    if row["village_code"] != unit.village_code:
        return "行政区划代码与样本不符"
    if row["outcome"] != COMPLETED:
        return None
    if row["persons"] is None or row["verdict"] is None:
        return "访问完成但缺家庭人口数或核查结论"
    if row["verdict"] not in (RIGHT, VERDICTS[unit.group]):
        return f"{unit.group.label}的核查结论不能是“{row['verdict']}”"
    return None


def _wrong_substitute(
    unit: Unit | None, row: Mapping[str, Any], units: Mapping[str, Unit], done: Collection[str]
) -> str | None:
    """Why a household cannot stand in for the one that its row names."""
    name = row.get("substitute_for")
    if unit is None or not name or row["outcome"] != COMPLETED:
        return None
    replaced = units.get(name)
    if not unit.reserve:
        return "主样本不能替代别的样本户"
    if replaced is None or replaced.reserve or name in done:
        return "替代的样本编号不是未完成访问的主样本"
    if (replaced.village_code, replaced.group) != (unit.village_code, unit.group):
        return "替代的样本户不在本村本类"
    return None


_Cell = tuple[str, Group]


def _cell_weights(sample: Sample, units: Sequence[Unit]) -> tuple[dict[_Cell, Fraction], int]:
    """Weight of a household of each cell that has one; cells without one, whose households are spread over those of
    their group in the township, else in the county."""
    full = {(v.village_code, g): Fraction(n) / v.probability for v in sample.villages for g, n in v.groups.items()}
    found = Counter((unit.village_code, unit.group) for unit in units)
    silent = [cell for cell in full if cell not in found]
    carried = {cell: full[cell] for cell in found}
    for village, group in silent:
        of_group = [cell for cell in found if cell[1] is group]
        heirs = [cell for cell in of_group if cell[0][:9] == village[:9]] or of_group
        base = sum((full[cell] for cell in heirs), Fraction())
        for cell in heirs:
            carried[cell] += full[village, group] * full[cell] / base
    return {cell: carried[cell] / count for cell, count in found.items()}, len(silent)


def _weighted(sample: Sample, units: Sequence[Unit], weights: Mapping[_Cell, Fraction]) -> Weighted:
    """Strata are townships with villages as primary units; in a village taken with certainty, its groups with
    households."""
    strata: dict[tuple[str, ...], int] = {}
    psus: dict[tuple[str, ...], int] = {}
    of_stratum, of_psu = [], []
    for unit in units:
        certain = sample.by_code[unit.village_code].is_certain
        stratum = (unit.village_code, unit.group) if certain else (unit.village_code[:9],)
        psu = (unit.unit_no,) if certain else (unit.village_code,)
        of_stratum.append(strata.setdefault(stratum, len(strata)))
        of_psu.append(psus.setdefault(psu, len(psus)))
    return Weighted(
        np.array([float(weights[unit.village_code, unit.group]) for unit in units]),
        np.array(of_stratum, dtype=np.int64),
        np.array(of_psu, dtype=np.int64),
    )
