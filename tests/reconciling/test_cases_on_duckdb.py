"""Every literal case, on DuckDB: the same cases that the oracle answers and that Spark will answer.

Worlds that a rule cannot tell from parts of one county are laid down as one (tests/worlds_together.py): an engine is
opened and the rules are planned once for all of them, and each case is asked for, and reported, by itself.
"""

from pathlib import Path

import pytest
from cases.registry import CASES
from worlds_on_disk import verdicts
from worlds_together import Together, of_world, together

JOINED = together(CASES)


def name_of(one: Together) -> str:
    first, *more = [case for case, _, _ in one.cases]
    return f"{first} (+{len(more)})" if len(one.rules) == 1 else f"{' '.join(one.rules)}, {first.title} (+{len(more)})"


def test_each_case_is_in_one_joined_world() -> None:
    asked = [id(case) for one in JOINED for case, _, _ in one.cases]
    assert sorted(asked) == sorted(map(id, CASES))


@pytest.mark.parametrize("one", JOINED, ids=name_of)
def test_the_rules_say_what_was_written_down(one: Together, tmp_path: Path, subtests: pytest.Subtests) -> None:
    said = verdicts(one.world, tmp_path, one.rules)
    for case, n, expected in one.cases:
        with subtests.test(str(case)):
            assert of_world(said[case.rule], n) == expected
