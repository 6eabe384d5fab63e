"""Which counties one worker evaluates at once: small ones together, a large one by itself."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from sqlalchemy import Engine, and_, func, select

from pipelines.reconciling.engines import EngineName
from pipelines.settings import Settings
from pipelines.side_by_side import jobs_for
from warehouse.books.schema import deliveries

_SMALL: Final = 300_000
"""Staged rows of a county that costs less to judge than the statements that it takes."""

_TOGETHER: Final = 1_000_000
"""Staged rows that are held at once."""


def batches_of(settings: Settings, counties: Sequence[str]) -> list[tuple[str, ...]]:
    """The counties in batches of about equal size, as many as keep all jobs busy; large ones first."""
    rows = _staged_rows(settings.office.books, counties) if settings.engine.name is EngineName.DUCKDB else {}
    small = [county for county in counties if rows.get(county, _SMALL + 1) <= _SMALL]
    large = [(county,) for county in counties if county not in set(small)]
    return [*large, *_divide(small, rows, jobs_for(settings, len(small)))]


def _divide(counties: Sequence[str], rows: Mapping[str, int], jobs: int) -> list[tuple[str, ...]]:
    """Neighbours together, in a number of batches that is a multiple of ``jobs``."""
    if not counties:
        return []
    total = sum(rows[county] for county in counties)
    number = min(len(counties), jobs * ceil(max(1, total) / _TOGETHER / jobs))
    batches: list[list[str]] = [[] for _ in range(number)]
    before = 0
    for place, county in enumerate(counties):
        # where its middle lies in the whole; counties without rows by their place
        share = (before + rows[county] / 2) / total if total else place / len(counties)
        batches[min(int(share * number), number - 1)].append(county)
        before += rows[county]
    return [tuple(batch) for batch in batches if batch]


def _staged_rows(books: Engine, counties: Sequence[str]) -> dict[str, int]:
    """Rows of each county's newest deliveries: about what there is to judge."""
    newest = (
        select(deliveries.c.county, deliveries.c.feed, func.max(deliveries.c.as_of).label("as_of"))
        .where(deliveries.c.county.in_(counties))
        .group_by(deliveries.c.county, deliveries.c.feed)
        .subquery()
    )
    same = and_(*(deliveries.c[name] == newest.c[name] for name in ("county", "feed", "as_of")))
    query = select(deliveries.c.county, func.sum(deliveries.c.staged)).join(newest, same).group_by(deliveries.c.county)
    with books.connect() as connection:
        return {county: int(rows or 0) for county, rows in connection.execute(query)}
