"""What was compiled for one county serves another of the same shape, and only such a one."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import member, open_household, pid, world
from kept_plans import forget_plans, note_builds
from worlds_on_disk import verdicts

from pipelines.reconciling import reconcile

CODES = ("TL01", "TL02")
POOR = {
    "register_households": [open_household(income_current="6239.99")],
    "register_members": [member(person_id=pid(1))],
}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes of rules whose expressions were built since the test began."""
    forget_plans(monkeypatch)
    return note_builds(monkeypatch, reconcile, "facts_of", lambda rule, _c, _p: rule.code)


def test_a_second_county_is_not_built_again_but_for_the_rule_about_the_county(built, tmp_path: Path) -> None:
    first = verdicts(world(**POOR, policy={"low_income_standard.urban": 400}), tmp_path / "1", CODES)
    other = replace(world(**POOR, policy={"low_income_standard.urban": 400}), county="522602")
    second = verdicts(other, tmp_path / "2", CODES)
    assert built == ["TL01", "TL02", "TL01"]
    assert list(first["TL01"] or {}) == [("522601|urban", "")]
    assert list(second["TL01"] or {}) == [("522602|urban", "")]
    assert second["TL02"] == first["TL02"] != {}


@pytest.mark.parametrize("standard", [519, 600])
def test_another_value_that_was_read_is_built_again(built, tmp_path: Path, standard: int) -> None:
    verdicts(world(**POOR), tmp_path / "1", CODES)
    said = verdicts(world(**POOR, policy={"low_income_standard.rural": standard}), tmp_path / "2", CODES)
    assert built == ["TL01", "TL02", "TL01", "TL02"]
    assert bool(said["TL02"]) == (standard == 600)


def test_a_value_that_no_rule_reads_changes_nothing(built, tmp_path: Path) -> None:
    verdicts(world(**POOR), tmp_path / "1", CODES)
    verdicts(world(**POOR, policy={"housing.repeat_years": 3}), tmp_path / "2", CODES)
    assert built == ["TL01", "TL02"]


def test_another_date_is_built_again(built, tmp_path: Path) -> None:
    verdicts(world(**POOR), tmp_path / "1", CODES)
    verdicts(world(date(2026, 7, 1), **POOR), tmp_path / "2", CODES)
    assert built == ["TL01", "TL02", "TL01", "TL02"]
