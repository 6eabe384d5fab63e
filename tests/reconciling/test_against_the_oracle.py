"""The rules on DuckDB against the oracle, which was written from the contract alone, over adversarial small worlds."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from builders import World
from hypothesis import HealthCheck, given, settings
from oracle.evaluate import RULES, evaluate
from oracle.verdicts import NotEvaluated
from oracle.worlds import worlds
from worlds_on_disk import verdicts

EXAMPLES = int(os.environ.get("LIANGXIAN_WORLDS", "25"))
"""How many worlds; more of them by hand: ``LIANGXIAN_WORLDS=500 pytest tests/reconciling``."""


@pytest.mark.first(150)
@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds())
def test_rules_say_what_the_contract_says(plans: Path, world: World) -> None:
    expected = {rule: None if isinstance(answer, NotEvaluated) else answer for rule, answer in evaluate(world).items()}
    with TemporaryDirectory() as folder:
        said = verdicts(world, Path(folder), tuple(RULES), plans)
    differing = {rule: (said[rule], expected[rule]) for rule in RULES if said[rule] != expected[rule]}
    assert differing == {}
