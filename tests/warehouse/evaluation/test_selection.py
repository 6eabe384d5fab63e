"""The draw: the same whatever the order of rows, right in its probabilities, and recorded whole."""

import random
from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.errors import DamagedError, RequestError
from warehouse.evaluation.sampling import Design, Frame, FrameUnit, Group, Sample, draw_sample
from warehouse.evaluation.sampling.selection import draw_equal, draw_proportional, hashed, systematic

D = date(2026, 6, 30)


def frame(order: random.Random | None = None, townships: int = 3, villages: int = 5) -> Frame:
    units = [
        FrameUnit(group, f"{group.letter}{t}{v}{n:03d}", f"52260110{t}2{v:02d}", 1 + n % 5)
        for t in range(townships)
        for v in range(villages)
        for group, count in ((Group.OPEN, 3), (Group.EXITED, 20 + 5 * v), (Group.LOW_INCOME, v))
        for n in range(count)
    ]
    if order is not None:
        order.shuffle(units)
    return Frame("522601", D, tuple(sorted(units)), {"522601100": "城关镇"}, frozenset())


sizes = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 500), min_size=1, max_size=30)


@given(sizes, st.integers(0, 12), st.text(max_size=5))
def test_probabilities_sum_to_the_number_drawn(of: dict[str, int], count: int, seed: str) -> None:
    drawn = draw_proportional(seed, "x", of, count)
    assert len(drawn) == min(count, len(of))
    assert all(0 < p <= 1 for p in drawn.values())
    shuffled = dict(sorted(of.items(), key=lambda item: hashed("other", item[0])))
    assert draw_proportional(seed, "x", shuffled, count) == drawn


@given(st.lists(st.integers(1, 9), min_size=2, max_size=12), st.integers(1, 5))
def test_over_all_starts_each_unit_is_drawn_in_proportion_to_its_size(of: list[int], count: int) -> None:
    total = sum(of)
    if max(of) * count > total:
        with pytest.raises(ValueError, match="certainty"):
            systematic(of, count, 0)
        return
    hits = Counter(i for start in range(total) for i in systematic(of, count, start))
    assert [hits[i] for i in range(len(of))] == [size * count for size in of]
    assert all(len(systematic(of, count, start)) == count for start in range(total))


def test_drawn_often_the_shares_are_the_recorded_probabilities() -> None:
    of = {"a": 40, "b": 5, "c": 9, "d": 11, "e": 15}
    rounds, hits, said = 4000, Counter[str](), {}
    for seed in range(rounds):
        drawn = draw_proportional(str(seed), "x", of, 3)
        hits.update(list(drawn))
        said |= drawn
    assert said["a"] == 1
    assert sum(said.values()) == 3
    for key, p in said.items():
        error = (float(p * (1 - p)) / rounds) ** 0.5
        assert abs(hits[key] / rounds - float(p)) <= 4 * error


def test_households_are_spread_along_their_numbers() -> None:
    keys = [f"{n:03d}" for n in range(100)]
    drawn = [int(key) for key in draw_equal("s", "x", keys, 10)]
    assert {b - a for a, b in pairwise(drawn)} == {10}
    assert draw_equal("s", "x", keys[::-1], 10) == draw_equal("s", "x", keys, 10)
    assert draw_equal("s", "x", keys[:4], 10) == keys[:4]


def test_the_same_seed_gives_the_same_bytes_in_any_order_of_rows() -> None:
    record = draw_sample(frame(), Design(), "2026").as_json()
    assert draw_sample(frame(random.Random(1)), Design(), "2026").as_json() == record
    assert draw_sample(frame(), Design(), "2027").as_json() != record
    assert Sample.from_json(record).as_json() == record
    assert Sample.from_json(record) == draw_sample(frame(), Design(), "2026")


def test_the_draw_is_the_recorded_one_whatever_the_library() -> None:
    """Figures of the first draw ever made; a change here is a change of every sample ever drawn."""
    sample = draw_sample(frame(), Design(villages=2, households=2, reserve=1), "2026")
    assert sample.frame_sha256[:12] == "0cfbb381ff2e"
    assert [v.village_code for v in sample.villages] == [
        f"522601{v}" for v in ("100200", "100202", "101201", "101203", "102200", "102202")
    ]
    first = [u.key for u in sample.units if u.village_code == sample.villages[0].village_code]
    assert first == ["A00000", "A00002", "A00001", "B00005", "B00015", "B00017"]


def test_each_village_and_group_has_its_households_and_a_reserve_that_nobody_shares() -> None:
    whole = frame()
    sample = draw_sample(whole, Design(villages=2, households=6, reserve=2), "s")
    assert len(sample.villages) == 6
    assert sum(v.probability for v in sample.villages) <= 6
    of = {(u.group, u.key): u for u in whole.units}
    assert len({u.unit_no for u in sample.units}) == len({(u.group, u.key) for u in sample.units}) == len(sample.units)
    for village in sample.villages:
        for group, there in village.groups.items():
            own = [u for u in sample.units if (u.village_code, u.group) == (village.village_code, group)]
            assert sum(not u.reserve for u in own) == min(6, there)
            assert sum(u.reserve for u in own) == min(2, max(0, there - 6))
            assert {of[group, u.key].village_code for u in own} == {village.village_code}


def test_weights_give_the_frame_back_where_every_village_is_drawn() -> None:
    whole = frame()
    sample = draw_sample(whole, Design(villages=99, households=4, reserve=0), "s")
    assert all(v.is_certain for v in sample.villages)
    total = sum((1 / sample.probability_of(u) for u in sample.units if u.group is Group.EXITED), Fraction())
    assert total == sample.frame_households[Group.EXITED]


def test_nothing_cannot_be_drawn() -> None:
    with pytest.raises(RequestError, match="no household"):
        draw_sample(Frame("522601", D, (), {}, frozenset()), Design(), "s")
    with pytest.raises(RequestError, match="at least one"):
        Design(villages=0)
    with pytest.raises(DamagedError, match="no record"):
        Sample.from_json('{"format": "other"}')
