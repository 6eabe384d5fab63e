"""The feeds: each module of this folder declares one, and its ``place`` says where it stands among them.

Nothing registers itself: the folder's modules are listed, and each must hold one ``FEED`` of its own name (decision
0023).
"""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from expectations.feed import Feed


def in_order(declared: Iterable[tuple[str, object]]) -> tuple[Feed, ...]:
    """Feeds by their place, from what each module (by its name) holds as ``FEED``.

    Raises ValueError with every module that declares no feed of its own name, and every place that is taken twice.
    """
    problems: list[str] = []
    taken: dict[int, Feed] = {}
    for module, feed in declared:
        if not isinstance(feed, Feed) or feed.name != module:
            problems.append(f"{module}.py declares no FEED named {module}")
        elif feed.place in taken:
            problems.append(f"{feed.name} and {taken[feed.place].name} both stand at place {feed.place}")
        else:
            taken[feed.place] = feed
    if problems:
        raise ValueError("; ".join(sorted(problems)))
    return tuple(taken[place] for place in sorted(taken))


FEEDS: tuple[Feed, ...] = in_order(
    (found.name, getattr(import_module(f"{__name__}.{found.name}"), "FEED", None)) for found in iter_modules(__path__)
)
"""All that can be taken in, in the order in which a county's books are read. Which of them a county is owed, its policy
says (``Policy.expected_feeds``)."""

CORE_FEEDS: tuple[Feed, ...] = tuple(feed for feed in FEEDS if not feed.optional)
"""The county's own books about poor households, which every county is owed unless its policy says otherwise."""

FEEDS_BY_NAME: dict[str, Feed] = {feed.name: feed for feed in FEEDS}

BOOKS: dict[str, tuple[str, ...]] = {
    book: tuple(feed.name for feed in FEEDS if feed.book == book)
    for book in dict.fromkeys(feed.book for feed in FEEDS if feed.book)
}
"""Feeds that are halves of one book, by the book's name: read at the newest as-of that all of them have."""
