"""Which households, certificates and persons are reserved for which mistake, before anybody is made up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.simulator.arrays import NONE, Bools, Ints
from pipelines.simulator.families import SINGLE, STANDARD
from pipelines.simulator.parameters import Parameters


@dataclass(frozen=True)
class Household:
    """A register household that a mistake needs."""

    open: bool
    roll: int = 0
    single: bool = False


@dataclass(frozen=True)
class Certificate:
    """A certificate outside the register of a kind of pipelines.simulator.world (RURAL …), with a standard family."""

    kind: int


@dataclass(frozen=True)
class Adult:
    """An insured adult who is in no other book."""


Need = Household | Certificate | Adult


@dataclass
class Reservations:
    """What each reserved household or certificate must be like; NONE where it is free."""

    open: Ints
    roll: Ints
    family: Ints
    kind: Ints
    adults: int = 0
    victims: dict[str, list[Ints]] = field(default_factory=dict)
    """By mistake, one array a need: households, places of certificates, places among the other persons."""

    @property
    def planted(self) -> Bools:
        """Reserved households."""
        result: Bools = self.family != NONE
        return result


def reserve(
    rng: np.random.Generator,
    households: int,
    wanted: Sequence[tuple[str, int, Sequence[Need]]],
    p: Parameters,
) -> Reservations:
    """Give each mistake (name, count, needs) its victims, disjoint, as long as households last."""
    shuffled = rng.permutation(households)
    most = int(households * p.most_mistaken)
    free = np.full(households, NONE, dtype=np.int64)
    r = Reservations(open=free.copy(), roll=free.copy(), family=free, kind=np.zeros(0, dtype=np.int64))
    kinds: list[Ints] = []
    used = certificates = 0
    for name, count, needs in wanted:
        a_piece = sum(isinstance(need, Household) for need in needs)
        if a_piece:
            count = min(count, (most - used) // a_piece)
        groups: list[Ints] = []
        for need in needs:
            match need:
                case Household():
                    victims = shuffled[used : used + count]
                    used += count
                    r.open[victims] = need.open
                    r.roll[victims] = need.roll
                    r.family[victims] = SINGLE if need.single else STANDARD
                case Certificate():
                    victims = np.arange(certificates, certificates + count)
                    certificates += count
                    kinds.append(np.full(count, need.kind, dtype=np.int64))
                case Adult():
                    victims = np.arange(r.adults, r.adults + count)
                    r.adults += count
            groups.append(victims.astype(np.int64))
        r.victims[name] = groups
    r.kind = np.concatenate(kinds) if kinds else r.kind
    return r
