"""The red team by command: its script still attacks, and what it tries in seconds is held."""

from pathlib import Path

from attacks.red_team import ATTACKS, TREE, Side
from homes import copy_home

IN_SECONDS = ("link_to_the_key", "come_from_the_future")


def test_what_is_tried_in_seconds_is_held(night_home: Path, tmp_path: Path) -> None:
    side = Side(TREE, copy_home(night_home, tmp_path / "home"))
    said = {name: ATTACKS[name](side) for name in IN_SECONDS}
    assert {name: how for name, (succeeded, how) in said.items() if succeeded} == {}


def test_each_attack_says_which_item_it_is_of() -> None:
    for name, attack in ATTACKS.items():
        item, _, what = (attack.__doc__ or "").partition(": ")
        assert item.isdigit(), name
        assert what, name
