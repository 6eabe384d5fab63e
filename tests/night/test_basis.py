"""Other offices' books whose use no document allows: left at the door, unread, and nothing of them kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allowances import allow_all, allow_every_feed
from feed_tables import AS_OF, COUNTY, file_name, rows_of, text_table, write_csv
from inboxes import NOW, Inbox, open_inbox
from typer.testing import CliRunner

from expectations.feeds import FEEDS
from pipelines.checking import check_file
from pipelines.cli import app
from pipelines.conforming import conform
from pipelines.desk.alerts import Kind, digest
from pipelines.desk.releasing import release, restore
from pipelines.desk.restaging import restage
from pipelines.house.settings import Settings
from pipelines.landing import Why
from pipelines.night.barred import newest_barred
from pipelines.reading_out.doctor import Level, examine
from pipelines.staging import NoBasisError
from pipelines.staging.before import find_before
from warehouse.books.deliveries import Delivery, in_force, list_deliveries
from warehouse.keys import FROM_ENVIRONMENT

BARRED = [feed for feed in FEEDS if feed.needs_basis]
MAY = date(2026, 5, 31)


def left(home: Inbox) -> set[str]:
    """What is taken in, and what is left for want of a document."""
    return {one.name for one in home.take_in().passed_over if one.why is Why.NO_BASIS}


def lake_of(home: Inbox) -> list[Path]:
    return [path for path in (home.settings.home.lake.home / "lake").rglob("*") if path.is_file()]


def test_what_no_document_allows_is_left_unread_and_not_kept(tmp_path: Path) -> None:
    home = open_inbox(tmp_path / "home")
    before = lake_of(home)
    for feed in BARRED:
        home.lay(feed.name, 2)
    names = {file_name(feed) for feed in BARRED}
    for _ in range(2):  # named every night until it is taken away
        assert left(home) == names
        assert {path.name for path in home.settings.inbox.iterdir()} == names
    assert lake_of(home) == before
    assert not home.counting()


def test_it_is_taken_from_the_day_on_which_a_document_allows_it(tmp_path: Path) -> None:
    folder = allow_every_feed(tmp_path / "policy", "2026-06-01")
    home = open_inbox(tmp_path / "home", folder)
    for feed in BARRED:
        home.lay(feed.name, 2, MAY)
        home.lay(feed.name, 2, AS_OF)
    assert left(home) == {file_name(feed, as_of=MAY) for feed in BARRED}
    assert len(home.counting()) == len(BARRED)


REVOKED = "2026-07-01"
"""From which day on the policy names the document once it was revoked for what was before: no as-of date is of then."""


@pytest.fixture(scope="module")
def revoked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inbox, dict[str, Delivery]]:
    """A home that has taken in what a document allowed, which the policy names no more; deliveries by their status.

    What was kept of them is no table any more: whoever opens one, falls.
    """
    folder = tmp_path_factory.mktemp("revoked")
    home = open_inbox(folder / "home", allow_every_feed(folder / "policy"))
    feed = BARRED[0]
    home.send(feed.name, 8)
    home.send(feed.name, 9)
    broken = rows_of(feed, 9)
    for row in broken:
        row["registry"] = ""
    rejected = home.send(feed.name, broken, MAY)
    assert rejected.accounting is not None
    for file in (home.settings.home.lake.home / "lake").rglob("*"):
        if file.is_file() and "files" in file.parts:
            file.chmod(0o600)
            file.write_bytes(b"no table")
    home = open_inbox(folder / "home", allow_every_feed(folder / "policy", REVOKED, expected=[feed.name]))
    return home, {one.status: one for one in list_deliveries(home.settings.home.books)}


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (restage, "accepted"),
        (restore, "superseded"),
        (lambda settings, one: release(settings, one, "已核实"), "rejected"),
    ],
)
def test_what_was_kept_is_not_read_once_its_document_was_revoked(
    revoked: tuple[Inbox, dict[str, Delivery]], act: Callable[[Settings, str], Delivery], status: str
) -> None:
    home, by_status = revoked
    delivery = by_status[status]
    with pytest.raises(NoBasisError, match=f"{delivery.feed} as of {delivery.as_of}"):
        act(home.settings, delivery.id)
    assert home.now(delivery) == delivery


def test_nothing_of_it_counts_any_more(revoked: tuple[Inbox, dict[str, Delivery]]) -> None:
    home, by_status = revoked
    there, lake = in_force(home.settings.home.books, COUNTY), home.settings.home.lake
    feed = BARRED[0]
    assert [one.id for one in there] == [by_status["accepted"].id]
    at = conform(lake, there, COUNTY, NOW.date(), home.settings.policies.at(COUNTY, NOW.date()))
    before = [
        find_before(lake, home.settings.home.books, replace(by_status["accepted"], id="next"), allows)
        for allows in (allow_all, home.settings.policies.at(COUNTY, NOW.date()).allows)
    ]
    assert [(one.profile is None, one.periods == {}) for one in before] == [(False, False), (True, True)]
    assert (dict(at.deliveries), at.missing[feed.name]) == ({}, f"{feed.title}（{feed.name}）没有共享依据，不再采用")


def test_list_summary_doctor_and_alerts_say_that_it_counts_no_more_and_what_to_do(
    revoked: tuple[Inbox, dict[str, Delivery]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FROM_ENVIRONMENT, raising=False)  # the home was made with a key of its own
    home, by_status = revoked
    folder, feed, one = home.settings.home.folder, BARRED[0].name, by_status["accepted"]
    policy = folder.parent / "policy"
    on_the_home = ["--home", str(folder), "--policy", str(policy)]
    done = CliRunner().invoke(app, ["deliveries", "--json", *on_the_home])
    assert done.exit_code == 0, done.output
    listed = json.loads(done.stdout)
    assert {row["id"] for row in listed if "leads.basis" in row.get("unusable", "")} == {one.id}
    allows = home.settings.policies.at(COUNTY, NOW.date()).allows
    (told,) = newest_barred(list_deliveries(home.settings.home.books), allows)
    assert (told[0].id, "没有共享依据，不再采用" in told[1], "请写入该参数" in told[1]) == (one.id, True, True)
    (check,) = [c for c in examine(folder, policy, {}, NOW) if c.what == f"{feed} of {COUNTY}"]
    assert (check.level, "leads.basis" in check.advice, check.found[-3:]) == (Level.WARNING, True, ": 1")
    (alert,) = [a for a in digest(home.settings, NOW.date()).alerts if a.kind is Kind.BARRED]
    assert (alert.facts["delivery"], "leads.basis" in alert.zh, "leads.basis" in alert.en) == (one.id, True, True)


def test_an_office_checks_its_own_file_without_a_document(tmp_path: Path) -> None:
    feed = BARRED[0]
    path = write_csv(tmp_path / file_name(feed), text_table(feed, rows_of(feed, 2)))
    report = check_file(path, received_at=datetime(2026, 7, 1, tzinfo=UTC), bad_rows_percent=lambda _feed, _county: 0)
    assert report.is_fine
