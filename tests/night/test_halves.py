"""A half of a book that came alone says which other half it waits for, until the book has a newer day whole."""

from datetime import date
from pathlib import Path

import pytest
from feed_tables import AS_OF
from inboxes import Inbox, open_inbox
from typer.testing import CliRunner

from expectations.feeds import BOOKS
from pipelines.cli import app
from pipelines.night.halves import lone_halves
from pipelines.night.reports import still_stopped
from warehouse.books.deliveries import list_deliveries

MAY, JULY = date(2026, 5, 31), date(2026, 7, 1)
ROWS = 6


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path / "home")


def alone(inbox: Inbox) -> dict[str, str]:
    return lone_halves(list_deliveries(inbox.settings.home.books))


@pytest.mark.parametrize(("first", "second"), [h for b in BOOKS.values() for h in (b, b[::-1])])
def test_a_half_waits_for_the_other_of_its_day(inbox: Inbox, first: str, second: str) -> None:
    one = inbox.send(first, ROWS)
    told = alone(inbox)
    assert list(told) == [one.id]
    assert f"（{second}）还没有数据截止{AS_OF}的数据" in told[one.id]
    other = inbox.send(second, ROWS, MAY)
    assert alone(inbox).keys() == {one.id, other.id}
    inbox.send(second, ROWS)
    assert alone(inbox) == {}


def test_what_became_of_the_other_half_is_said(inbox: Inbox) -> None:
    members = [inbox.send(feed, ROWS, MAY) for feed in BOOKS["register"]][1]
    one = inbox.send("register_households", ROWS)
    held = inbox.send("register_members", 0)
    assert (held.status, members.id in held.reason[0]) == ("held", True)
    assert alone(inbox)[one.id].endswith(f"数据截止{AS_OF}的批次{held.id}待确认")
    assert still_stopped(inbox.settings, one.county, AS_OF) == [held]


def test_a_half_of_an_older_day_than_the_whole_book_is_not_asked_for(inbox: Inbox) -> None:
    for feed in BOOKS["low_income"]:
        inbox.send(feed, ROWS)
    inbox.send("low_income_members", ROWS, MAY)
    inbox.send("students", ROWS)
    assert alone(inbox) == {}


def test_the_intake_and_the_list_say_so(inbox: Inbox) -> None:
    home = ["--home", str(inbox.settings.home.folder)]
    inbox.lay("low_income_members", ROWS)
    done = CliRunner().invoke(app, ["ingest", *home])
    assert (done.exit_code, "low_income_households）还没有" in done.stdout) == (0, True), done.output
    assert "low_income_households）还没有" in CliRunner().invoke(app, ["deliveries", *home]).stdout
