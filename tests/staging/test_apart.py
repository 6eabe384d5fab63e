"""A file costs only itself: what ends the process that reads it is a rejected delivery, and the next one goes on."""

import re

import dying
import pytest
from bench import RECEIVED
from feed_tables import AS_OF, file_name, rows_of, text_table, write_csv

from expectations.errors import ValueRefusedError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.limits import MEMORY, SECONDS, Limits, limits_of
from pipelines.reading.arrival import Arrival
from pipelines.staging import Apart, Outcome, prepare_delivery
from pipelines.staging.stage import read_received

FEED = FEEDS_BY_NAME["low_income_members"]
SMALL = Limits(memory=300 * 10**6, seconds=2)


def prepare(bench, work, limits=SMALL, rows=3):
    """A delivery prepared by a process that does this instead of reading."""
    path = write_csv(bench.path(file_name(FEED)), text_table(FEED, rows_of(FEED, rows)))
    with Apart(limits, work) as apart:
        return prepare_delivery(
            lake=bench.lake,
            books=bench.books,
            arrival=Arrival(FEED.name, "522601", AS_OF, (path,), (path.name,)),
            received_at=RECEIVED,
            policy_value=lambda _: 100,
            read=apart.read,
        )


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (dying.eat, "所用内存超过了上限（0.3GB），或者文件已损坏"),
        (dying.abort, "程序中断"),
        (dying.be_killed, "程序中断"),
        (dying.run_on, "用了太久"),
    ],
    ids=["memory", "abort", "killed", "time"],
)
def test_what_ends_the_process_is_a_rejected_delivery_with_the_reason(bench, work, said):
    prepared = prepare(bench, work)
    assert prepared.outcome is Outcome.REJECTED
    (refusal,) = prepared.refusals
    assert re.search(said, refusal.text)
    assert refusal.file == file_name(FEED)
    assert "重新" in refusal.text or "分成几个文件" in refusal.text
    assert list(bench.lake.home.rglob(".writing-*")) == []


def test_the_next_one_goes_on_and_is_what_it_would_be_without_a_process(bench):
    assert prepare(bench, dying.abort).outcome is Outcome.REJECTED
    apart = prepare(bench, read_received, rows=4)
    path = bench.path(file_name(FEED))
    here = prepare_delivery(
        lake=bench.lake,
        books=bench.books,
        arrival=Arrival(FEED.name, "522601", AS_OF, (path,), (path.name,)),
        received_at=RECEIVED,
        policy_value=lambda _: 100,
    )
    assert apart == here
    assert apart.outcome is Outcome.ACCEPTED


def test_who_is_killed_from_outside_is_tried_once_more_before_a_file_is_blamed(bench):
    assert prepare(bench, dying.be_killed_once).outcome is Outcome.ACCEPTED


def test_a_mistake_of_ours_is_raised_and_no_file_is_blamed(bench):
    with pytest.raises(LookupError, match="no such thing") as raised:
        prepare(bench, dying.fail)
    assert "dying.py" in "".join(raised.value.__notes__)


def test_what_stands_still_is_ended_by_the_clock(bench, monkeypatch):
    monkeypatch.setattr("pipelines.staging.apart._PATIENCE", 1)
    (refusal,) = prepare(bench, dying.stand_still, Limits(seconds=1)).refusals
    assert "用了太久" in refusal.text


def test_the_limits_are_what_the_environment_says():
    assert limits_of({}) == Limits()
    assert limits_of({MEMORY: "1.5GB", SECONDS: "60"}) == Limits(1_500_000_000, 60)
    for wrong in ({MEMORY: "much"}, {MEMORY: "1MB"}, {SECONDS: "0"}, {SECONDS: "soon"}):
        with pytest.raises(ValueRefusedError):
            limits_of(wrong)
