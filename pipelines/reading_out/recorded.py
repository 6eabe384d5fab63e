"""The runs of the books for a day that somebody names, where their rows are still there."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from expectations.errors import NotYetError, RefusedError
from pipelines.house.settings import Settings
from warehouse.books.deliveries import erased_deliveries
from warehouse.books.runs import Run, last_recorded_runs

_DAYS_NAMED: Final = 3


def runs_at(settings: Settings, d: date) -> list[Run]:
    """The run recorded last for D of each county (of those asked for), by county.

    Raises NotYetError where there is none, RefusedError where rows of one were erased on schedule.
    """
    own = _own_runs(settings)
    found = sorted((run for run in own if run.as_of == d), key=lambda run: run.county)
    if not found:
        raise _not_yet(d, own)
    _need_rows(settings, found)
    return found


def run_before(settings: Settings, run: Run, since: date | None) -> Run:
    """The run of its county recorded last for ``since``; without one that of the newest day before the run's.

    Raises NotYetError, RefusedError.
    """
    own = [one for one in _own_runs(settings) if one.county == run.county and one.as_of < run.as_of]
    if since is None and not own:
        why = f"no run of {run.county} has been recorded for a day before {run.as_of}"
        raise NotYetError("there is nothing to compare with", why=why)
    day = since or max(one.as_of for one in own)
    found = next((one for one in own if one.as_of == day), None)
    if found is None:
        raise _not_yet(day, own)
    _need_rows(settings, [found])
    return found


def _own_runs(settings: Settings) -> list[Run]:
    seen = [run for run in last_recorded_runs(settings.home.books) if settings.actor.scope.sees(run.county)]
    return [run for run in seen if not settings.counties or run.county in settings.counties]


def _not_yet(d: date, own: Sequence[Run]) -> NotYetError:
    days = sorted({run.as_of for run in own}, reverse=True)[:_DAYS_NAMED]
    why = f"the newest are of {', '.join(map(str, days))}" if days else "there is none of any day"
    return NotYetError(f"no run has been recorded for {d}", why=why, advice=f"liangxian run --as-of {d}")


def _need_rows(settings: Settings, runs: Sequence[Run]) -> None:
    gone = erased_deliveries(settings.home.books)
    for run in runs:
        if any(delivery in gone for ids in run.deliveries.values() for delivery in ids):
            what = f"rows that counted on {run.as_of} have been erased on schedule"
            raise RefusedError(what, advice="ask of a later day")
