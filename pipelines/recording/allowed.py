"""Findings that may still be shown: those that rest on no delivery whose use no document allows any more."""

from collections.abc import Collection
from typing import Final

import pyarrow as pa
from sqlalchemy import Connection, func, select

from expectations.finding import Because
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.transitions import names_one_of
from warehouse.books.schema import finding_events

BARRED: Final = f"{Because.POLICY}：共享依据已撤销（leads.basis），所依据的数据不再采用，从各处撤下，不算整改"
"""What the ledger says of what rests on rows whose use no document allows any more."""


def left_every_output(connection: Connection, county: str) -> set[str]:
    """Findings of which the ledger said so last: what earlier runs wrote has them still, and nobody is shown them."""
    own = select(finding_events.c.finding_id, func.max(finding_events.c.seq).label("seq"))
    barred = select(finding_events.c.finding_id).where(
        finding_events.c.county == county, finding_events.c.why == BARRED
    )
    last = own.where(finding_events.c.county == county, finding_events.c.finding_id.in_(barred))
    newest = last.group_by(finding_events.c.finding_id).subquery()
    told = select(finding_events.c.finding_id).join(
        newest, (finding_events.c.finding_id == newest.c.finding_id) & (finding_events.c.seq == newest.c.seq)
    )
    query = told.where(finding_events.c.county == county, finding_events.c.why == BARRED)
    return set(connection.execute(query).scalars())


def still_allowed(ledger: pa.Table, barred: Collection[str]) -> pa.Table:
    """A ledger without what names one of the ``barred`` deliveries, in its order: one that was written before they were
    has it still."""
    if not barred:
        return ledger
    revoked = pa.table({"delivery": pa.array(sorted(barred), pa.string())})
    with over_arrow(ledger=ledger.append_column("place", pa.array(range(len(ledger)))), revoked=revoked) as connection:
        table = connection.execute(
            f"SELECT * EXCLUDE (place) FROM ledger WHERE NOT {names_one_of('evidence', 'revoked')} ORDER BY place"
        ).to_arrow_table()
    return table.cast(ledger.schema)
