"""Who of the finished county is chosen for what other offices know of them, or get wrong.

The county and its nine books are the same with and without the other offices: whom they speak of is chosen afterwards,
by chance of its own, among those for whom no mistake is reserved.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from expectations.codes import PROGRAMME
from pipelines.simulator import world
from pipelines.simulator.arrays import NONE, Bools, Days, Ints, years_of
from pipelines.simulator.departments.register import monitored
from pipelines.simulator.parameters import Parameters
from pipelines.simulator.world import World


class Pool(Enum):
    """Of whom victims are taken: households, certificates (their heads are asked about), persons or nobody."""

    OPEN = auto()
    """Households that are open throughout, nobody of them on the roll."""
    EXITED = auto()
    """Households out of poverty and out of monitoring, never on the roll, no housing subsidy ever paid."""
    RENOVATED = auto()
    """The same, but their one house was renovated and the subsidy paid."""
    RECIPIENT = auto()
    """Certificates of 农村低保 in force throughout, without a supplement."""
    SUPPLEMENTED = auto()
    """The same with one."""
    DESTITUTE = auto()
    """Certificates of 农村特困 in force throughout."""
    STOPPED = auto()
    """Certificates that were stopped before the first delivery."""
    STRANGER = auto()
    """Adults who are insured as residents and in no other book."""
    EMPLOYEE = auto()
    """Adults who are insured as employees and in no other book."""
    NOBODY = auto()
    """No one: what is wrong is about a figure."""


@dataclass(frozen=True)
class Same:
    """The first need of another mistake: this befalls the same."""

    mistake: str


Wanted = Pool | Same


@dataclass
class Chosen:
    """Victims by mistake, one array a need; and who else may be spoken of."""

    first: np.datetime64
    """The first as-of date."""
    free: Bools
    """Of each person: nothing is planted."""
    unaided: Bools
    """Of each person: free, in no household that is open and under no certificate in any month."""
    victims: dict[str, list[Ints]] = field(default_factory=dict)


def choose(
    w: World,
    p: Parameters,
    first: np.datetime64,
    seed: int,
    wanted: Sequence[tuple[str, int, Sequence[Wanted]]],
    reserved: Mapping[str, Sequence[Ints]],
) -> Chosen:
    """Give each (name, count, needs) its victims, disjoint but for ``Same``, as long as the pools last."""
    rng = np.random.Generator(np.random.PCG64([seed, zlib.crc32(b"other offices")]))
    pools = {pool: rng.permutation(_members(pool, w, p, first)) for pool in Pool}
    used = dict.fromkeys(Pool, 0)
    chosen = Chosen(first, free=~w.quiet, unaided=~w.quiet)
    for name, count, needs in wanted:
        for pool in (need for need in needs if isinstance(need, Pool) and need is not Pool.NOBODY):
            count = min(count, len(pools[pool]) - used[pool])
        groups: list[Ints] = []
        for need in needs:
            match need:
                case Same(mistake=mistake):
                    groups.append(reserved[mistake][0])
                case Pool.NOBODY:
                    groups.append(np.arange(count, dtype=np.int64))
                case pool:
                    victims = pools[pool][used[pool] : used[pool] + count]
                    used[pool] += count
                    chosen.free[_people_of(pool, w, victims)] = False
                    groups.append(victims)
        chosen.victims[name] = groups
    chosen.unaided &= chosen.free & _never_helped(w, first)
    return chosen


def heads_with_subsidies(w: World) -> Bools:
    """By person: who heads a housing case for which money is paid, now or later."""
    found = np.zeros(len(w.people), dtype=bool)
    found[w.cases.head[w.cases.subsidy > 0]] = True
    return found


def _never_helped(w: World, first: np.datetime64) -> Bools:
    h = w.households
    found = np.ones(len(w.people), dtype=bool)
    out = (h.exit_on <= first) & (h.roll == world.OFF)
    found[: len(w.household)] = out[w.household]
    found[w.belonging.person] = False
    return found


def _people_of(pool: Pool, w: World, victims: Ints) -> Ints:
    """Everybody whom a victim stands for."""
    if pool in (Pool.STRANGER, Pool.EMPLOYEE):
        return victims
    if pool in (Pool.OPEN, Pool.EXITED, Pool.RENOVATED):
        return np.flatnonzero(np.isin(w.household, victims))
    under = w.belonging.person[np.isin(w.belonging.certificate, victims)]
    inside = w.certificates.household[victims]
    return np.concatenate([under, np.flatnonzero(np.isin(w.household, inside[inside != NONE]))])


def _calm(w: World, first: np.datetime64) -> Bools:
    """By household: free, in the register by the first delivery, and nobody in it is born, dies or leaves."""
    h, count = w.households, len(w.household)
    stirs = ~np.isnat(w.gone_on[:count]) | (w.people.birth[:count] > first)
    restless = np.bincount(w.household[stirs], minlength=len(h)) > 0
    result: Bools = ~h.planted & (h.listed_on <= first) & ~restless
    return result


def _members(pool: Pool, w: World, p: Parameters, first: np.datetime64) -> Ints:
    match pool:
        case Pool.OPEN | Pool.EXITED | Pool.RENOVATED:
            return _households(pool, w, first)
        case Pool.RECIPIENT | Pool.SUPPLEMENTED | Pool.DESTITUTE | Pool.STOPPED:
            return _certificates(pool, w, first)
        case Pool.STRANGER | Pool.EMPLOYEE:
            return _adults(pool, w, p, first)
        case Pool.NOBODY:
            return np.zeros(0, dtype=np.int64)


def _households(pool: Pool, w: World, first: np.datetime64) -> Ints:
    h = w.households
    off = _calm(w, first) & (h.roll == world.OFF)
    if pool is Pool.OPEN:
        return np.flatnonzero(off & np.isnat(h.exit_on))
    out = off & (h.exit_on <= first) & (monitored(w) == 0)
    if pool is Pool.EXITED:
        return np.flatnonzero(out & ~heads_with_subsidies(w)[h.first])
    cases = w.cases
    alone = np.bincount(cases.head, minlength=len(w.people))[h.first] == 1
    paid = np.zeros(len(w.people), dtype=bool)
    paid[cases.head[(cases.subsidy > 0) & (cases.end + np.timedelta64(60, "D") <= first)]] = True
    return np.flatnonzero(out & alone & paid[h.first])


def _certificates(pool: Pool, w: World, first: np.datetime64) -> Ints:
    c = w.certificates
    outside = c.household == NONE
    calm = ~c.planted & (outside | _calm(w, first)[c.household])
    if pool is Pool.STOPPED:
        return np.flatnonzero(calm & outside & (c.end <= first))
    lasting = calm & np.isnat(c.end) & (c.start <= first)
    of = c.programme == PROGRAMME.labels.index("农村特困" if pool is Pool.DESTITUTE else "农村低保")
    if pool is Pool.DESTITUTE:
        return np.flatnonzero(lasting & of)
    return np.flatnonzero(lasting & of & ((c.topup > 0) == (pool is Pool.SUPPLEMENTED)))


def _adults(pool: Pool, w: World, p: Parameters, first: np.datetime64) -> Ints:
    employed = w.people.chance(6) < p.employee_insurance
    others = np.zeros(len(w.people), dtype=bool)
    others[w.others] = True
    adult = (age_on(w.people.birth, first) >= 25) & (age_on(w.people.birth, first) < 56)
    return np.flatnonzero(others & ~w.quiet & adult & (employed == (pool is Pool.EMPLOYEE)))


def age_on(birth: Days, on: np.datetime64) -> Ints:
    """Calendar years between birth and a day: an age that nobody is asked to know by the day."""
    result: Ints = years_of(np.array([on])) - years_of(birth)
    return result
