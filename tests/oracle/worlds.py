"""A Hypothesis strategy for small adversarial worlds, whose values lie on and beside the boundaries of the rules.

Few persons, few names and few numbers, so that people meet, double and are confused with each other; amounts and dates
drawn from the policy's thresholds, one fen or one day to either side.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

from builders import COUNTY, FEED_NAMES, KEYS, OTHER_FEEDS, Delivery, Row, World, deliver, fillers_for
from feed_tables import name_columns
from hypothesis import strategies as st
from oracle import scene_rows
from oracle.declared_rows import rows_as_declared
from oracle.deliveries import HALVES, IDENTITY
from oracle.policy import Policy
from oracle.scenes import CERTIFICATES, DAYS, HOUSEHOLDS, NAMES, Scene, mostly, policies

from expectations.feeds import FEEDS_BY_NAME

NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "register_households": ("household_no", HOUSEHOLDS),
    "register_members": ("member_no", tuple(f"M{i}" for i in range(1, 9))),
    "low_income_households": ("certificate_no", CERTIFICATES),
    "housing_renovations": ("case_no", ("X1", "X9", "X10", "X2")),
}
"""Feeds whose rows bear a number of their own: its column, and the numbers in the order of the rows."""

ROWS = scene_rows.ROWS | {feed.name: (partial(rows_as_declared, feed=feed), 1, 3) for feed in OTHER_FEEDS}
"""By feed: its rows, and how many of them at least and at most."""


def as_staged(feed: str, rows: Iterable[Row]) -> list[Row]:
    """Rows that staging would let through together: the first of those with one key, or equal in everything."""
    kept: list[Row] = []
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple(row[column] for column in KEYS[feed])
        mark = tuple(row.values()) if None in key else key
        if mark not in seen:
            seen.add(mark)
            kept.append(row)
    return kept


@st.composite
def delivered(draw: st.DrawFn, s: Scene, feed: str, as_of: date) -> Delivery:
    """One delivery, at times with refused namesakes."""
    row, least, most = ROWS[feed]
    rows = draw(st.lists(row(s), min_size=least, max_size=most))
    if feed in NUMBERS:
        column, numbers = NUMBERS[feed]
        rows = [row | {column: number} for row, number in zip(rows, numbers, strict=False)]
    rows = as_staged(feed, rows)
    if feed == "insurance_enrolments" and draw(mostly([True], [False])):
        rows += fillers_for(s.d)
    refused = draw(mostly([()], [(name,) for name in (*NAMES, None)]))
    named = IDENTITY[feed][1:] if feed in IDENTITY else name_columns(FEEDS_BY_NAME[feed])
    return deliver(feed, as_of, rows, [dict.fromkeys(named, name) for name in refused])


def as_of_dates(d: date) -> st.SearchStrategy[tuple[date, ...]]:
    """As-of dates of a feed's deliveries in the order of receipt: mostly D alone; else older, late, corrected, none."""

    def ago(days: int) -> date:
        return d - timedelta(days=days)

    return mostly(
        [(d,), (d,), (d,), (ago(30), d)],
        [(), (d, d), (d, ago(30)), (ago(92),), (ago(93),), (d, ago(-1)), (ago(30), d, ago(30)), (ago(31),)],
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world: up to 4 households, 3 certificates and 7 persons, in one or a few deliveries of each feed.

    The halves of a book mostly arrive together; at times one of them has deliveries that the other lacks. Feeds that no
    rule reads are there at times, one of them or all, and must change nothing.
    """
    d = draw(st.sampled_from(DAYS))
    own = draw(policies(d))
    s = Scene(d, Policy(own, d))
    deliveries: list[Delivery] = []
    plans: dict[str, tuple[date, ...]] = {}
    for feed in FEED_NAMES:
        other = HALVES.get(feed)
        if other in plans and draw(mostly([True], [False])):
            plans[feed] = plans[other]
        else:
            plans[feed] = draw(as_of_dates(d))
        deliveries += [draw(delivered(s, feed, as_of)) for as_of in plans[feed]]
    others = draw(st.sampled_from([(), *((feed.name,) for feed in OTHER_FEEDS), tuple(f.name for f in OTHER_FEEDS)]))
    deliveries += [draw(delivered(s, feed, as_of)) for feed in others for as_of in draw(as_of_dates(d))]
    return World(COUNTY, d, tuple(deliveries), own)
