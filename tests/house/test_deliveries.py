"""A delivery is found by its number, by its id and by how that begins; what an actor does not see is not there."""

from pathlib import Path

import pytest
from actors import acting
from homes import copy_home, settings_of

from expectations.errors import UnknownError
from pipelines.house.actor import Role, Scope
from pipelines.house.deliveries import find_named
from warehouse.books.backup import backup_books, restore_books
from warehouse.books.connection import open_books
from warehouse.books.deliveries import Event, list_deliveries
from warehouse.books.standing import append_event
from warehouse.lake import Lake


def numbers(home: Path) -> dict[str, int]:
    return {d.id: d.number for d in list_deliveries(settings_of(home).home.books)}


def test_every_delivery_has_a_number_of_its_own_and_is_found_by_it(night_home: Path) -> None:
    settings = settings_of(night_home)
    own = numbers(night_home)
    assert len(own) == len(set(own.values())) == 10
    for name, number in own.items():
        assert {find_named(settings, text).id for text in (str(number), f"#{number}", f"＃{number}", name)} == {name}


def test_a_number_stays_whatever_happens_and_comes_back_from_a_backup(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    before = numbers(home)
    settings = settings_of(home)
    some = find_named(settings, "students_522601_20260630")
    append_event(settings.home.books, some, Event.SUPERSEDED, settings.now())
    append_event(settings.home.books, some, Event.RESTORED, settings.now())
    assert numbers(home) == before
    assert find_named(settings, str(some.number)).status == Event.ACCEPTED
    backup_books(settings.home.books, tmp_path / "backup.sqlite")
    other = open_books(Lake(tmp_path / "other"), keys=settings.home.keys)
    restore_books(tmp_path / "backup.sqlite", other)
    assert {d.id: d.number for d in list_deliveries(other)} == before


@pytest.mark.parametrize(("name", "several"), [("students_", True), ("nothing", False), ("%", False), ("", False)])
def test_a_name_of_several_or_of_none_is_told_so(night_home: Path, name: str, several: bool) -> None:
    with pytest.raises(UnknownError) as told:
        find_named(settings_of(night_home), name)
    assert told.value.several is several


def test_the_number_of_a_later_event_names_nothing(night_home: Path, tmp_path: Path) -> None:
    settings = settings_of(copy_home(night_home, tmp_path / "home"))
    some = find_named(settings, "students_522601_20260630")
    append_event(settings.home.books, some, Event.SUPERSEDED, settings.now())
    after = find_named(settings, some.id).last_event
    assert after not in numbers(settings.home.folder).values()
    with pytest.raises(UnknownError):
        find_named(settings, str(after))


def test_what_lies_outside_of_a_scope_is_not_there(night_home: Path) -> None:
    settings = settings_of(night_home)
    some = find_named(settings, "students_522601_20260630")
    elsewhere = acting(settings, role=Role.COUNTY, scope=Scope(("522602",)))
    for name in (some.id, str(some.number), some.id[:20]):
        with pytest.raises(UnknownError):
            find_named(elsewhere, name)
