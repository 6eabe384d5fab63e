"""What is there at D and what is not: of every feed it is said, expected or not."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from builders import COUNTY, D, enrolment, pid, world
from office_rows import relocation
from worlds_on_disk import policy_of, stage

from expectations.feeds import FEEDS
from pipelines.conforming import conform
from pipelines.house.policies import load_policies
from warehouse.books.deliveries import Accounting, Delivery
from warehouse.lake import Lake, write_text


def test_of_every_feed_that_is_not_there_it_is_said_why(tmp_path: Path) -> None:
    policy = load_policies(None).at(COUNTY, D)
    nothing = conform(Lake(tmp_path), [], COUNTY, D, policy)
    assert nothing.missing == {feed.name: f"{feed.title}（{feed.name}）没有已接收的数据" for feed in FEEDS}
    assert nothing.expected == tuple(feed.name for feed in policy.expected_feeds)


def test_the_most_rows_of_a_year_are_known_after_they_were_erased(tmp_path: Path) -> None:
    """Ten rows of 2026 were accepted once and erased; of what was erased before, nobody knows."""
    given = world(insurance_enrolments=[enrolment(pid(n)) for n in range(4)], fillers=False)
    lake, feed = Lake(tmp_path), "insurance_enrolments"
    now = stage(given, lake)
    there = [_accepted(part.delivery, name) for name, current in now.feeds.items() for part in current.parts]
    erased = replace(_accepted(f"{feed}_old", feed), status="erased", accounting=Accounting(10, 10, 0, 0, 0, 0))
    older = replace(erased, id=f"{feed}_older")
    for one, periods in ((erased, {"2025": 3, "2026": 10}), (older, {})):
        write_text(lake.profile(feed, COUNTY, one.id), json.dumps({"periods": periods}))
    found = conform(lake, there, COUNTY, D, policy_of(given), [*there, erased, older])
    assert (found.enrolled, found.most_enrolled) == ({2026: 4}, 10)
    assert not found.enrolments(policy_of(given), (feed,)).are_whole


def _accepted(delivery: str, feed: str) -> Delivery:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    return Delivery(delivery, feed, COUNTY, D, "file", (), "0" * 64, 0, None, at, "accepted")


def test_stale_relocations_are_not_there_and_are_heard_all_the_same(tmp_path: Path) -> None:
    old = dict.fromkeys(("relocations", "housing_renovations"), date(2025, 5, 1))
    conformed = stage(world(relocations=[relocation()], as_of=old), Lake(tmp_path))
    assert conformed.stale.keys() == {"relocations"} <= conformed.missing.keys()
    assert "relocations" not in conformed.feeds
    # what is read is an input of the run, and so not erased while its run is the newest
    assert {"relocations", "housing_renovations"} & conformed.deliveries.keys() == {"relocations"}
