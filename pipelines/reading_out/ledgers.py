"""The ledger as the newest recorded run of each county left it, as far as the actor sees it."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from expectations.errors import NotYetError, UnknownError
from pipelines.house.settings import Settings
from warehouse.books.datasets import ledger_of
from warehouse.books.runs import Run, newest_recorded_by_county
from warehouse.books.schema import findings


def newest_runs(settings: Settings) -> list[Run]:
    """The run recorded last of each county (of those asked for), by county.

    Raises NotYetError where a county that was asked for, or any county at all, has none: no findings recorded is
    not the same as nothing found.
    """
    last = newest_recorded_by_county(settings.home.books)
    absent = sorted(set(settings.counties) - set(last))
    if absent or not last:
        raise NotYetError(f"no run has been recorded{' for ' + ', '.join(absent) if absent else ''}")
    return [run for county, run in sorted(last.items()) if not settings.counties or county in settings.counties]


def read_ledgers(settings: Settings, runs: Sequence[Run], columns: list[str] | None = None) -> pa.Table:
    """Every finding of these runs' counties that the actor sees, with its state."""
    home = settings.home
    tables = [pq.read_table(ledger_of(home.books, home.lake, run.id), columns=columns) for run in runs]
    return settings.actor.scope.cut(pa.concat_tables(tables, promote_options="default"))


def find_finding(settings: Settings, digits: str) -> tuple[str, str]:
    """Id and county of the finding whose id begins with these digits.

    One that the actor does not see is not there, nor does it make another's digits ambiguous. Raises UnknownError where
    none or several begin so.
    """
    scope = settings.actor.scope
    query = select(findings.c.finding_id, findings.c.county).where(
        findings.c.finding_id.startswith(digits, autoescape=True)
    )
    if scope.counties:
        query = query.where(findings.c.county.in_(scope.counties))
    query = query.order_by(findings.c.finding_id)
    if not scope.is_part_of_a_county:
        query = query.limit(2)
    with settings.home.books.connect() as connection:
        found = [(str(row.finding_id), str(row.county)) for row in connection.execute(query)]
    if found and scope.is_part_of_a_county:
        counties = {county for _, county in found}
        runs = [run for run in newest_recorded_by_county(settings.home.books).values() if run.county in counties]
        shown = read_ledgers(settings, runs, ["finding_id", "county", "township_code", "owner"])
        seen = set(shown["finding_id"].to_pylist())
        found = [one for one in found if one[0] in seen]
    if len(found) != 1:
        raise UnknownError("finding", digits, several=bool(found))
    return found[0]
