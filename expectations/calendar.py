"""Dates that the rules speak of: insurance year, school year, terms, settled months. Pure functions of a day."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AUTUMN = "秋季"
SPRING = "春季"
LOCAL: Final = ZoneInfo("Asia/Shanghai")
"""Where the counties are: a day of receipt begins and ends there."""


def local_day(moment: datetime) -> date:
    """The day that it is in the counties."""
    return moment.astimezone(LOCAL).date()


@dataclass(frozen=True)
class Term:
    """One school term."""

    school_year: str
    term: str
    first_day: date
    last_day: date


def day_of_month(within: date, day: int) -> date:
    """A day of the month that ``within`` lies in; its last day where it is shorter."""
    return within.replace(day=min(day, calendar.monthrange(within.year, within.month)[1]))


def is_month_end(day: date) -> bool:
    """Whether it is its month's last day."""
    return day == day_of_month(day, 31)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier): 31 January + 1 = the last day of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of_month(date(year, month + 1, 1), day.day)


def same_day_or_month_end(day: date, months: int) -> date:
    """As ``add_months``; of a month's last day the last day of the other month: 28 February + 1 = 31 March."""
    later = add_months(day, months)
    return day_of_month(later, 31) if is_month_end(day) else later


def month_of(day: date) -> str:
    """``YYYY-MM``."""
    return f"{day.year:04d}-{day.month:02d}"


def settled_date(year: int, month_day: str) -> date:
    """The day ``MM-DD`` of ``year`` (29 February falls back to the last day of February)."""
    month, day = (int(part) for part in month_day.split("-"))
    return day_of_month(date(year, month, 1), day)


def insurance_year(day: date, settled_on: str) -> int:
    """Y where the day is on or after ``settled_on`` in Y, else Y − 1."""
    return day.year if day >= settled_date(day.year, settled_on) else day.year - 1


def school_year_start(day: date, settled_on: str) -> int:
    """The year in whose September the school year of a day starts."""
    return day.year if day >= settled_date(day.year, settled_on) else day.year - 1


def school_year_text(start: int) -> str:
    """``2025-2026``."""
    return f"{start}-{start + 1}"


def term_of(school_year: str, term: str) -> Term:
    """A term by its school year, ``2025-2026``, and name."""
    start = int(school_year[:4])
    if term == AUTUMN:
        return Term(school_year, term, date(start, 9, 1), date(start + 1, 1, 31))
    return Term(school_year, term, date(start + 1, 2, 1), date(start + 1, 7, 31))


def last_finished_term(day: date, settle_days: int) -> Term:
    """The newest term whose last day + ``settle_days`` lies before a day."""
    settled = day - timedelta(days=settle_days)
    years = [school_year_text(start) for start in range(settled.year - 2, settled.year)]
    candidates = [term_of(year, term) for year in years for term in (AUTUMN, SPRING)]
    return max((term for term in candidates if term.last_day < settled), key=lambda term: term.last_day)


def last_day_of_month(month: str) -> date:
    """Last day of ``YYYY-MM``."""
    return day_of_month(first_day_of_month(month), 31)


def first_day_of_month(month: str) -> date:
    """First day of ``YYYY-MM``."""
    return date.fromisoformat(f"{month}-01")


def is_settled(month: str, day: date, settle_days: int) -> bool:
    """Whether the month's last day + ``settle_days`` lies on or before a day."""
    return last_day_of_month(month) + timedelta(days=settle_days) <= day


def months_between(first: str, last: str) -> list[str]:
    """All calendar months from ``first`` to ``last``, both inclusive."""
    start, end = first_day_of_month(first), first_day_of_month(last)
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    return [month_of(add_months(start, later)) for later in range(count)]
