"""What was compiled for one county serves another of the same shape, and only such a one."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import D, World, member, open_household, pid, world
from kept_plans import note_builds
from worlds_on_disk import verdicts

from pipelines.reconciling import reconcile

POOR = {
    "register_households": [open_household(income_current="6239.99")],
    "register_members": [member(person_id=pid(1))],
}


class Asking:
    """Worlds that are asked one after the other where plans are kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._folder = folder
        self.built = note_builds(monkeypatch, reconcile, "facts_of", lambda rule, _c: rule.code)
        """Codes of rules whose expressions were built since the test began."""

    def ask(self, asked: World) -> dict[str, dict[tuple[str, str], str] | None]:
        """What two rules say of a world."""
        home = self._folder / str(len(list(self._folder.iterdir())))
        return verdicts(asked, home, ("TL01", "TL02"), self._folder / "plans")


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asking:
    return Asking(monkeypatch, tmp_path)


def test_a_second_county_is_not_built_again(asking: Asking) -> None:
    first = world(**POOR, policy={"low_income_standard.urban": 400})
    said, of_the_other = asking.ask(first), asking.ask(replace(first, county="522602"))
    assert asking.built == ["TL01", "TL02"]
    assert list(said["TL01"] or {}) == [("522601|urban", "")]
    assert list(of_the_other["TL01"] or {}) == [("522602|urban", "")]
    assert of_the_other["TL02"] == said["TL02"] != {}


@pytest.mark.parametrize("standard", [519, 600])
def test_another_value_that_was_read_is_built_again(asking: Asking, standard: int) -> None:
    asking.ask(world(**POOR))
    said = asking.ask(world(**POOR, policy={"low_income_standard.rural": standard}))
    assert asking.built == ["TL01", "TL02", "TL01", "TL02"]
    assert bool(said["TL02"]) == (standard == 600)


def test_a_value_that_no_rule_reads_changes_nothing(asking: Asking) -> None:
    asking.ask(world(**POOR))
    asking.ask(world(**POOR, policy={"housing.repeat_years": 3}))
    assert asking.built == ["TL01", "TL02"]


def test_another_day_of_the_run_and_of_the_books_is_not_built_again(asking: Asking) -> None:
    asking.ask(world(**POOR))
    asking.ask(world(date(2026, 7, 31), **POOR))
    asking.ask(world(date(2026, 7, 31), **POOR, as_of={"low_income_households": D, "low_income_members": D}))
    assert asking.built == ["TL01", "TL02"]
