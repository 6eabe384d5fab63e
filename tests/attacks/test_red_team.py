"""The red team by command: its script still attacks, and what it tries in seconds is held."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.readers import recognise_hidden_people
from attacks.red_team import ATTACKS, TREE, Side
from homes import copy_home

IN_SECONDS = (
    "link_to_the_key",
    "come_from_the_future",
    "owe_before_it_is_due",
    "name_by_dictionary",
    "count_yuan",
    "draw_too_few",
)


@pytest.fixture(scope="module")
def side(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(TREE, copy_home(night_home, tmp_path_factory.mktemp("attacked") / "home"))


@pytest.mark.parametrize("name", IN_SECONDS)
def test_what_is_tried_in_seconds_is_held(side: Side, name: str) -> None:
    succeeded, how = ATTACKS[name](side)
    assert not succeeded, how


@pytest.mark.slow
@pytest.mark.services
def test_an_office_recognises_nobody_of_another(side: Side, server: Callable[[str], str]) -> None:
    succeeded, how = recognise_hidden_people(side, server("postgres"))
    assert not succeeded, how
    seen, of = how.split(" hidden people")[0].split(" of ")
    assert int(seen) < int(of)


def test_each_attack_says_which_item_it_is_of() -> None:
    for name, attack in ATTACKS.items():
        item, _, what = (attack.__doc__ or "").partition(": ")
        assert item.isdigit(), name
        assert what, name
