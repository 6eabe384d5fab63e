"""The county's townships and villages: names composed from lists, 12-digit codes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.simulator.arrays import Ints
from pipelines.simulator.parameters import Parameters

FIRST = "青龙白石大平三岔云峰清水新民双河石板高坪长岭红岩金竹马场太阳沙坝"
SECOND = "山河坪岭湾坡塘沟寨溪田坝岩洞桥泉林岗江台"
MOST_TOWNSHIPS: Final = 60
MOST_VILLAGES_A_TOWNSHIP: Final = 700


@dataclass(frozen=True)
class Areas:
    """Villages in order of their code; ``township`` is the index of each village's township."""

    codes: tuple[str, ...]
    villages: tuple[str, ...]
    townships: tuple[str, ...]
    township: Ints


def make_areas(rng: np.random.Generator, county: str, households: int, p: Parameters) -> Areas:
    """Townships and villages for so many register households."""
    wanted = max(2, households // p.households_a_village)
    towns = min(MOST_TOWNSHIPS, max(2 if households > 200 else 1, wanted // p.villages_a_township))
    each = min(MOST_VILLAGES_A_TOWNSHIP, max(2, -(-wanted // towns)))
    words = [a + b for a in dict.fromkeys(FIRST) for b in SECOND if a != b]
    shuffled = [words[i] for i in rng.permutation(len(words))]
    townships = tuple(f"{shuffled[i]}{'镇' if i % 3 else '乡'}" for i in range(towns))
    codes, villages = [], []
    for town in range(towns):
        for village in range(each):
            codes.append(f"{county}{100 + town:03d}{200 + village:03d}")
            word = shuffled[(towns + town * each + village) % len(shuffled)]
            villages.append(f"{word}{'社区' if village == 0 else '村'}")
    return Areas(tuple(codes), tuple(villages), townships, np.repeat(np.arange(towns), each))
