"""The tests' own house: each folder lies where its package lies, and the map leads nobody astray."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
MAP = (TESTS / "README.md").read_text(encoding="utf-8")

OF_NO_PACKAGE = {
    "oracle": "what the contract says, in plain Python",
    "attacks": "what is tried on whole homes by command",
    "deploying": "docker/, which is no package: a folder of its name here would hide the docker library",
}
NAMED = sorted(
    {name for name in re.findall(r"`([\w/]+\.py|[\w/]+/)`", MAP) if not name.startswith(("pipelines", "warehouse"))}
)
"""What the map sends one to."""

FOLDERS = sorted({path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")} - {Path()})


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_each_folder_of_tests_lies_where_its_package_lies(folder: Path) -> None:
    packages = (ROOT / folder, ROOT / "pipelines" / folder)
    assert folder.name in OF_NO_PACKAGE or any(list(package.glob("*.py")) for package in packages)


def test_no_two_test_modules_say_that_they_are_about_the_same() -> None:
    first = [path.read_text(encoding="utf-8").splitlines()[0] for path in TESTS.rglob("test_*.py")]
    assert sorted({line for line in first if first.count(line) > 1}) == []
    assert all(line.startswith('"""') for line in first)


@pytest.mark.parametrize("name", NAMED)
def test_what_the_map_names_is_there(name: str) -> None:
    assert (ROOT / name).exists() or (TESTS / name).exists()


def test_each_helper_says_what_it_is_for() -> None:
    """In its first line, so that `head -1 tests/*.py` is the map where the map has not caught up."""
    helpers = [path for path in TESTS.glob("*.py") if not path.name.startswith("test_")]
    assert [path.name for path in helpers if not path.read_text(encoding="utf-8").startswith('"""')] == []
