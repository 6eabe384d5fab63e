"""A county whose wrongs are known: every household's verdict and answer, and the samples that are drawn of it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from warehouse.evaluation.sampling import Frame, FrameUnit, Group, Sample
from warehouse.evaluation.sampling.administrative import Administrative, Figure
from warehouse.evaluation.sampling.survey import VERDICTS

COUNTY = "522601"
D = date(2026, 6, 30)
RATES = {Group.OPEN: 0.1, Group.EXITED: 0.12, Group.LOW_INCOME: 0.2, Group.GENERAL: 0.08}
SIZES = {Group.OPEN: 4, Group.EXITED: 12, Group.LOW_INCOME: 5, Group.GENERAL: 14}


@dataclass(frozen=True)
class Population:
    """A frame and what is true of each of its households."""

    frame: Frame
    wronged: Mapping[tuple[str, str], bool]
    content: Mapping[tuple[str, str], bool]
    persons: Mapping[tuple[str, str], int]

    def rate(self, *groups: Group) -> float:
        """Share of persons wronged in the groups."""
        units = [u for u in self.frame.units if u.group in groups]
        return sum(u.persons for u in units if self.wronged[u.group, u.key]) / sum(u.persons for u in units)

    def satisfaction(self, *groups: Group) -> float:
        """Share of households that are content."""
        own = [self.content[u.group, u.key] for u in self.frame.units if not groups or u.group in groups]
        return sum(own) / len(own)

    def administrative(self) -> Administrative:
        """What the departments would say of it: every person counted, no finding."""
        count = self.frame.persons
        nothing = Figure(("EX01",), None, None, None, "未评估")
        total = sum(count.values())
        villages = len(self.frame.village_sizes)
        limits = {"漏评率": Decimal(2), "错退率": Decimal(2), "群众认可度": Decimal(90), "综合贫困发生率": Decimal(3)}
        return Administrative(
            count[Group.OPEN], count[Group.EXITED], total, villages, 0, limits, nothing, nothing, Decimal(10)
        )

    def composite(self) -> float:
        """综合贫困发生率 as it truly is."""
        poor = sum(u.persons for u in self.frame.units if u.group is Group.OPEN or self.wronged[u.group, u.key])
        return poor / sum(self.frame.persons.values())

    def answers(self, sample: Sample) -> list[dict[str, Any]]:
        """What surveyors bring back where everybody is at home."""
        return [
            {
                "unit_no": unit.unit_no,
                "village_code": unit.village_code,
                "outcome": "未访问" if unit.reserve else "完成",
                "persons": self.persons[unit.group, unit.key],
                "verdict": VERDICTS[unit.group] if self.wronged[unit.group, unit.key] else "符合",
                "satisfaction": "认可" if self.content[unit.group, unit.key] else "不认可",
            }
            for unit in sample.units
        ]


def make_population(townships: int = 12, villages: int = 15, seed: int = 20261124) -> Population:
    """Villages differ in size and in how much is wrong in them; ``random.Random`` is the same everywhere."""
    chance = random.Random(seed)
    units, wronged, content = [], {}, {}
    for t in range(townships):
        for v in range(villages):
            code, size, mood = f"{COUNTY}{100 + t}{200 + v}", chance.uniform(0.6, 1.5), chance.uniform(0.7, 0.9)
            ill = chance.uniform(0.4, 1.6)
            for group, households in SIZES.items():
                for n in range(max(1, round(households * size))):
                    unit = FrameUnit(
                        group, f"{group.letter}{t:02d}{v:02d}{n:03d}", code, chance.choice((1, 2, 3, 4, 5))
                    )
                    units.append(unit)
                    wronged[group, unit.key] = chance.random() < RATES[group] * ill
                    content[group, unit.key] = chance.random() < mood
    frame = Frame(COUNTY, D, tuple(sorted(units)), {}, frozenset(u.village_code for u in units))
    return Population(frame, wronged, content, {(u.group, u.key): u.persons for u in units})
