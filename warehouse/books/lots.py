"""Values for ``IN``, so many at a time: a database takes only so many in one statement (PostgreSQL 65,535)."""

from collections.abc import Iterable, Iterator
from typing import Final

_AT_ONCE: Final = 10_000


def lots_of(values: Iterable[str]) -> Iterator[list[str]]:
    """The distinct values, sorted, in lots that any database takes; no lot of none."""
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]
