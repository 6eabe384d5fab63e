"""Which counties are evaluated at once: small ones together, large ones alone; on a cluster as many as it carries."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from sqlalchemy import Engine, and_, func, select

from pipelines.house.engine_choice import EngineName
from pipelines.house.settings import Settings
from pipelines.house.side_by_side import jobs_for
from warehouse.books.schema import deliveries

_SMALL: Final = 300_000
"""Staged rows of a county that costs less to judge than the statements that it takes."""

_TOGETHER: Final = 1_500_000
"""Staged rows that are held at once."""

_ON_A_CLUSTER: Final = 100_000_000
"""Staged rows that Spark is given at once, of however large counties: their findings come to one process."""


def batches_of(settings: Settings, counties: Sequence[str]) -> list[tuple[str, ...]]:
    """The counties in batches of about equal size, as many as keep all jobs busy; large ones first."""
    rows = _staged_rows(settings.home.books, counties)
    if settings.engine.name is EngineName.SPARK:
        return _divide(counties, rows, 1, _ON_A_CLUSTER)
    small = [county for county in counties if rows[county] <= _SMALL]
    large = [(county,) for county in counties if rows[county] > _SMALL]
    return [*large, *_divide(small, rows, jobs_for(settings, len(small)), _TOGETHER)]


def _divide(counties: Sequence[str], rows: Mapping[str, int], jobs: int, most: int) -> list[tuple[str, ...]]:
    """Neighbours together, about ``most`` rows at once, in a number of batches that is a multiple of ``jobs``."""
    if not counties:
        return []
    total = sum(rows[county] for county in counties)
    number = min(len(counties), jobs * ceil(max(1, total) / most / jobs))
    batches: list[list[str]] = [[] for _ in range(number)]
    before = 0
    for place, county in enumerate(counties):
        # where its middle lies in the whole; counties without rows by their place
        share = (before + rows[county] / 2) / total if total else place / len(counties)
        batches[min(int(share * number), number - 1)].append(county)
        before += rows[county]
    return [tuple(batch) for batch in batches if batch]


def _staged_rows(books: Engine, counties: Sequence[str]) -> dict[str, int]:
    """Rows of each county's newest deliveries: about what there is to judge; none of a county without any."""
    newest = (
        select(deliveries.c.county, deliveries.c.feed, func.max(deliveries.c.as_of).label("as_of"))
        .where(deliveries.c.county.in_(counties))
        .group_by(deliveries.c.county, deliveries.c.feed)
        .subquery()
    )
    same = and_(*(deliveries.c[name] == newest.c[name] for name in ("county", "feed", "as_of")))
    query = select(deliveries.c.county, func.sum(deliveries.c.staged)).join(newest, same).group_by(deliveries.c.county)
    with books.connect() as connection:
        return dict.fromkeys(counties, 0) | {county: int(rows or 0) for county, rows in connection.execute(query)}
