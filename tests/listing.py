"""The modules of a folder of tests, so that a file in it is all that a rule's cases need."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).resolve().parent


def modules_below(folder: str) -> Iterator[ModuleType]:
    """Every module of the folder (``cases/rules``) and of those below it, by its path."""
    for path in sorted((TESTS / folder).rglob("*.py")):
        yield import_module(".".join(path.relative_to(TESTS).with_suffix("").parts))
