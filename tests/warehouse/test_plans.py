"""What was compiled for one county's households serves the next, and only where its rows let the same be said."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import enrolment, pid
from kept_plans import note_builds
from nights import night, policy_rows

from warehouse.lake import Lake
from warehouse.loading import RunToLoad, households, load_and_publish_all, open_published
from warehouse.tables import TABLES

OTHER = "522622"
Contents = dict[str, list[tuple[Any, ...]]]


class Processes:
    """Publishing in homes that share a folder of plans and nothing else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch, self._folder = monkeypatch, folder
        self.share("plans")
        self.built = note_builds(monkeypatch, households, "_prepare", lambda _planner, _county, _known: "built")

    def share(self, name: str) -> None:
        """From now on they share another folder."""
        self._monkeypatch.setenv("LIANGXIAN_PLANS", str(self._folder / name))

    def lake(self, name: str) -> Lake:
        """A home."""
        return Lake(self._folder / name)

    def publish(self, lake: Lake, *runs: RunToLoad) -> Contents:
        """Every row of every table."""
        self.built.clear()
        load_and_publish_all(lake=lake, runs=runs)
        with open_published(lake) as connection:
            return {
                table.name: connection.execute(f"FROM {table.fullname} ORDER BY ALL").fetchall() for table in TABLES
            }


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Contents]:
    """The plans that two counties left of whom the first was compiled, and what was published of them."""
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as monkeypatch:
        processes, lake = Processes(monkeypatch, folder), Lake(folder / "home")
        published = processes.publish(lake, night(lake), night(lake, county=OTHER))
        assert processes.built == ["built"]
    return folder / "plans", published


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiled: tuple[Path, Contents]) -> Processes:
    """In a folder where the plans lie already."""
    shutil.copytree(compiled[0], tmp_path / "plans")
    return Processes(monkeypatch, tmp_path)


def test_neither_a_second_county_nor_a_second_process_compiles_again_and_both_hold_the_same(
    processes: Processes, compiled: tuple[Path, Contents]
) -> None:
    lake = processes.lake("home")
    assert processes.publish(lake, night(lake), night(lake, county=OTHER)) == compiled[1]
    assert processes.built == []


@pytest.mark.parametrize(
    "other",
    [
        {"insurance_enrolments": [enrolment(pid(1), year=2025)]},
        {"education_subsidies": []},
        {"as_of": {"students": date(2025, 10, 14)}},
        {"absent": ["students"]},
    ],
    ids=["another insurance year", "no payment of the term", "pupils between two schools", "no pupils"],
)
def test_where_the_rows_let_other_things_be_said_other_statements_are_made(
    processes: Processes, other: dict[str, Any]
) -> None:
    """As if nothing had been compiled before: what is published is that of a home without plans."""
    lake, alone = processes.lake("home"), processes.lake("alone")
    after = processes.publish(lake, night(lake, **other))
    assert processes.built == ["built"]
    processes.share("others")
    assert after == processes.publish(alone, night(alone, **other))


@pytest.mark.parametrize(("key", "value"), [("insurance.subsidy.低保", 281), ("compulsory_age", [6, 16])])
def test_a_policy_value_that_is_read_is_compiled_anew(processes: Processes, key: str, value: Any) -> None:
    lake = processes.lake("home")
    processes.publish(lake, replace(night(lake), policy=policy_rows({key: value})))
    assert processes.built == ["built"]


def test_a_policy_value_that_no_figure_reads_changes_nothing(processes: Processes) -> None:
    lake = processes.lake("home")
    processes.publish(lake, replace(night(lake), policy=policy_rows({"housing.repeat_years": 3})))
    assert processes.built == []
