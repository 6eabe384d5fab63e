"""The published warehouse as a function from SQL to rows: what evaluation asks it with."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from expectations.errors import RequestError
from warehouse.evaluation.documented import DAYS
from warehouse.evaluation.sampling.frame import Query
from warehouse.lake import Lake
from warehouse.loading import reading_published


@contextmanager
def published_query(lake: Lake) -> Iterator[Query]:
    """Queries on one version of the warehouse, whatever is published meanwhile.

    Raises NothingPublishedError, OtherReleaseError.
    """
    with reading_published(lake) as connection:

        def query(sql: str) -> Sequence[Mapping[str, Any]]:
            rows: list[dict[str, Any]] = connection.execute(sql).to_arrow_table().to_pylist()
            return rows

        yield query


def newest_day(query: Query, county: str | None, as_of: date | None) -> tuple[str, date]:
    """The county (the only one, where none is named) and its newest D, or the D that is named.

    Raises RequestError where the warehouse does not hold it, or holds several counties and none is named.
    """
    loaded = {(row["county"], row["as_of"]) for row in query(DAYS)}
    counties = sorted({c for c, _ in loaded})
    if county is None:
        if len(counties) != 1:
            raise RequestError(f"name one county of {', '.join(counties) or 'an empty warehouse'}")
        (county,) = counties
    days = sorted(d for c, d in loaded if c == county and as_of in (None, d))
    if not days:
        raise RequestError(f"the warehouse holds nothing of {county}{f' at {as_of}' if as_of else ''}")
    return county, days[-1]
