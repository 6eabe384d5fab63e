"""The two-stage draw and its record: villages once per township by PPS, households within them by group, a reserve."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from expectations.errors import DamagedError, RequestError
from warehouse.evaluation.sampling.frame import Frame, Group
from warehouse.evaluation.sampling.selection import draw_equal, draw_proportional, order_reserve

FORMAT: Final = "liangxian-sample/1"
"""What a record says it is: selection or record of another number draw differently."""


@dataclass(frozen=True)
class Design:
    """How many: villages a township, households a group within a village, reserve households behind those."""

    villages: int = 2
    households: int = 6
    reserve: int = 2

    def __post_init__(self) -> None:
        """Refuse a draw of nothing."""
        if self.villages < 1 or self.households < 1 or self.reserve < 0:
            raise RequestError("a sample needs at least one village and one household; a reserve is not negative")


@dataclass(frozen=True)
class Village:
    """A drawn village; ``probability`` is exact. ``groups``: households of the frame in it, by group."""

    village_code: str
    township: str
    village: str
    households: int
    probability: Fraction
    groups: Mapping[Group, int]

    @property
    def is_certain(self) -> bool:
        """Whether it was taken with certainty: then its households are the first stage."""
        return self.probability == 1

    @property
    def township_code(self) -> str:
        """First nine digits of the code."""
        return self.village_code[:9]


@dataclass(frozen=True)
class Unit:
    """A household of the sample, or of the reserve: asked in ``order`` when a drawn one of its group is not there."""

    unit_no: str
    group: Group
    key: str
    village_code: str
    order: int
    reserve: bool


@dataclass(frozen=True)
class Sample:
    """A draw with all that is needed to draw it again and to weight it."""

    sample_id: str
    county: str
    as_of: date
    seed: str
    frame_sha256: str
    design: Design
    frame_households: Mapping[Group, int]
    frame_persons: Mapping[Group, int]
    uncovered_villages: int
    villages: tuple[Village, ...]
    units: tuple[Unit, ...]
    households_without_members: int | None = None
    """Of the register, beside the frame; None in a record of an older release."""

    def as_json(self) -> str:
        """The record, the same bytes for the same draw; it names no person."""
        record: dict[str, Any] = {
            "format": FORMAT,
            "sample_id": self.sample_id,
            "county": self.county,
            "as_of": self.as_of.isoformat(),
            "seed": self.seed,
            "frame_sha256": self.frame_sha256,
            "design": asdict(self.design),
            "frame_households": self.frame_households,
            "frame_persons": self.frame_persons,
            "uncovered_villages": self.uncovered_villages,
            "households_without_members": self.households_without_members,
            "villages": [
                {**asdict(village), "probability": str(village.probability), "groups": dict(village.groups)}
                for village in self.villages
            ],
            "units": [{**asdict(unit), "probability": str(self.probability_of(unit))} for unit in self.units],
        }
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Sample":
        """Read a record. Raises DamagedError where it is none of ours."""
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise DamagedError(f"this is no record of a sample in the form {FORMAT}")
        return cls(
            sample_id=record["sample_id"],
            county=record["county"],
            as_of=date.fromisoformat(record["as_of"]),
            seed=record["seed"],
            frame_sha256=record["frame_sha256"],
            design=Design(**record["design"]),
            frame_households=_by_group(record["frame_households"]),
            frame_persons=_by_group(record["frame_persons"]),
            uncovered_villages=record["uncovered_villages"],
            villages=tuple(
                Village(**{**v, "probability": Fraction(v["probability"]), "groups": _by_group(v["groups"])})
                for v in record["villages"]
            ),
            units=tuple(
                Unit(**{k: v for k, v in u.items() if k != "probability"} | {"group": Group(u["group"])})
                for u in record["units"]
            ),
            households_without_members=record.get("households_without_members"),
        )

    @cached_property
    def by_code(self) -> Mapping[str, Village]:
        """The drawn villages by their codes."""
        return {village.village_code: village for village in self.villages}

    def probability_of(self, unit: Unit) -> Fraction:
        """Inclusion probability of a drawn household; a reserve household shares that of its village and group."""
        village = self.by_code[unit.village_code]
        there = village.groups[unit.group]
        return village.probability * Fraction(min(self.design.households, there), there)


def _by_group(counts: Mapping[str, int]) -> dict[Group, int]:
    return {Group(group): count for group, count in counts.items()}


def draw_sample(frame: Frame, design: Design, seed: str) -> Sample:
    """Draw a sample. Raises RequestError for an empty frame."""
    if not frame.units:
        raise RequestError(f"county {frame.county} has no household in the frame at {frame.as_of}")
    probabilities: dict[str, Fraction] = {}
    for township in sorted({village[:9] for village in frame.village_sizes}):
        sizes = {v: n for v, n in frame.village_sizes.items() if v[:9] == township}
        probabilities |= draw_proportional(seed, f"villages of {township}", sizes, design.villages)
    villages, units = [], []
    for code, probability in sorted(probabilities.items()):
        keys = frame.by_village[code]
        groups = {group: len(own) for group, own in keys.items()}
        names = (frame.names.get(code[:9], ""), frame.names.get(code, ""))
        villages.append(Village(code, *names, frame.village_sizes[code], probability, groups))
        for group, own in keys.items():
            units += _draw_group(seed, design, code, group, own)
    content = f"{FORMAT} {frame.sha256} {seed} {sorted(asdict(design).items())}"
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return Sample(
        sample_id=f"{frame.as_of:%Y%m%d}-{frame.county}-{digest}",
        county=frame.county,
        as_of=frame.as_of,
        seed=seed,
        frame_sha256=frame.sha256,
        design=design,
        frame_households=frame.households,
        frame_persons=frame.persons,
        uncovered_villages=frame.uncovered_villages,
        villages=tuple(villages),
        units=tuple(units),
        households_without_members=frame.households_without_members,
    )


def _draw_group(seed: str, design: Design, village: str, group: Group, keys: Sequence[str]) -> list[Unit]:
    label = f"{group} of {village}"
    drawn = draw_equal(seed, label, keys, design.households)
    reserve = order_reserve(seed, label, sorted(set(keys) - set(drawn)), design.reserve)
    return [
        Unit(f"{village}-{group.letter}{order:02d}", group, key, village, order, reserve=order > len(drawn))
        for order, key in enumerate([*drawn, *reserve], start=1)
    ]
