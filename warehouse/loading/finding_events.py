"""The ledger's events: appended to those of the last load, whose chain they continue."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.loading.errors import AuditFailed
from warehouse.tables.history import fact_finding_event

ReadEvents = Callable[[int], Sequence[Mapping[str, Any]]]
"""The county's events from a number of its chain on."""

_RENAMED = {"happened_on": "on"}


def load_finding_events(connection: duckdb.DuckDBPyConnection, county: str, head: str, read: ReadEvents) -> None:
    """Bring fact_finding_event up to the event whose digest is ``head``. Raises AuditFailed."""
    table = fact_finding_event.fullname
    last = connection.execute(
        f"SELECT seq, digest FROM {table} WHERE county = $1 ORDER BY seq DESC LIMIT 1", [county]
    ).fetchone()
    if last is not None and last[1] == head:
        return
    events = read(last[0] if last else 1)
    if last is not None:
        if events and events[0]["seq"] == last[0] and events[0]["digest"] == last[1]:
            events = events[1:]
        else:  # another chain than the one that was loaded: books were restored
            connection.execute(f"DELETE FROM {table} WHERE county = $1", [county])
            events = read(1)
    rows = [{c.name: event[_RENAMED.get(c.name, c.name)] for c in fact_finding_event.c} for event in events]
    if rows:
        connection.register("new_finding_events", pa.Table.from_pylist(rows))
        connection.execute(f"INSERT INTO {table} BY NAME FROM new_finding_events")
        connection.unregister("new_finding_events")
    _audit(connection, county, head)


def _audit(connection: duckdb.DuckDBPyConnection, county: str, head: str) -> None:
    """The chain is whole: as many events as its last number says, and the last one is the books' last."""
    count, last, digest = connection.execute(
        "SELECT count(*), coalesce(max(seq), 0), coalesce(arg_max(digest, seq), '') "
        f"FROM {fact_finding_event.fullname} WHERE county = $1",
        [county],
    ).fetchone() or (0, 0, "")
    problems = []
    if count != last:
        problems.append(f"fact_finding_event: {count} events of {county}, the chain's last number is {last}")
    if digest != head:
        problems.append(f"fact_finding_event: the last event of {county} is not the last of the books")
    if problems:
        raise AuditFailed(problems)
