"""Which worker begins with what: tests that take minutes first, dealt out so that no worker has two while one idles.

xdist gives each worker a part of the list, in its order, and lets a worker that is done steal the later half of
another's part. What is begun last is waited for by the whole session, and the test behind the one that runs is never
stolen: two long ones in a row wait for each other, however many workers there are.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypeVar

import pytest

T = TypeVar("T")

SLOW_SECONDS = 20
"""A test marked slow, roughly; one marked ``first(seconds)`` says it itself."""


def in_order_for(workers: int, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """All tests: those marked ``first``, then modules with slow tests (whole: they share fixtures), then the rest."""
    groups: list[tuple[float, list[pytest.Item]]] = []
    rest: list[pytest.Item] = []
    for item in items:
        if mark := item.get_closest_marker("first"):
            groups.append((mark.args[0], [item]))
    others = (item for item in items if not item.get_closest_marker("first"))
    for _, module in groupby(others, key=lambda item: item.path):
        tests = list(module)
        slow = sum(item.get_closest_marker("slow") is not None for item in tests)
        if slow:
            groups.append((slow * SLOW_SECONDS, tests))
        else:
            rest += tests
    return dealt(workers, groups, rest)


def dealt(workers: int, groups: Iterable[tuple[float, Sequence[T]]], rest: Iterable[T]) -> list[T]:
    """Groups with their seconds, the longest first to whoever has least; then the rest, in parts of xdist's sizes."""
    hands: list[list[T]] = [[] for _ in range(workers)]
    seconds = [0.0] * workers
    for takes, tests in sorted(groups, key=lambda group: -group[0]):
        place = seconds.index(min(seconds))
        hands[place] += tests
        seconds[place] += takes
    left = list(rest)
    sizes = parts_of(sum(map(len, hands)) + len(left), workers)
    for hand, size in zip(hands, sizes, strict=True):
        left = hand[size:] + left
        del hand[size:]
    for hand, size in zip(hands, sizes, strict=True):
        more = size - len(hand)
        hand += left[:more]
        del left[:more]
    return [test for hand in hands for test in hand]


def parts_of(count: int, workers: int) -> list[int]:
    """How many of so many tests xdist gives to each worker."""
    sizes: list[int] = []
    for place in range(workers):
        sizes.append((count - sum(sizes)) // (workers - place))
    return sizes
