"""Every literal case, on DuckDB: the same cases that the oracle answers and that Spark will answer."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from builders import World
from cases.case import Case
from cases.registry import CASES
from worlds_on_disk import verdicts


def by_world(cases: Iterable[Case]) -> list[tuple[World, tuple[Case, ...]]]:
    """Cases by the World object that they share, which need be laid down only once."""
    found: dict[int, list[Case]] = {}
    for case in cases:
        found.setdefault(id(case.world), []).append(case)
    return [(shared[0].world, tuple(shared)) for shared in found.values()]


WORLDS = by_world(CASES)


@pytest.mark.parametrize(("world", "cases"), WORLDS, ids=[f"{cases[0]} (+{len(cases) - 1})" for _, cases in WORLDS])
def test_the_rules_say_what_was_written_down(world: World, cases: tuple[Case, ...], tmp_path: Path) -> None:
    said = verdicts(world, tmp_path, tuple(case.rule for case in cases))
    assert {str(case): said[case.rule] for case in cases} == {str(case): case.findings for case in cases}
