"""What each rule needs: without one of these feeds, or with a stale one, it is not evaluated, and the others are.

The worlds are empty but for one insured stranger, so that a rule that is evaluated finds nothing: nobody is missing
because a feed is. What is not asked where nothing is given, or needs another office's feed, is not evaluated in any.
Cases of one world share it.
"""

from datetime import date, timedelta

from builders import FEED_NAMES, D, World, world
from cases.case import NOT_EVALUATED, Case
from oracle.entry import LOW_INCOME_BOOK, REGISTER_BOOK, Entry
from oracle.evaluate import RULES


def cases(title: str, over: World, missing: tuple[str, ...]) -> list[Case]:
    """One case a rule: not evaluated where it needs a missing feed, or nothing is there; else nothing found."""
    nothing_there = set(missing) == set(FEED_NAMES)
    return [
        Case(rule, title, over, NOT_EVALUATED if _lacks(entry, missing, nothing_there) else {})
        for rule, entry in RULES.items()
    ]


def _lacks(entry: Entry, missing: tuple[str, ...], nothing_there: bool) -> bool:
    nothing_given = entry.applies_with is not None or not set(entry.needs) <= set(FEED_NAMES)
    return not set(missing).isdisjoint(entry.needs) or (nothing_there and entry.over_what_is_there) or nothing_given


def book_of(feed: str) -> tuple[str, ...]:
    """The feed, or both halves of its book: what is not there once it is not."""
    return next((book for book in (REGISTER_BOOK, LOW_INCOME_BOOK) if feed in book), (feed,))


def all_delivered(as_of: date) -> World:
    """Every feed as of one day."""
    return world(as_of=dict.fromkeys(FEED_NAMES, as_of))


FRESHEST_STALE = D - timedelta(days=93)

CASES: tuple[Case, ...] = (
    *cases("every feed there and empty", world(), ()),
    *cases("nothing delivered", world(absent=FEED_NAMES), FEED_NAMES),
    *cases("every feed as old as freshness allows", all_delivered(D - timedelta(days=92)), ()),
    *cases("every feed a day older", all_delivered(FRESHEST_STALE), FEED_NAMES),
    *(c for feed in FEED_NAMES for c in cases(f"{feed} never arrived", world(absent=(feed,)), book_of(feed))),
    *(
        c
        for book in dict.fromkeys(book_of(feed) for feed in FEED_NAMES)
        for c in cases(f"{' and '.join(book)} a day too old", world(as_of=dict.fromkeys(book, FRESHEST_STALE)), book)
    ),
)
