"""The strategy's worlds can be evaluated, and the oracle's answers hang on what was delivered, not on its order."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pyarrow as pa
import pytest
from builders import OTHER_FEEDS, READ_FEEDS, Delivery, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.evaluate import RULES, evaluate
from oracle.policy import Policy, Values
from oracle.scenes import DAYS, Scene
from oracle.verdicts import CERTAIN, POSSIBLE, NotEvaluated
from oracle.worlds import ROWS, delivered, worlds

from expectations.feed import Code, Feed
from expectations.feeds import FEEDS
from pipelines.staging.schema import staged_schema


def shuffled(world: World, random: Random) -> World:
    """The same deliveries with their rows in another order."""
    return replace(world, deliveries=tuple(shuffled_delivery(delivery, random) for delivery in world.deliveries))


def shuffled_delivery(delivery: Delivery, random: Random) -> Delivery:
    """The same rows in another order, each with the values that were refused in it."""
    order = random.sample(range(len(delivery.rows)), len(delivery.rows))
    rows = tuple(delivery.rows[number] for number in order)
    return replace(delivery, rows=rows, refused=tuple((order.index(n), column) for n, column in delivery.refused))


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
    delivery = data.draw(delivered(Scene(d, Values(Policy({}), d), d), feed.name, d))
    known = staged_schema(feed)
    assert delivery.rows
    for row in delivery.rows:
        sent = {column.beside for column in feed.columns if isinstance(column.type, Code)}
        assert {name for name in known.names if not name.startswith("_")} - sent == set(row) - sent
        assert all(
            row[column.name] is not None for column in feed.columns if column.required and not column.is_identity_number
        )
    pa.Table.from_pylist([dict(row) for row in delivery.rows], schema=known)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_feeds_that_no_rule_reads_change_no_answer(world: World) -> None:
    alone = replace(world, deliveries=tuple(d for d in world.deliveries if d.feed in READ_FEEDS))
    assert evaluate(world) == evaluate(alone)


def test_every_feed_is_read_by_rules_or_among_the_others() -> None:
    assert set(ROWS) == {feed.name for feed in FEEDS}
    assert {*READ_FEEDS, *(feed.name for feed in OTHER_FEEDS)} == set(ROWS)


def with_the_same_deliveries(world: World, days: int) -> World:
    """The world so many days later, without what arrived as of a day in between; nothing goes stale."""
    fresh = {key: value for key, value in world.policy.items() if not key.startswith("freshness_days")}
    known = tuple(d for d in world.deliveries if d.as_of <= world.d)
    policy = fresh | {"freshness_days": 1000}
    return replace(world, d=world.d + timedelta(days=days), deliveries=known, policy=policy)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), days=st.sampled_from([1, 10, 31, 92, 400]))
def test_a_later_day_with_the_same_deliveries_finds_the_same(world: World, days: int) -> None:
    now, later = (evaluate(with_the_same_deliveries(world, n)) for n in (0, days))
    assert now | {"TL01": None} == later | {"TL01": None}
