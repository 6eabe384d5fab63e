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


def month_is_settled(month: str, by: date, settle_days: int) -> bool:
    """Whether a month's last day + settle_days lies on a day or before it."""
    return last_day(month) + timedelta(days=settle_days) <= by


def day_of_year(text: str, year: int) -> date:
    """MM-DD of a year."""
    return date(year, int(text[:2]), int(text[3:]))


def insurance_year(day: date, settled_on: str) -> int:
    """The day's year where it is on or after settled_on (MM-DD) in that year, else the year before."""
    return day.year if day >= day_of_year(settled_on, day.year) else day.year - 1


def school_year_start(day: date, settled_on: str) -> int:
    """The calendar year in which the day's school year starts (1 September)."""
    return day.year if day >= day_of_year(settled_on, day.year) else day.year - 1


def is_between_two_schools(day: date, ends_on: str, settled_on: str) -> bool:
    """From school.ends_on to before school.settled_on."""
    return day_of_year(ends_on, day.year) <= day < day_of_year(settled_on, day.year)


def school_year(start: int) -> str:
    """``2025-2026``."""
    return f"{start}-{start + 1}"


@dataclass(frozen=True)
class Term:
    """A school term."""

    school_year: str
    term: str

    @property
    def first(self) -> date:
        """秋季 begins on 1 September, 春季 on 1 February."""
        start = int(self.school_year[:4])
        return date(start, 9, 1) if self.term == "秋季" else date(start + 1, 2, 1)

    @property
    def last(self) -> date:
        """秋季 ends on 31 January, 春季 on 31 July."""
        start = int(self.school_year[:4])
        return date(start + 1, 1, 31) if self.term == "秋季" else date(start + 1, 7, 31)

    def has_settled(self, by: date, settle_days: int) -> bool:
        """Whether its last day + settle_days lies before a day."""
        return self.last + timedelta(days=settle_days) < by


def last_finished_term(day: date, settle_days: int) -> Term:
    """The newest term that has settled by a day, whether or not anybody has rows of it."""
    starts = range(day.year - 2, day.year + 1)
    terms = [Term(school_year(start), term) for start in starts for term in ("秋季", "春季")]
    return max((t for t in terms if t.has_settled(day, settle_days)), key=lambda t: t.last)


def full_years(born: date, on: date) -> int:
    """Full years of age on a day; a year is full on the birthday."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
