"""The ledger as the newest recorded run of each county left it."""

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.errors import NotYetError
from pipelines.house.settings import Settings
from warehouse.books.runs import Run, list_runs


def newest_runs(settings: Settings) -> list[Run]:
    """The run recorded last of each county (of those asked for), by county.

    Raises NotYetError where a county that was asked for, or any county at all, has none: no findings recorded is
    not the same as nothing found.
    """
    last: dict[str, Run] = {}
    for run in list_runs(settings.home.books):
        if run.seq is not None and run.seq > (last[run.county].seq or 0 if run.county in last else 0):
            last[run.county] = run
    absent = sorted(set(settings.counties) - set(last))
    if absent or not last:
        raise NotYetError(f"no run has been recorded{' for ' + ', '.join(absent) if absent else ''}")
    return [run for county, run in sorted(last.items()) if not settings.counties or county in settings.counties]


def read_ledgers(settings: Settings, runs: list[Run]) -> pa.Table:
    """Every finding of these runs' counties with its state."""
    tables = [pq.read_table(settings.home.lake.ledger(run.id)) for run in runs]
    return pa.concat_tables(tables, promote_options="default")
