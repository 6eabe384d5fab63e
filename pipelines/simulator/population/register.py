"""Register households and their people, each on the right side of every line."""

from dataclasses import dataclass

import numpy as np

from expectations.codes import PERSON_STATUS
from pipelines.simulator import world
from pipelines.simulator.arrays import (
    NONE,
    Bools,
    Days,
    Ints,
    days,
)
from pipelines.simulator.families import Relatives, choose_families, make_relatives
from pipelines.simulator.plan import Reservations
from pipelines.simulator.population.frame import Frame
from pipelines.simulator.world import Households

_DAY = np.timedelta64(1, "D")


def make_households(f: Frame, count: int, r: Reservations, villages: int) -> Households:
    rng, p = f.rng, f.p
    planted = r.planted
    exited = np.where(planted, r.open == 0, rng.random(count) < p.exited)
    on_roll = rng.random(count) < np.where(exited, p.on_roll_if_exited, p.on_roll_if_open)
    roll = np.where(on_roll, np.where(rng.random(count) < p.destitute_if_on_roll, world.DESTITUTE, world.LOW_INCOME), 0)
    roll = np.where(~on_roll & exited & (rng.random(count) < p.was_on_roll), world.WAS_ON, roll)
    roll = np.where(planted, r.roll, roll)
    listed_on = f.ago(400, 2000, count)
    fresh = ~planted & ~exited & (roll == world.OFF) & (rng.random(count) < p.listings * f.months)
    listed_on[fresh] = f.in_window(int(fresh.sum()))
    exit_on = days(count)
    exit_on[exited] = np.maximum(f.ago(370, 1900, int(exited.sum())), listed_on[exited] + 20 * _DAY)
    leaving = ~planted & ~exited & ~fresh & (roll == world.OFF) & (rng.random(count) < p.exits * f.months)
    exit_on[leaving] = f.in_window(int(leaving.sum()))
    now, before = _incomes(f, ~np.isnat(exit_on), roll, count)
    return Households(
        first=np.zeros(count, dtype=np.int64),
        size=np.zeros(count, dtype=np.int64),
        village=rng.integers(0, villages, count),
        roll=roll,
        certificate=np.full(count, NONE, dtype=np.int64),
        listed_on=listed_on,
        exit_on=exit_on,
        returned=~exited & (rng.random(count) < 0.15),
        income_now=now,
        income_before=before,
        planted=planted,
    )


def _incomes(f: Frame, exits: Bools, roll: Ints, count: int) -> tuple[Ints, Ints]:
    """fen a person and year, this year's and last year's, on the right side of every line."""
    rng = f.rng
    year = 12 * f.rural
    over = (rng.gamma(2.0, 1800.0, count) * 100).astype(np.int64)
    on_roll = (roll == world.LOW_INCOME) | (roll == world.DESTITUTE)
    most = 12 * (f.rural + f.tolerance) - 1200
    now = np.where(
        exits,
        np.where(on_roll, rng.integers(f.line_most, most, count), f.line_most + over),
        np.where(on_roll, rng.integers(120_000, year * 8 // 10, count), year + over // 2),
    )
    now = np.where((roll == world.DESTITUTE) & ~exits, rng.integers(0, 200_000, count), now)
    # A loss is an income too: those still poor may have lived on credit last year.
    before = np.where(exits, f.line_most + (over * 7) // 10, now * 9 // 10 - 20_000)
    before = np.where(~exits & (rng.random(count) < 0.02), -before // 4, before)
    return now, before


@dataclass(frozen=True)
class Fates:
    """What befalls each register member: birth in the window, death, departure."""

    born: Days
    gone_on: Days
    gone_how: Ints


def make_register_families(f: Frame, households: Households, r: Reservations) -> tuple[Relatives, Fates]:
    """Everyone in the register: families, and here and there one who is born, dies or leaves."""
    rng, p, count = f.rng, f.p, len(households)
    kinds = np.where(r.planted, r.family, choose_families(rng, count))
    kinds = np.where(~r.planted & (households.roll == world.DESTITUTE), rng.integers(0, 2, count), kinds)
    family = make_relatives(rng, kinds)
    yearly = f.months
    chances = np.array([p.died_or_left_long_ago, p.deaths * yearly, p.departures * yearly, p.births * yearly])
    fate = np.searchsorted(np.cumsum(chances), rng.random(count), side="right")
    fate = np.where(r.planted, len(chances), fate)
    with_extra = np.flatnonzero(fate < len(chances))
    extra = fate[with_extra]
    left_home = (extra == 2) | ((extra == 0) & (rng.random(len(extra)) < 0.5))
    newborn = extra == 3
    sex = rng.integers(0, 2, len(extra))
    relation = np.where(left_home | newborn, np.where(sex == 0, 2, 3), 5)
    age = np.where(left_home, rng.integers(20, 29, len(extra)), np.where(newborn, 0, rng.integers(66, 91, len(extra))))
    born = np.where(newborn, f.in_window(len(extra)), days(len(extra)))
    long_ago = f.ago(45, 900, len(extra))
    gone_on = np.where(newborn, days(len(extra)), np.where(extra == 0, long_ago, f.in_window(len(extra))))
    married = PERSON_STATUS.labels.index("婚嫁")
    how = np.where(left_home, np.where(sex == 1, married, PERSON_STATUS.labels.index("迁出")), 1)
    gone_how = np.where(newborn, NONE, how)

    who = np.concatenate([family.family, with_extra])
    place = np.concatenate([family.place, np.bincount(family.family, minlength=count)[with_extra]])
    order = np.lexsort((place, who))
    nothing = len(family.family)

    def merge(usual: Ints, more: Ints) -> Ints:
        result: Ints = np.concatenate([usual, more])[order]
        return result

    relatives = Relatives(
        family=who[order],
        place=place[order],
        relation=merge(family.relation, relation),
        sex=merge(family.sex, sex),
        age=merge(family.age, age),
    )
    return relatives, Fates(
        born=np.concatenate([days(nothing), born])[order],
        gone_on=np.concatenate([days(nothing), gone_on])[order],
        gone_how=merge(np.full(nothing, NONE, dtype=np.int64), gone_how),
    )
