"""Deliveries staged by several processes wait for those that they are compared with, and keep their order."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from actors import TESTER
from hypothesis import given
from hypothesis import strategies as st
from long import asked_for
from neighbours import send_neighbours

from expectations.feeds import FEEDS_BY_NAME
from expectations.suites import REFERENCES
from pipelines.house.engine_choice import EngineChoice
from pipelines.house.settings import open_settings
from pipelines.night import intake
from pipelines.night.intake import ingest
from pipelines.reading.arrival import Arrival
from warehouse.books.deliveries import list_deliveries
from warehouse.lake import sha256_file

COUNTY, D = "522601", date(2026, 6, 30)


NOON = partial(datetime, 2026, 7, 1, 12, tzinfo=UTC)
"""A clock that a worker process can be given: it knows nothing of this module."""


def arrival(feed: str, county: str = COUNTY) -> Arrival:
    return Arrival(feed, county, D, (), ())


def test_a_delivery_waits_for_its_feed_and_for_what_it_refers_to_in_its_county() -> None:
    arrivals = [
        arrival("low_income_households"),
        arrival("low_income_households", "522622"),
        arrival("low_income_members"),
        arrival("students"),
        arrival("low_income_payments"),
        arrival("low_income_households"),
    ]
    assert [sorted(waits) for waits in intake._waits_for(arrivals)] == [[], [], [0], [], [0], [0, 2]]


@given(st.lists(st.tuples(st.sampled_from([*FEEDS_BY_NAME, "unknown"]), st.sampled_from(["1", "2"])), max_size=12))
def test_it_waits_for_nothing_else(arrivals: list[tuple[str, str]]) -> None:
    related = {(r.feed, r.other) for r in REFERENCES}
    for place, waits in enumerate(intake._waits_for([arrival(*one) for one in arrivals])):
        feed, county = arrivals[place]
        expected = [
            n
            for n, (other, where) in enumerate(arrivals[:place])
            if where == county and (other == feed or (feed, other) in related)
        ]
        assert sorted(waits) == expected


@pytest.mark.slow
@asked_for
def test_several_processes_leave_what_one_leaves(tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    send_neighbours(sent, tmp_path / "policy", D, (12, 12), months=2, dirt="real")
    homes = [tmp_path / "one", tmp_path / "several"]
    books = []
    for home, jobs in zip(homes, (1, 2), strict=True):
        told: list[str] = []
        settings = open_settings(
            home,
            inbox=None,
            policy=tmp_path / "policy",
            actor=TESTER,
            now=NOON,
            jobs=jobs,
            engine=EngineChoice(memory_limit="2GB"),
        )
        taken = ingest(replace(settings, tell=told.append), D, [sent], archive=False, oldest_first=True).deliveries
        assert len(taken) == len(told) > 2
        assert all(delivery.received_at == NOON() for delivery in taken)
        books.append([(one, one.last_event) for one in list_deliveries(settings.home.books)])
    assert books[0] == books[1]
    left = [{p.relative_to(home): sha256_file(p) for p in (home / "lake").rglob("*") if p.is_file()} for home in homes]
    assert left[0] == left[1] != {}
    assert not [path for home in homes for path in home.rglob(".writing-*")]
