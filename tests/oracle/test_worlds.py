"""The strategy's worlds can be evaluated, and the oracle's answers hang on what was delivered, not on its order."""

from dataclasses import replace
from random import Random

import pyarrow as pa
import pytest
from builders import FEED_NAMES, OTHER_FEEDS, Delivery, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.evaluate import RULES, evaluate
from oracle.policy import Policy
from oracle.scenes import DAYS, Scene
from oracle.verdicts import CERTAIN, POSSIBLE, NotEvaluated
from oracle.worlds import ROWS, delivered, worlds

from expectations.feed import Feed
from expectations.feeds import FEEDS
from pipelines.staging.schema import staged_schema


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


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_declared_feed_can_be_delivered_as_staging_leaves_it(feed: Feed, data: st.DataObject) -> None:
    d = DAYS[0]
    delivery = data.draw(delivered(Scene(d, Policy({}, d)), feed.name, d))
    known = staged_schema(feed)
    assert delivery.rows
    for row in delivery.rows:
        assert {name for name in known.names if not name.startswith("_")} == set(row)
        assert all(
            row[column.name] is not None for column in feed.columns if column.required and not column.is_identity_number
        )
    pa.Table.from_pylist([dict(row) for row in delivery.rows], schema=known)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_feeds_that_no_rule_reads_change_no_answer(world: World) -> None:
    alone = replace(world, deliveries=tuple(d for d in world.deliveries if d.feed in FEED_NAMES))
    assert evaluate(world) == evaluate(alone)


def test_every_feed_is_read_by_rules_or_among_the_others() -> None:
    assert set(ROWS) == {feed.name for feed in FEEDS}
    assert {*FEED_NAMES, *(feed.name for feed in OTHER_FEEDS)} == set(ROWS)
