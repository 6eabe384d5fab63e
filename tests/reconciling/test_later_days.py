"""A later D with the same current deliveries finds the same, TL01 aside: over all cases and Hypothesis' worlds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from builders import World
from cases.registry import CASES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.worlds import worlds
from worlds_on_disk import verdicts
from worlds_together import Together, together

from expectations.rules import RULES

JOINED = together(CASES)
ASKED = tuple(rule.code for rule in RULES if rule.code != "TL01")


def at(world: World, days: int) -> World:
    """The world so many days later, with no delivery that it did not have, none of them stale for that."""
    there = tuple(delivery for delivery in world.deliveries if delivery.as_of <= world.d)
    fresh = {"freshness_days": 3650} | {key: 3650 for key in world.policy if key.startswith("freshness_days")}
    return replace(world, d=world.d + timedelta(days=days), deliveries=there, policy={**world.policy, **fresh})


def same(world: World, days: int, folder: Path, plans: Path, rules: Sequence[str] = ASKED) -> None:
    now = verdicts(at(world, 0), folder / "now", rules, plans)
    later = verdicts(at(world, days), folder / "later", rules, plans)
    assert {rule: said for rule, said in later.items() if said != now[rule]} == {}


@pytest.mark.slow
@pytest.mark.parametrize("number", [n for n, one in enumerate(JOINED) if set(one.rules) <= set(ASKED)])
def test_a_later_day_says_the_same_of_the_cases(number: int, tmp_path: Path, plans: Path) -> None:
    one: Together = JOINED[number]
    same(one.world, 1 + number * 7 % 365, tmp_path, plans, one.rules)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), days=st.integers(1, 400))
def test_a_later_day_says_the_same_of_any_world(plans: Path, world: World, days: int) -> None:
    with TemporaryDirectory() as folder:
        same(world, days, Path(folder), plans)
