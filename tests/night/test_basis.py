"""Other offices' books whose use no document allows: left at the door, unread, and nothing of them kept."""

from datetime import date
from pathlib import Path

from allowances import allow_every_feed
from feed_tables import AS_OF, file_name
from inboxes import Inbox, open_inbox

from expectations.feeds import FEEDS
from pipelines.landing import Why

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
