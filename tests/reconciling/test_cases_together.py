"""The literal cases again, each world a county of its own among all that are alike, evaluated at once.

The worlds call their households, certificates and people by the same numbers: whatever rule let counties meet would
find in one what another has.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World
from cases.case import Case
from cases.registry import CASES
from long import asked_for
from worlds_on_disk import policy_of, stage

from expectations.rule import AREA
from expectations.rules import RULES, RULES_BY_CODE
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.reconcile import judge
from pipelines.reconciling.together import alike
from warehouse.lake import Lake

FIRST = 100001
"""County code of the first world."""


def by_world() -> list[tuple[World, list[Case]]]:
    """Worlds with their cases; those that are likely to be alike beside each other."""
    found: dict[int, list[Case]] = {}
    for case in CASES:
        found.setdefault(id(case.world), []).append(case)
    worlds = [(cases[0].world, cases) for cases in found.values()]
    return sorted(worlds, key=lambda one: _outline(one[0]))


def _outline(world: World) -> str:
    """Without rows: D, policy, and which deliveries there are."""
    deliveries = sorted((delivery.feed, delivery.as_of.isoformat()) for delivery in world.deliveries)
    return repr((world.d, sorted(map(repr, world.policy.items())), deliveries))


WORLDS = by_world()[::8]
"""Every eighth one: that counties do not meet is asked here; what a rule says, each is asked elsewhere."""


@asked_for
@pytest.mark.slow
def test_worlds_evaluated_at_once_say_what_was_written_down_of_each(tmp_path: Path, plans: Path) -> None:
    lake = Lake(tmp_path)
    cases: dict[str, tuple[World, list[Case]]] = {}
    asked = []
    for number, (world, of_world) in enumerate(WORLDS):
        county = str(FIRST + number)
        cases[county] = world, of_world
        asked.append(Asked(stage(replace(world, county=county), lake), policy_of(replace(world, county=county))))
    groups = [group for group in alike(asked) if len(group) > 1]
    assert groups
    for group in groups:
        codes = {case.rule for one in group for case in cases[one.county][1]}
        with DuckdbEngine(lake.spill, threads=1, plans=plans) as engine:
            said = judge(engine, group, [rule for rule in RULES if rule.code in codes])
        for one, verdicts in zip(group, said, strict=True):
            world, of_world = cases[one.county]
            expected = {str(case): _expected(case, world.county, one.county) for case in of_world}
            assert {str(case): verdicts[case.rule] for case in of_world} == expected


def _expected(case: Case, county: str, code: str) -> dict[tuple[str, str], str] | None:
    """As it was written down; a finding about the county itself has its code."""
    findings = case.findings
    if findings is None or RULES_BY_CODE[case.rule].subject is not AREA:
        return findings
    return {(key.replace(county, code), period): certainty for (key, period), certainty in findings.items()}
