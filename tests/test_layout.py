"""The tests' own house: each folder lies where its package lies, and each helper is on the map."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
MAP = (TESTS / "README.md").read_text(encoding="utf-8")

OF_NO_PACKAGE = {
    "cases": "the literal rows of each rule, which several engines are asked about",
    "oracle": "what the contract says, in plain Python",
    "deploying": "docker/, which is no package: a folder of its name here would hide the docker library",
}
HELPERS = sorted(path.name for path in TESTS.glob("*.py") if not path.name.startswith(("test_", "conftest")))
"""Of no folder: several use them."""

FOLDERS = sorted({path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")} - {Path()})


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_each_folder_of_tests_lies_where_its_package_lies(folder: Path) -> None:
    packages = (ROOT / folder, ROOT / "pipelines" / folder)
    assert folder.name in OF_NO_PACKAGE or any(list(package.glob("*.py")) for package in packages)


def test_no_two_test_modules_say_that_they_are_about_the_same() -> None:
    first = [path.read_text(encoding="utf-8").splitlines()[0] for path in TESTS.rglob("test_*.py")]
    assert sorted({line for line in first if first.count(line) > 1}) == []
    assert all(line.startswith('"""') for line in first)


@pytest.mark.parametrize("helper", HELPERS)
def test_each_shared_helper_is_on_the_map(helper: str) -> None:
    assert f"`{helper}`" in MAP, f"tests/README.md does not say what {helper} is for"
