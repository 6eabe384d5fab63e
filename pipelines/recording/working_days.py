"""Deadlines in working days, make-up days included, from the calendar library."""

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    """Whether people work on ``day``; of years whose calendar is not published yet, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def calendar_is_known(day: date) -> bool:
    """Whether the State Council's calendar for the year of ``day`` is in the library."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def working_days_after(start: date, days: int) -> date:
    """The day ``days`` working days after ``start``."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start``, up to and with ``end``."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def unknown_years(days: Iterable[date]) -> list[int]:
    """Years of these days whose calendar is not published yet: deadlines in them count Monday to Friday."""
    return sorted({day.year for day in days if not calendar_is_known(day)})
