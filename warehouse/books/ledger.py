"""Reading the ledger's events from the books; appending them is the business of pipelines/recording."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, select

from warehouse.books.schema import finding_events


def head_of(books: Engine, county: str) -> str:
    """The digest of a county's last event, which stands for all of them; empty where there is none."""
    query = (
        select(finding_events.c.digest)
        .where(finding_events.c.county == county)
        .order_by(finding_events.c.seq.desc())
        .limit(1)
    )
    with books.connect() as connection:
        return connection.execute(query).scalar() or ""


def finding_events_from(books: Engine, county: str, seq: int) -> list[Mapping[str, Any]]:
    """A county's events from ``seq`` on, in order of the chain."""
    query = (
        select(finding_events)
        .where(finding_events.c.county == county, finding_events.c.seq >= seq)
        .order_by(finding_events.c.seq)
    )
    with books.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]
