"""Every value that a rule reads of the policy lies between two of its literal cases: a step either way is noticed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from builders import World
from cases.case import Case
from cases.nudges import nudged
from cases.registry import OF_RULES
from oracle.entry import Entry
from oracle.evaluate import RULES as CONTRACT
from oracle.evaluate import judge
from oracle.terms import Terms
from oracle.verdicts import Findings, NotEvaluated

from expectations.rules import RULES

READ = [(rule.code, key) for rule in RULES for key in rule.policy_keys]


@pytest.mark.parametrize(("code", "key"), READ, ids=[" ".join(read) for read in READ])
def test_a_step_of_a_policy_value_changes_the_verdict_of_a_case(code: str, key: str) -> None:
    steps = {what for what, _ in nudged(key, {})}
    noticed = {what for case in OF_RULES if case.rule == code for what in noticed_in(case, key)}
    assert steps - noticed == set(), "each step needs a case whose verdict it changes"


def noticed_in(case: Case, key: str) -> Iterator[str]:
    """The steps of a value that change what the contract says of the case."""
    entry = CONTRACT[case.rule]
    before = verdict(entry, case.world)
    for what, policy in nudged(key, case.world.policy):
        if verdict(entry, replace(case.world, policy=policy)) != before:
            yield what


def verdict(entry: Entry, world: World) -> Findings | None:
    """What the oracle finds, or None where it is not evaluated."""
    answer = judge(entry, Terms(world))
    return None if isinstance(answer, NotEvaluated) else answer
