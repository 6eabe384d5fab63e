"""The rules on DuckDB against the oracle, which was written from the contract alone, over adversarial small worlds.

Of a third of them the rules are asked again some days later, which changes nothing but what TL01 says.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from builders import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from later_days import now_and_later
from oracle.evaluate import RULES, evaluate
from oracle.verdicts import NotEvaluated
from oracle.worlds import worlds
from worlds_on_disk import asked_on, lay_down

EXAMPLES = int(os.environ.get("LIANGXIAN_WORLDS", "4"))
"""How many worlds; more of them by hand: ``LIANGXIAN_WORLDS=500 pytest tests/reconciling``."""


@pytest.mark.first(60)
@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds(), days=st.one_of(st.none(), st.none(), st.integers(1, 400)))
def test_rules_say_what_the_contract_says(plans: Path, world: World, days: int | None) -> None:
    expected = {rule: None if isinstance(answer, NotEvaluated) else answer for rule, answer in evaluate(world).items()}
    with TemporaryDirectory() as folder:
        laid = lay_down(world, Path(folder, "now"))
        said = asked_on(laid, world, tuple(RULES), plans)
        differing = {rule: (said[rule], expected[rule]) for rule in RULES if said[rule] != expected[rule]}
        assert differing == {}
        if days is not None:
            now, later = now_and_later(world, laid, said, days, tuple(RULES), Path(folder, "there"), plans)
            assert {rule: (now[rule], said) for rule, said in later.items() if said != now[rule]} == {}
