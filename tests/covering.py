"""Feeds that between them have every kind of column: for tests that ask a reader about kinds of cells, not about feeds.

What is asked of every feed is in the matrix (tests/kinds, tests/staging/test_kinds.py) and in the registry tests.
"""

from collections.abc import Iterable
from typing import Final

from expectations.feed import Column, Feed
from expectations.feeds import FEEDS
from pipelines.staging.parsing.columns import is_text_key


def _kind(column: Column) -> tuple[object, ...]:
    """What makes a reader treat a column otherwise than another."""
    bound = (column.required_where is not None, column.at_most is not None)
    return (type(column.type), column.must_be_there, is_text_key(column), *bound)


def covering(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """As few as a plain search finds: always the one with the most kinds that are not there yet."""
    left = {feed: {_kind(column) for column in feed.columns} for feed in feeds}
    missing = set().union(*left.values())
    chosen: list[Feed] = []
    while missing:
        best = max(left, key=lambda feed: (len(left[feed] & missing), -feed.place))
        chosen.append(best)
        missing -= left[best]
    return tuple(sorted(chosen, key=lambda feed: feed.place))


COVERING: Final = covering(FEEDS)
