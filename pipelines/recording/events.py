"""Events of a county's ledger in the books: appended behind the last one, read in order."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from warehouse.books import journal
from warehouse.books.chain import FIRST, STANDING, chained
from warehouse.books.lots import lots_of
from warehouse.books.schema import finding_events, findings


def append_events(connection: Connection, county: str, events: Iterable[dict[str, Any]]) -> None:
    """Append events (``chain.CHAINED`` without ``seq``) to the county's chain; only under the county's lock.

    The findings were moved before, in the same transaction: each event says how its finding stands since.
    """
    moved = list(events)
    if not moved:
        return
    stands = _standing(connection, {event["finding_id"] for event in moved})
    last = connection.execute(
        select(finding_events.c.seq, finding_events.c.digest)
        .where(finding_events.c.county == county)
        .order_by(finding_events.c.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, digest = (int(last.seq), str(last.digest)) if last is not None else (0, FIRST)
    rows = list(chained(connection, (event | stands.get(event["finding_id"], NOWHERE) for event in moved), seq, digest))
    connection.execute(insert(finding_events), rows)
    journal.append(connection, county, journal.Kind.LEDGER, str(rows[-1]["seq"]), [rows[-1]["digest"]])


NOWHERE: Final[dict[str, Any]] = dict.fromkeys(STANDING)
"""Of a finding that the ledger has no more."""


def _standing(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    columns = [findings.c[name] for name in STANDING]
    found: dict[str, dict[str, Any]] = {}
    for some in lots_of(ids):
        query = select(findings.c.finding_id, *columns).where(findings.c.finding_id.in_(some))
        found |= {row[0]: dict(zip(STANDING, row[1:], strict=True)) for row in connection.execute(query)}
    return found


def read_events(connection: Connection, county: str, finding_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Events of a county (of one finding), in order of the chain."""
    query = select(finding_events).where(finding_events.c.county == county).order_by(finding_events.c.seq)
    if finding_id is not None:
        query = query.where(finding_events.c.finding_id == finding_id)
    for row in connection.execute(query):
        yield dict(row._mapping)
