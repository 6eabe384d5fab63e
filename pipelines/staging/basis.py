"""Whether a delivery may be opened at all: of another office's book only by a document (0043)."""

from collections.abc import Callable
from datetime import date

from expectations.errors import RefusedError
from expectations.feeds import FEEDS_BY_NAME

Allows = Callable[[str, date | None], bool]
"""Whether the county's policy allows a feed's use at an as-of date (``Policy.allows``)."""


class NoBasisError(RefusedError):
    """What no document allows anybody to use: it is not opened, also where it was kept while one did."""

    def __init__(self, feed: str, on: date | None) -> None:
        self.feed, self.on = feed, on
        super().__init__(
            f"no document allows the use of {feed} as of {on}",
            why="policy leads.basis names none for that day",
            advice="nothing of it is read; where one is in force, name it there",
        )


def needs_none(feed: str, _on: date | None) -> bool:
    """Allows what needs no document, and nothing else: the answer of whoever has no policy."""
    declared = FEEDS_BY_NAME.get(feed)
    return declared is None or not declared.needs_basis


def need_basis(allows: Allows, feed: str, on: date | None) -> None:
    """Ask whether a delivery of the feed, of that as-of date, may be used. Raises NoBasisError."""
    if not allows(feed, on):
        raise NoBasisError(feed, on)
