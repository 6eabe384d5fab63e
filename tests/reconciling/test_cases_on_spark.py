"""The literal cases on Spark: the same rules must say the same there, row for row."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cases.registry import CASES
from worlds_on_disk import policy_of, stage
from worlds_together import of_world, together

from expectations.rules import RULES
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.reconcile import judge
from warehouse.lake import Lake

MOST = int(os.environ.get("LIANGXIAN_SPARK_CASES", "60"))
"""How many pairs of world and rule, those with the most cases first; all of them by hand: 0."""


def differing(engine_of, most: int | None) -> list[str]:
    """Cases whose rule says something else on the engine."""
    wrong = []
    for one in together(CASES, most):
        with TemporaryDirectory() as folder, engine_of(Path(folder)) as engine:
            conformed = stage(one.world, Lake(Path(folder)))
            said = judge(engine, conformed, policy_of(one.world), [r for r in RULES if r.code in one.rules])
        wrong += [str(case) for case, n, expected in one.cases if of_world(said[case.rule], n) != expected]
    return wrong


def _embedded(folder: Path) -> Engine:
    return DuckdbEngine(folder / "spill", threads=1)


def test_most_pairs_ask_about_every_rule() -> None:
    asked = {rule for one in together(CASES, MOST or None) for rule in one.rules}
    assert asked == {rule.code for rule in RULES}


@pytest.mark.slow
def test_worlds_put_together_say_what_each_says_alone() -> None:
    assert differing(_embedded, 60) == []


@pytest.mark.slow
@pytest.mark.services
def test_spark_says_what_was_written_down(tool) -> None:
    tool("java")
    from spark import small_session

    from pipelines.reconciling.spark_engine import SparkEngine

    session = small_session()
    assert differing(lambda _folder: SparkEngine(session), MOST or None) == []
