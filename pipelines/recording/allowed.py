"""Findings that may still be shown: those that rest on no delivery whose use no document allows any more."""

from collections.abc import Collection

import pyarrow as pa

from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.transitions import names_one_of


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
