"""The literal cases on Spark: the same rules must say the same there, row for row."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cases.registry import CASES
from worlds_on_disk import policy_of, stage
from worlds_together import of_world, together

from expectations.rules import RULES
from pipelines.reconciling.county import Asked
from pipelines.reconciling.reconcile import judge
from warehouse.lake import Lake

MOST = int(os.environ.get("LIANGXIAN_SPARK_CASES", "48"))
"""How many pairs of world and rule, those with the most cases first; all of them by hand: 0."""


def test_most_pairs_ask_about_every_rule() -> None:
    asked = {rule for one in together(CASES, MOST or None) for rule in one.rules}
    assert asked == {rule.code for rule in RULES}


@pytest.mark.first(150)
@pytest.mark.slow
@pytest.mark.services
def test_spark_says_what_was_written_down(tool: Callable[[str], Path], subtests: pytest.Subtests) -> None:
    tool("java")
    from spark import small_session

    from pipelines.reconciling.spark_engine import SparkEngine

    session = small_session()
    for one in together(CASES, MOST or None):
        with TemporaryDirectory() as folder, SparkEngine(session) as engine:
            conformed = stage(one.world, Lake(Path(folder)))
            (said,) = judge(engine, [Asked(conformed, policy_of(one.world))], [r for r in RULES if r.code in one.rules])
        for case, n, expected in one.cases:
            with subtests.test(str(case)):
                assert of_world(said[case.rule], n) == expected
