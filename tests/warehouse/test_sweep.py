"""What is half written: a killed process's goes at the next intake, a living one's stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.lake import Lake, atomic_path, scratch_prefix


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A home with a finished file, deep down."""
    lake = Lake(tmp_path / "home")
    with atomic_path(lake.staged("students", "522601", "d")) as temporary:
        temporary.write_text("rows")
    return lake


@pytest.fixture
def dead() -> str:
    """How names begin of what a process that has ended was writing."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return scratch_prefix().replace(str(os.getpid()), str(process.pid))


def there(lake: Lake) -> set[str]:
    return {path.relative_to(lake.home).as_posix() for path in lake.home.rglob("*")}


def test_what_killed_processes_left_goes_wherever_it_lies_and_nothing_else(lake: Lake, dead: str) -> None:
    before = there(lake)
    deep = lake.home / "lake" / "staged" / "students" / "522601"
    (deep / f"{dead}x.parquet").write_text("half")
    (deep / ".writing-nobody").write_text("half")  # a name without a process is nobody's
    (deep / f"{dead}link").symlink_to(deep / "d.parquet")
    (lake.home / f"{dead}folder" / "below").mkdir(parents=True)
    (lake.home / f"{dead}folder" / "below" / f"{dead}half").write_text("half")
    assert lake.sweep() == 4
    assert there(lake) == before
    assert (deep / "d.parquet").read_text() == "rows"
    assert lake.sweep() == 0


def test_what_living_processes_write_stays(lake: Lake) -> None:
    folder = lake.home / f"{scratch_prefix()}folder"
    folder.mkdir()
    (folder / "half").write_text("half")
    with atomic_path(lake.home / "file") as temporary:
        before = there(lake)
        assert lake.sweep() == 0
        assert there(lake) == before
        assert temporary.exists()


def test_a_home_that_is_not_there_has_nothing_to_sweep(tmp_path: Path) -> None:
    assert Lake(tmp_path / "nowhere").sweep() == 0
