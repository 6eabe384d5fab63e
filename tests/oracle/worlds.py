"""A Hypothesis strategy for small adversarial worlds, whose values lie on and beside the boundaries of the rules.

Few persons, few names and few numbers, so that people meet, double and are confused with each other; amounts and dates
drawn from the policy's thresholds, one fen or one day to either side.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from builders import COUNTY, FEED_NAMES, KEYS, MORE_FEEDS, OTHER_FEEDS, Delivery, Row, World, deliver, fillers_for
from feed_tables import name_columns
from hypothesis import strategies as st
from oracle import scene_rows
from oracle.declared_rows import rows_as_declared
from oracle.deliveries import HALVES, IDENTITY
from oracle.policy import Policy, Values
from oracle.scenes import CERTIFICATES, DAYS, HOUSEHOLDS, NAMES, Scene, mostly, policies

from expectations.feeds import FEEDS, FEEDS_BY_NAME

NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "register_households": ("household_no", HOUSEHOLDS),
    "register_members": ("member_no", tuple(f"M{i}" for i in range(1, 9))),
    "low_income_households": ("certificate_no", CERTIFICATES),
    "housing_renovations": ("case_no", ("X1", "X9", "X10", "X2")),
    "relocations": ("relocation_no", ("R1", "R2", "R3")),
}
"""Feeds whose rows bear a number of their own: its column, and the numbers in the order of the rows."""

READABLE = (
    *(
        "household_no",
        "certificate_no",
        "case_no",
        "relocation_no",
        "student_no",
        "month",
        "school_year",
        "term",
        "item",
    ),
    *sorted({column for columns in IDENTITY.values() for column in columns}),
)
"""What a refused row may still show of what finds it: numbers, names, and the time it speaks of."""

NULLS = {
    "register_members": ("status_date",),
    "low_income_households": ("end_date", "grace_start", "category_topup"),
    "students": ("enrolled_on",),
    "housing_renovations": ("plan_year", "started_on", "completed_on"),
    "relocations": ("household_no", "completed_on", "moved_in_on", "old_house_demolished"),
}
"""Columns that predicates read and that are null where nothing is known, or where the value was refused."""

ROWS = {feed.name: (partial(rows_as_declared, feed=feed), 1, 3) for feed in FEEDS} | scene_rows.ROWS
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


def refused_rows(s: Scene, feed: str) -> st.SearchStrategy[list[Row]]:
    """Mostly none; else one or two of which something is not readable: a row without some columns, or a bare name."""
    if feed not in IDENTITY:
        named = name_columns(FEEDS_BY_NAME[feed])
        return st.sampled_from([[], [], *([dict.fromkeys(named, name)] for name in NAMES)])
    readable = [column for column in READABLE if column in FEEDS_BY_NAME[feed].by_name]

    def what_is_left(whole: Row, lost: set[str]) -> Row:
        return {column: whole[column] for column in readable if column not in lost and whole[column] is not None}

    spoilt = st.builds(what_is_left, ROWS[feed][0](s), st.sets(st.sampled_from(readable), max_size=2))
    bare = st.sampled_from([{IDENTITY[feed][1]: name} for name in NAMES])
    some = st.lists(mostly([spoilt], [bare]).flatmap(lambda strategy: strategy), min_size=1, max_size=2)
    return mostly([st.just([])], [some]).flatmap(lambda strategy: strategy)


@st.composite
def delivered(draw: st.DrawFn, s: Scene, feed: str, as_of: date) -> Delivery:
    """One delivery as of a day, at times with refused rows, and with nulls that come of refused values."""
    scene = s.of(as_of)
    row, least, most = ROWS[feed]
    rows = draw(st.lists(row(scene), min_size=least, max_size=most))
    if feed in NUMBERS:
        column, numbers = NUMBERS[feed]
        rows = [row | {column: number} for row, number in zip(rows, numbers, strict=False)]
    rows = as_staged(feed, rows)
    if feed == "insurance_enrolments" and draw(mostly([True], [False])):
        rows += fillers_for(s.d)[:4]
    if not s.refuses:
        return deliver(feed, as_of, rows)
    delivery = deliver(feed, as_of, rows, draw(refused_rows(scene, feed)))
    nulls = [(n, column) for n, row in enumerate(rows) for column in NULLS.get(feed, ()) if row[column] is None]
    if not nulls or draw(mostly([True], [False])):
        return delivery
    return replace(delivery, refused=tuple(sorted(draw(st.sets(st.sampled_from(nulls), max_size=3)))))


def as_of_dates(d: date) -> st.SearchStrategy[tuple[date, ...]]:
    """As-of dates of a feed's deliveries in the order of receipt: mostly the books' day; else older, late, corrected,
    none, on the edges of what lies apart, is fresh or has settled, and after D."""

    def ago(days: int) -> date:
        return d - timedelta(days=days)

    return mostly(
        [(d,), (d,), (d,), (ago(30), d)],
        [
            (),
            (d, d),
            (d, ago(30)),
            (ago(92),),
            (ago(93),),
            (d, ago(-1)),
            (ago(30), d, ago(30)),
            (ago(31),),
            (ago(32), ago(20)),
            (ago(45),),
            (ago(46), ago(60)),
        ],
    )


LATER = (0, 0, 0, 0, 1, 10, 30, 45, 61, 62, 90)
"""How many days after the books' day D lies."""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world: up to 4 households, 3 certificates and 7 persons, in one or a few deliveries of each feed.

    The halves of a book mostly arrive together; at times one of them has deliveries that the other lacks. D is the day
    around which the books lie, or up to 90 days later, which must change nothing but what is stale. Feeds that no
    rule reads are there at times, one of them or all, and must change nothing.
    """
    day = draw(st.sampled_from(DAYS))
    own = draw(policies(day))
    s = Scene(day, Values(Policy(own), day), day, refuses=draw(st.booleans()))
    deliveries: list[Delivery] = []
    plans: dict[str, tuple[date, ...]] = {}
    for feed in FEED_NAMES:
        other = HALVES.get(feed)
        if other in plans and draw(mostly([True], [False])):
            plans[feed] = plans[other]
        else:
            plans[feed] = draw(as_of_dates(day))
        deliveries += [draw(delivered(s, feed, as_of)) for as_of in plans[feed]]
    more = draw(st.sampled_from([(), MORE_FEEDS[:2], MORE_FEEDS[2:]]))
    deliveries += [draw(delivered(s, feed, as_of)) for feed in more for as_of in draw(as_of_dates(day))]
    others = draw(st.sampled_from([(), *((feed.name,) for feed in OTHER_FEEDS), tuple(f.name for f in OTHER_FEEDS)]))
    deliveries += [draw(delivered(s, feed, as_of)) for feed in others for as_of in draw(as_of_dates(day))]
    return World(COUNTY, day + timedelta(days=draw(st.sampled_from(LATER))), tuple(deliveries), own)
