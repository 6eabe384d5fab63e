"""Every literal case, on DuckDB: the same cases that the oracle answers and that Spark will answer.

Worlds that a rule cannot tell from parts of one county are laid down as one (tests/worlds_together.py): an engine is
opened and the rules are planned once for all of them, and each case is asked for, and reported, by itself. Of every
twentieth the rules are asked again some days later: with the same current deliveries they say the same, TL01 aside.
"""

from pathlib import Path

import pytest
from cases.registry import CASES
from later_days import now_and_later
from worlds_on_disk import asked_on, lay_down
from worlds_together import Together, of_world, together

JOINED = together(CASES)


def name_of(one: Together) -> str:
    first, *more = [case for case, _, _ in one.cases]
    return f"{first} (+{len(more)})" if len(one.rules) == 1 else f"{' '.join(one.rules)}, {first.title} (+{len(more)})"


def test_each_case_is_in_one_joined_world() -> None:
    asked = [id(case) for one in JOINED for case, _, _ in one.cases]
    assert sorted(asked) == sorted(map(id, CASES))


@pytest.mark.parametrize(("number", "one"), list(enumerate(JOINED)), ids=map(name_of, JOINED))
def test_the_rules_say_what_was_written_down(
    number: int, one: Together, tmp_path: Path, plans: Path, subtests: pytest.Subtests
) -> None:
    laid = lay_down(one.world, tmp_path / "now")
    said = asked_on(laid, one.world, one.rules, plans)
    for case, n, expected in one.cases:
        with subtests.test(str(case)):
            assert of_world(said[case.rule], n) == expected
    if number % 20:
        return
    days = 1 + number * 7 % 365
    now, later = now_and_later(one.world, laid, said, days, one.rules, tmp_path / "there", plans)
    with subtests.test(f"{days} days later"):
        assert {rule: said for rule, said in later.items() if said != now[rule]} == {}
