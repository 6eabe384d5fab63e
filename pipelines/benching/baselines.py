"""The baselines that we are measured against: they lie in the repository's tests, and are checked there.

An installed package has none of them, and measures itself alone.
"""

import importlib
import sys
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parents[2] / "tests" / "benching" / "baselines"


def are_there() -> bool:
    """Whether this is a checkout, which has them."""
    return FOLDER.is_dir()


def measured() -> frozenset[str] | None:
    """Codes of the rules that the baselines have by hand, which alone are compared; None where there are none."""
    if not are_there():
        return None
    codes: frozenset[str] = load("measured").CODES
    return codes


def load(name: str) -> Any:
    """The baseline's module. Raises ModuleNotFoundError where there is none of that name."""
    parent = str(FOLDER.parent)
    if parent not in sys.path:
        sys.path.insert(0, parent)
    return importlib.import_module(f"{FOLDER.name}.{name}")
