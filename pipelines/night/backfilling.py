"""Backfill: nights that were never run, or as they would have been run then, in order of D."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from expectations.calendar import LOCAL, same_day_or_month_end
from expectations.errors import RequestError, ValueRefusedError
from pipelines.house.settings import Settings
from pipelines.night.flow import check_policies, counties_with_data, reconcile_counties
from pipelines.night.intake import ingest
from pipelines.night.publishing import publish
from pipelines.night.reports import report
from pipelines.night.results import CountyNight, Intake, Night


class Step(StrEnum):
    """How far one night lies from the next."""

    MONTH = "month"
    DAY = "day"


def backfill(settings: Settings, first: date, last: date, step: Step = Step.MONTH) -> list[Night]:
    """Run the nights from ``first`` to ``last`` as one would have then: all counties at the first D, then at the next.

    A night looks at deliveries as of its D or before, and only counties that had one then are run. What lies in the
    inbox is taken in first, the oldest as-of first, since a delivery is compared with the one before it; with
    ``settings.known_at`` nothing is. A night that the ledger can still hear of is recorded (history loaded into empty
    books); one before its newest D is a replay. The warehouse is published once, behind the last night. Raises
    PolicyError before anything is touched.
    """
    settings.need_past(last)
    days = days_between(first, last, step)
    for day in days:
        check_policies(settings, day)
    nothing = Intake((), (), False)
    left = ingest(settings, last, oldest_first=True) if settings.known_at is None else nothing
    nights = {day: _reconcile(settings, day) for day in days}
    published = publish(settings, [night for of_day in nights.values() for night in of_day])
    return [
        report(settings, day, of_day, left if day == days[-1] else nothing, published, ())
        for day, of_day in nights.items()
    ]


def _reconcile(settings: Settings, day: date) -> list[CountyNight]:
    return reconcile_counties(settings, counties_with_data(settings, until=day), day, told_until=day)


def days_between(first: date, last: date, step: Step) -> Sequence[date]:
    """``first`` and what follows by ``step`` up to ``last``; by month from a month's last day: the last day of each.

    Raises RequestError where ``last`` lies before ``first``.
    """
    if last < first:
        raise RequestError(f"{last} lies before {first}")
    if step is Step.DAY:
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month
    return [day for day in (same_day_or_month_end(first, n) for n in range(months + 1)) if day <= last]


def read_moment(text: str) -> datetime:
    """An ISO date with a time, of Asia/Shanghai where it names no zone. Raises ValueRefusedError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or ("T" not in text and ":" not in text):
        raise ValueRefusedError(f"{text!r} is no moment such as 2026-07-01T02:00 or 2026-07-01T02:00Z")
    return at if at.tzinfo is not None else at.replace(tzinfo=LOCAL)
