"""Great Expectations without what it imports for work that we never ask of it: half of its five seconds.

It draws charts (altair), fits distributions (scipy.stats) and validates data in Spark (pyspark, where it is
installed). The first two are really loaded when something of them is first used; Spark it is told not to find.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from threading import get_ident
from types import ModuleType
from typing import Any, Final

_LATER: Final = ("altair", "scipy.stats")
_NOT_HERE: Final = "pyspark"


class _Lean(MetaPathFinder):
    """Finds modules for one thread; those that others import meanwhile are found as always."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if get_ident() != self._thread:
            return None
        if fullname == _NOT_HERE:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        if fullname not in _LATER:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def _lean() -> Iterator[None]:
    finder = _Lean()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def import_great_expectations() -> Any:
    """The package; a process pays for it once."""
    with _lean():
        import great_expectations
    return great_expectations
