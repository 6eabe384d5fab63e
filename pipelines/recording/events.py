"""Events of a county's ledger in the books: appended behind the last one, read in order."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from pipelines.recording.chain import FIRST, chained
from warehouse.books.schema import finding_events


def append_events(connection: Connection, county: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Append events (``chain.CHAINED`` without ``seq``) to the county's chain; only under the county's lock."""
    last = connection.execute(
        select(finding_events.c.seq, finding_events.c.digest)
        .where(finding_events.c.county == county)
        .order_by(finding_events.c.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, digest = (int(last.seq), str(last.digest)) if last is not None else (0, FIRST)
    rows = list(chained(events, seq, digest))
    if rows:
        connection.execute(insert(finding_events), rows)


def read_events(connection: Connection, county: str, finding_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Events of a county (of one finding), in order of the chain."""
    query = select(finding_events).where(finding_events.c.county == county).order_by(finding_events.c.seq)
    if finding_id is not None:
        query = query.where(finding_events.c.finding_id == finding_id)
    for row in connection.execute(query):
        yield dict(row._mapping)
