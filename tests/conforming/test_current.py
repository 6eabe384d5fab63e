"""What is there at D and what is not: of every feed it is said, expected or not."""

from pathlib import Path

from builders import COUNTY, D

from expectations.feeds import FEEDS
from pipelines.conforming import conform
from pipelines.house.policies import load_policies
from warehouse.lake import Lake


def test_of_every_feed_that_is_not_there_it_is_said_why(tmp_path: Path) -> None:
    policy = load_policies(None).at(COUNTY, D)
    nothing = conform(Lake(tmp_path), [], COUNTY, D, policy)
    assert nothing.missing == {feed.name: f"{feed.title}（{feed.name}）没有已接收的数据" for feed in FEEDS}
    assert nothing.expected == tuple(feed.name for feed in policy.expected_feeds)
