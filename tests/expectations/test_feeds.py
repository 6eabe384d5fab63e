"""The feeds are those of the folder's modules, in the order of their places; the offices stand in one registry."""

from dataclasses import replace
from pathlib import Path

import pytest

import expectations.feeds
from expectations.departments import Department
from expectations.feed import Feed
from expectations.feeds import BOOKS, CORE_FEEDS, FEEDS, FEEDS_BY_NAME, in_order

STUDENTS, MEMBERS = FEEDS_BY_NAME["students"], FEEDS_BY_NAME["register_members"]


def test_every_module_of_the_folder_is_a_feed_and_nothing_else_is() -> None:
    folder = Path(expectations.feeds.__file__).parent
    assert {feed.name for feed in FEEDS} == {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_feeds_stand_at_their_places_however_the_modules_are_named() -> None:
    first, last = replace(STUDENTS, place=3), replace(MEMBERS, place=7)
    assert in_order([("register_members", last), ("students", first)]) == (first, last)
    assert [feed.place for feed in FEEDS] == sorted(feed.place for feed in FEEDS)


def test_two_feeds_at_one_place_and_modules_without_their_feed_are_named_together() -> None:
    other = replace(MEMBERS, place=STUDENTS.place)
    with pytest.raises(ValueError, match=r"students") as refused:
        in_order([("students", STUDENTS), ("register_members", other), ("pupils", STUDENTS), ("notes", None)])
    assert str(refused.value) == (
        "notes.py declares no FEED named notes; pupils.py declares no FEED named pupils; "
        f"register_members and students both stand at place {STUDENTS.place}"
    )


def test_the_countys_own_books_come_before_what_others_may_send() -> None:
    assert FEEDS[: len(CORE_FEEDS)] == CORE_FEEDS


@pytest.mark.parametrize("book", sorted(BOOKS))
def test_halves_of_a_book_come_from_one_office_and_are_owed_together(book: str) -> None:
    halves = [FEEDS_BY_NAME[name] for name in BOOKS[book]]
    assert len(halves) == 2
    assert len({(half.sender, half.optional) for half in halves}) == 1


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_feed_names_an_office_that_people_know(feed: Feed) -> None:
    assert feed.sender in Department
    assert feed.sender.label


def test_no_two_offices_are_called_alike() -> None:
    names = [name for office in Department for name in (office.value, office.label, *office.short)]
    assert len(names) == len(set(names))
    assert all(names)
