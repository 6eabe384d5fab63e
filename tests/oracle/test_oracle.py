"""The oracle answers every literal case as it was written down by hand."""

import pytest
from builders import World
from cases.case import Case
from cases.registry import CASES
from oracle.evaluate import evaluate
from oracle.verdicts import Findings, NotEvaluated

_answers: dict[int, dict[str, NotEvaluated | Findings]] = {}


def answers(world: World) -> dict[str, NotEvaluated | Findings]:
    """The oracle's answers; cases that share a World object share them."""
    if id(world) not in _answers:
        _answers[id(world)] = evaluate(world)
    return _answers[id(world)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_oracle_agrees_with_the_case(case: Case) -> None:
    answer = answers(case.world)[case.rule]
    if case.findings is None:
        assert isinstance(answer, NotEvaluated)
    else:
        assert answer == case.findings


def test_titles_tell_cases_apart() -> None:
    titles = [str(case) for case in CASES]
    assert sorted({t for t in titles if titles.count(t) > 1}) == []
