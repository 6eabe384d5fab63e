"""How large a sample must be to decide: by the power that its thresholds ask for, and what width is to be expected."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from warehouse.evaluation.sampling.design import Design
from warehouse.evaluation.sampling.estimates import korn_graubard_interval
from warehouse.evaluation.sampling.frame import Frame, Group

CORRELATION: Final = 0.05
"""Within a village, of households of one group."""
RESPONSE: Final = 0.9
_MOST: Final = 1_000_000
_HOUSEHOLDS: Final = (6, 8, 10, 12, 15, 20, 30)
"""Households a group in each village that are tried, fewest first."""

AIMS: Final[Mapping[str, tuple[Group, ...]]] = {
    "漏评率": (Group.LOW_INCOME, Group.GENERAL),
    "错退率": (Group.EXITED,),
    "群众认可度": tuple(Group),
}
"""Indicators that a sample is to decide, and whom they speak of."""


@dataclass(frozen=True)
class Expected:
    """What a design gives for one indicator: so many completed interviews, with this design effect and freedom.

    ``rate``: what it is in a county that keeps half the distance to the threshold that there is; ``households``: all
    whom the indicator speaks of.
    """

    indicator: str
    threshold: float
    rate: float
    interviews: int
    design_effect: float
    df: int
    households: int

    def interval(self, interviews: int) -> tuple[float, float]:
        """The 95 % interval around ``rate`` that the estimates would report."""
        variance = self.rate * (1 - self.rate) / interviews * self.design_effect
        return korn_graubard_interval(self.rate, variance, self.df, interviews)

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        low, high = self.interval(self.interviews)
        return (high - low) / 2

    @property
    def decides(self) -> bool:
        """Whether a county of that rate is told from one at the threshold."""
        return self._decides(self.interviews)

    @property
    def needed(self) -> int:
        """The fewest interviews that decide with the same effect and freedom: there may be no so many households."""
        return bisect_left(range(1, _MOST), 1, key=lambda n: int(self._decides(n))) + 1

    def _decides(self, interviews: int) -> bool:
        low, high = self.interval(interviews)
        return high <= self.threshold if self.rate < self.threshold else low >= self.threshold


def propose(frame: Frame, thresholds: Mapping[str, Decimal], reserve: int = 2) -> Design:
    """The design with the fewest villages, then households, that decides by every threshold; else all of the frame."""
    most = max(_villages_by_township(frame).values(), default=1)
    sizes = _sizes(frame)
    for villages in range(2, most + 1):
        for households in _HOUSEHOLDS:
            design = Design(villages, households, reserve)
            if all(one.decides for one in _expected(frame, design, thresholds, sizes)):
                return design
    largest = max((len(keys) for groups in frame.by_village.values() for keys in groups.values()), default=1)
    return Design(max(most, 1), largest, reserve)


def expect(frame: Frame, design: Design, thresholds: Mapping[str, Decimal]) -> Sequence[Expected]:
    """What a design gives for each indicator that has a threshold and somebody to ask."""
    return list(_expected(frame, design, thresholds, _sizes(frame)))


def _expected(
    frame: Frame, design: Design, thresholds: Mapping[str, Decimal], sizes: Mapping[tuple[str, Group], Counter[int]]
) -> Iterator[Expected]:
    per_township = _villages_by_township(frame)
    for indicator, groups in AIMS.items():
        households = sum(frame.households.get(group, 0) for group in groups)
        if indicator not in thresholds or not households:
            continue
        threshold = float(thresholds[indicator] / 100)
        apart = min(threshold, 1 - threshold) / 2
        if not apart:
            continue
        rate = apart if threshold < 0.5 else 1 - apart
        drawn = 0.0
        for (township, group), villages in sizes.items():
            if group in groups:
                chance = min(1.0, design.villages / per_township[township])
                drawn += chance * sum(n * min(design.households, size) for size, n in villages.items())
        interviews = max(2, round(drawn * RESPONSE))
        taken = sum(min(design.villages, n) for n in per_township.values())
        if taken == sum(per_township.values()):  # every village with certainty: households are the first stage
            df = max(1, interviews - taken * len(groups))
            yield Expected(indicator, threshold, rate, interviews, 1.0, df, households)
        else:
            effect = 1 + max(0.0, interviews / taken - 1) * CORRELATION
            df = max(1, taken - len(per_township))
            yield Expected(indicator, threshold, rate, interviews, effect, df, households)


def _sizes(frame: Frame) -> dict[tuple[str, Group], Counter[int]]:
    """By township and group, how many villages have how many households of it."""
    found: dict[tuple[str, Group], Counter[int]] = {}
    for village, groups in frame.by_village.items():
        for group, keys in groups.items():
            found.setdefault((village[:9], group), Counter())[len(keys)] += 1
    return found


def _villages_by_township(frame: Frame) -> dict[str, int]:
    count: dict[str, int] = {}
    for village in frame.village_sizes:
        count[village[:9]] = count.get(village[:9], 0) + 1
    return count
