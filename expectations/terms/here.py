"""What is another in each county that is evaluated with others, as data: its code, its days, its settled months."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import ibis
from ibis.expr.types import Table

from expectations.days import BOOKS_BY_DAY, Days
from expectations.feeds import FEEDS
from expectations.policy import PolicyError

T = TypeVar("T")

COUNTIES: Final = "counties"
"""What an engine calls the relation that :attr:`CurrentRows.here` is."""

MONTHS: Final = "settled_months"
"""What an engine calls the relation that :attr:`CurrentRows.settled_months` is."""

DOCUMENTS: Final = {feed.name: f"{feed.name}_document" for feed in FEEDS if feed.asks_for_basis}
"""Feeds that a document must allow (``leads.basis``), each with the column of HERE that names it."""

HERE: Final = ibis.schema(
    {
        "county": "string",
        **dict.fromkeys(BOOKS_BY_DAY.values(), "date"),
        **dict.fromkeys(DOCUMENTS.values(), "string"),
        "insurance_year": "int64",
        "school_start": "int64",
        "current_school_year": "string",
        "finished_school_year": "string",
        "finished_term": "string",
        "finished_term_first_day": "date",
        "finished_term_is_early": "boolean",
        "payment_month": "string",
        "payment_month_first_day": "date",
        "payment_month_is_early": "boolean",
    }
)
"""One row a county. Null is what nothing was delivered for: the rules that ask for it are not evaluated there."""

SETTLED_MONTHS: Final = ibis.schema(
    {"county": "string", "month": "string", "first_day": "date", "last_day": "date", "is_early": "boolean"}
)
"""One row a county and settled month."""


def here_of(county: str, days: Days) -> Mapping[str, Any]:
    """The row of a county."""
    term = _or_none(lambda: days.finished_term)
    month = _or_none(lambda: days.newest_settled_month)
    return {
        "county": county,
        **{column: days.of.get(feed) for feed, column in BOOKS_BY_DAY.items()},
        **{column: days.document(feed) for feed, column in DOCUMENTS.items()},
        "insurance_year": _or_none(lambda: days.insurance_year),
        "school_start": _or_none(lambda: days.school_start),
        "current_school_year": _or_none(lambda: days.school_year),
        "finished_school_year": term and term.term.school_year,
        "finished_term": term and term.term.term,
        "finished_term_first_day": term and term.first_day,
        "finished_term_is_early": term and term.is_early,
        "payment_month": month and month.name,
        "payment_month_first_day": month and month.first_day,
        "payment_month_is_early": month and month.is_early,
    }


def settled_months_of(county: str, days: Days) -> list[Mapping[str, Any]]:
    """The rows of a county's settled months."""
    return [
        {
            "county": county,
            "month": one.name,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "is_early": one.is_early,
        }
        for one in _or_none(lambda: days.settled_months) or ()
    ]


def _or_none(answer: Callable[[], T]) -> T | None:
    """None where the policy has no value at the day: the rules that ask say so themselves, with key and day."""
    try:
        return answer()
    except PolicyError:
        return None


def named_here() -> Table:
    """The relation of counties, as an engine calls it."""
    return ibis.table(HERE, name=COUNTIES)


def named_settled_months() -> Table:
    """The relation of settled months, as an engine calls it."""
    return ibis.table(SETTLED_MONTHS, name=MONTHS)


def is_later(day: Any, days: int, than: Any) -> Any:
    """Whether ``day`` lies more than ``days`` days behind another."""
    return (than + ibis.interval(days=days)).cast("date") < day
