"""Calendar arithmetic of the contract: months with clamp, settled months, insurance and school years, terms."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_of(day: date) -> str:
    """``YYYY-MM``."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> date:
    """First day of a month ``YYYY-MM``."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """Last day of a month ``YYYY-MM``."""
    return add_months(first_day(month), 1) - timedelta(days=1)


def month_is_settled(month: str, d: date, settle_days: int) -> bool:
    """A month is settled where its last day + settle_days <= D."""
    return last_day(month) + timedelta(days=settle_days) <= d


def months_between(first: str, last: str) -> list[str]:
    """All months from the first to the last, both included."""
    months, day = [], first_day(first)
    while month_of(day) <= last:
        months.append(month_of(day))
        day = add_months(day, 1)
    return months


def _month_and_day(text: str, year: int) -> date:
    return date(year, int(text[:2]), int(text[3:]))


def insurance_year(d: date, settled_on: str) -> int:
    """Y where D is on or after settled_on (MM-DD) in Y, else Y−1."""
    return d.year if d >= _month_and_day(settled_on, d.year) else d.year - 1


def school_year_start(d: date, settled_on: str) -> int:
    """Calendar year in which D's school year starts (1 September)."""
    return d.year if d >= _month_and_day(settled_on, d.year) else d.year - 1


def school_settled_on(start: int, settled_on: str) -> date:
    """The day on which the school year that starts in ``start`` is settled."""
    return _month_and_day(settled_on, start)


def school_year(start: int) -> str:
    """``2025-2026``."""
    return f"{start}-{start + 1}"


@dataclass(frozen=True)
class Term:
    """A school term with its first and last day."""

    school_year: str
    term: str
    first: date
    last: date


def last_finished_term(d: date, settle_days: int) -> Term:
    """The newest term whose last day + settle_days < D."""
    terms = []
    for start in range(1990, d.year + 1):
        terms.append(Term(school_year(start), "秋季", date(start, 9, 1), date(start + 1, 1, 31)))
        terms.append(Term(school_year(start), "春季", date(start + 1, 2, 1), date(start + 1, 7, 31)))
    return max((t for t in terms if t.last + timedelta(days=settle_days) < d), key=lambda t: t.last)


def full_years(born: date, on: date) -> int:
    """Full years of age on a day; a year is full on the birthday."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
