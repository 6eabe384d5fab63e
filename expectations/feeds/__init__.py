"""The feeds, explicit and in the order in which a county's books are read."""

from expectations.feed import Feed
from expectations.feeds import (
    education_subsidies,
    housing_renovations,
    insurance_enrolments,
    low_income_households,
    low_income_members,
    low_income_payments,
    register_households,
    register_members,
    students,
    survey_results,
    village_rosters,
)

FEEDS: tuple[Feed, ...] = (
    register_households.FEED,
    register_members.FEED,
    low_income_households.FEED,
    low_income_members.FEED,
    low_income_payments.FEED,
    insurance_enrolments.FEED,
    students.FEED,
    education_subsidies.FEED,
    housing_renovations.FEED,
)
"""What departments send and rules compare."""

EVALUATION_FEEDS: tuple[Feed, ...] = (village_rosters.FEED, survey_results.FEED)
"""What an evaluation adds when there is one: taken in like the others, but no rule needs them and none is missed."""

ALL_FEEDS: tuple[Feed, ...] = FEEDS + EVALUATION_FEEDS

FEEDS_BY_NAME: dict[str, Feed] = {feed.name: feed for feed in ALL_FEEDS}

BOOKS: dict[str, tuple[str, ...]] = {
    book: tuple(feed.name for feed in FEEDS if feed.book == book)
    for book in dict.fromkeys(feed.book for feed in FEEDS if feed.book)
}
"""Feeds that are halves of one book, by the book's name: read at the newest as-of that all of them have."""
