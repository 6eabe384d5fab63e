"""The strategy's worlds can be evaluated, and the oracle's answers hang on what was delivered, not on its order."""

from random import Random

from builders import Delivery, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.evaluate import RULES, evaluate
from oracle.verdicts import CERTAIN, POSSIBLE, NotEvaluated
from oracle.worlds import worlds


def shuffled(world: World, random: Random) -> World:
    """The same deliveries with their rows in another order."""
    deliveries = tuple(
        Delivery(d.feed, d.as_of, tuple(random.sample(d.rows, len(d.rows))), d.quarantined) for d in world.deliveries
    )
    return World(world.county, world.d, deliveries, world.policy)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_answer(world: World, random: Random) -> None:
    answers = evaluate(world)
    assert set(answers) == set(RULES)
    for answer in answers.values():
        assert isinstance(answer, NotEvaluated) or set(answer.values()) <= {CERTAIN, POSSIBLE}
    assert evaluate(shuffled(world, random)) == answers
