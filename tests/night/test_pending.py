"""What waits for whom, read from the books: what a scheduler that has lost every event would still do."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from homes import AS_OF, COUNTY, NIGHT, REJECTED, copy_home, rows_of, settings_of
from inboxes import open_inbox

from expectations.errors import UnknownError
from expectations.feeds import FEEDS_BY_NAME
from expectations.status import RuleStatus
from pipelines.desk.releasing import release
from pipelines.desk.withdrawing import withdraw
from pipelines.house.settings import Settings
from pipelines.night import flow, pending
from pipelines.night.intake import ingest
from pipelines.night.reports import report_again
from pipelines.night.results import CountyNight
from warehouse.books.deliveries import in_force, list_deliveries

CORRECTED = f"housing_renovations_{COUNTY}_{AS_OF:%Y%m%d}.csv"


@pytest.fixture
def settings(night_home: Path, tmp_path: Path) -> Settings:
    """A home after its night, to write in."""
    return settings_of(copy_home(night_home, tmp_path / "home"))


def send_correction(settings: Settings) -> None:
    """A delivery of the night again, without its last row."""
    (sent,) = (settings.home.lake.archive / COUNTY).rglob(CORRECTED)
    lines = [",".join(row) for row in rows_of(sent)[:-1]]
    settings.inbox.mkdir(exist_ok=True)
    (settings.inbox / CORRECTED).write_text("\n".join(lines), encoding="utf-8")
    ingest(settings, AS_OF)


def rejected(settings: Settings) -> str:
    (found,) = [d for d in list_deliveries(settings.home.books) if d.status == "rejected"]
    assert found.files[0].name == REJECTED
    return found.id


def test_after_a_night_nothing_is_left_to_do(settings: Settings) -> None:
    assert pending.touched_counties(settings, AS_OF) == []
    assert pending.untold_feeds(settings, COUNTY) == []
    assert pending.unreported(settings) == []


def test_a_county_without_a_run_is_touched_by_its_first_delivery(settings: Settings, tmp_path: Path) -> None:
    fresh = settings_of(tmp_path / "fresh")
    assert pending.touched_counties(fresh, AS_OF) == []
    (sent,) = (settings.home.lake.archive / COUNTY).rglob(CORRECTED)
    ingest(fresh, AS_OF, [sent])
    assert pending.touched_counties(fresh, AS_OF) == [COUNTY]
    assert pending.untold_feeds(fresh, COUNTY) == ["housing_renovations"]


def test_a_correction_touches_its_county_until_a_run_has_seen_it(settings: Settings) -> None:
    send_correction(settings)
    assert pending.touched_counties(settings, AS_OF) == [COUNTY]
    flow.reconcile_county(settings, COUNTY, AS_OF)
    assert pending.touched_counties(settings, AS_OF) == []
    assert pending.unreported(settings) == [(COUNTY, AS_OF)]
    report_again(settings, AS_OF)
    assert pending.unreported(settings) == []


def test_a_released_delivery_that_does_not_count_touches_nobody(settings: Settings) -> None:
    """It is a month older than what stands: the night tells of it, and no rule would look at it."""
    release(settings, rejected(settings), "已核实")
    assert pending.touched_counties(settings, AS_OF) == []


def test_what_was_withdrawn_and_leaves_nothing_touches_its_county(settings: Settings) -> None:
    (students,) = [d for d in in_force(settings.home.books, COUNTY) if d.feed == "students"]
    withdraw(settings, students.id, "发错了")
    assert pending.touched_counties(settings, AS_OF) == [COUNTY]
    flow.reconcile_county(settings, COUNTY, AS_OF)
    assert pending.touched_counties(settings, AS_OF) == []


def test_a_run_is_reported_again_where_it_was_recorded_after_its_summary(settings: Settings) -> None:
    """An arrival was recorded and reported; the night sends the same findings out, under the same run."""
    (summary,) = settings.home.folder.glob("runs/*/summary.json")
    before = NIGHT.timestamp() - 60
    os.utime(summary, (before, before))
    assert pending.unreported(settings) == [(COUNTY, AS_OF)]


def test_only_what_could_be_read_can_be_released(settings: Settings) -> None:
    assert [d.id for d in pending.stopped(settings, COUNTY)] == [rejected(settings)]
    assert pending.stopped(settings, "110101") == []


def test_what_is_held_on_its_own_account_can_be_released_too(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path / "home")
    for feed in ("register_households", "register_members"):
        inbox.send(feed, 8)
    held, waiting = inbox.send("register_households", 3), inbox.send("register_members", 9)
    assert waiting.waits
    assert pending.stopped(inbox.settings, COUNTY) == [held]
    told = pending.facts_of(inbox.settings, held.id)
    assert "待确认 held" in told
    assert held.reason[0] in told
    assert "仍不采用" in told
    assert "--instead" not in told
    assert pending.sentence_of(held).endswith("It counts once a person has confirmed it.")
    assert pending.sentence_of(waiting).endswith(f"It waits for its other half, delivery {held.id}.")
    newer = inbox.send("register_households", 10)
    assert f"同一截止日已有更新的批次采用：`{newer.id}`" in pending.facts_of(inbox.settings, held.id)


def test_the_facts_of_a_stopped_delivery_name_rows_and_nobody(settings: Settings) -> None:
    told = pending.facts_of(settings, rejected(settings))
    assert FEEDS_BY_NAME["students"].title in told
    assert REJECTED in told
    assert "隔离" in told
    assert "in quarantine" in told
    (counting,) = [d for d in in_force(settings.home.books, COUNTY) if d.feed == "students"]
    assert counting.accounting is not None
    assert f"继续使用数据截止日{AS_OF}的{counting.accounting.staged}行" in told
    assert not re.search(r"\d{15}", told)
    with pytest.raises(UnknownError, match="nothing_of_that_name"):
        pending.facts_of(settings, "nothing_of_that_name")


def test_the_facts_of_a_snapshot_say_what_would_be_frozen(settings: Settings, tmp_path: Path) -> None:
    told = pending.snapshot_facts(settings)
    assert COUNTY in told
    assert AS_OF.isoformat() in told
    assert "Nothing has been published" in pending.snapshot_facts(settings_of(tmp_path / "fresh"))


def test_a_log_says_what_became_of_a_delivery_and_of_a_county(settings: Settings) -> None:
    (stopped,) = pending.stopped(settings, COUNTY)
    assert re.fullmatch(r"\S+ was rejected: \d+ rows read, 0 staged, \d+ in quarantine\.", pending.sentence_of(stopped))
    night = flow.reconcile_county(settings, COUNTY, AS_OF)
    assert pending.sentences_of(night)[0] == f"{COUNTY} was evaluated at {AS_OF}: {counts_of(night)}."
    silent = [replace(night.rule_runs[0], status=RuleStatus.NOT_EVALUATED, reason="学籍没有已接收的数据")]
    assert pending.sentences_of(replace(night, rule_runs=tuple(silent)))[1:] == [
        f"Not evaluated: {silent[0].rule}: 学籍没有已接收的数据."
    ]


def counts_of(night: CountyNight) -> str:
    return ", ".join(f"{count} {name}" for name, count in night.counts.items())
