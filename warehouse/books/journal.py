"""The journal: one chain a county over everything that its books say: deliveries, runs, and the ledger's own chain.

Each entry vouches for what it names by a digest of it, and follows from the entry before; none can be made without the
home's key (``warehouse/keys.py``), which the books do not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text

from warehouse.books.keyed import keyed_digest
from warehouse.books.schema import deliveries, delivery_events, finding_events, journal, rule_runs, runs

FIRST: Final = "0" * 64
"""What the first entry follows."""


class Kind(StrEnum):
    """What an entry vouches for."""

    SEALED = "sealed"
    """The ledger's events of the time before there was a key; ``subject``: the number of the last."""
    RESEALED = "resealed"
    """The ledger's events up to one, rewritten by a later release so that they name nobody who answered."""
    LEDGER = "ledger"
    """The ledger's chain up to an event; ``subject``: its number."""
    RUN = "run"
    """A run that was recorded."""
    RUN_UNDONE = "run_undone"
    """A run that was taken back."""
    DELIVERY = "delivery"
    """Something that happened to a delivery; ``subject``: its number in the books' log of deliveries."""


@dataclass(frozen=True)
class Entry:
    """An entry, and whether it is where and what it must be."""

    seq: int
    kind: Kind
    subject: str
    content: str
    digest: str
    follows: bool


def append(connection: Connection, county: str, kind: Kind, subject: str, values: Sequence[Any]) -> None:
    """Append an entry behind a county's last; what it vouches for was written before, in the same transaction."""
    if connection.dialect.name == "postgresql":
        # on SQLite what was written before holds the one lock that there is
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key, hashtext(:county))"), {"key": _LOCK, "county": county}
        )
    query = select(journal.c.seq, journal.c.digest).where(journal.c.county == county)
    last = connection.execute(query.order_by(journal.c.seq.desc()).limit(1)).one_or_none()
    entry: dict[str, Any] = {
        "county": county,
        "seq": last.seq + 1 if last else 1,
        "kind": kind.value,
        "subject": subject,
        "content": keyed_digest(connection, values),
        "previous": last.digest if last else FIRST,
    }
    connection.execute(insert(journal), entry | {"digest": _digest(connection, entry)})


_LOCK: Final = 0x6C786A


def entries(connection: Connection, county: str) -> Iterator[Entry]:
    """The entries of a county in order."""
    previous, expected = FIRST, 1
    for row in connection.execute(select(journal).where(journal.c.county == county).order_by(journal.c.seq)):
        entry = dict(row._mapping)
        follows = (
            entry["seq"] == expected and entry["previous"] == previous and entry["digest"] == _digest(connection, entry)
        )
        yield Entry(entry["seq"], Kind(entry["kind"]), entry["subject"], entry["content"], entry["digest"], follows)
        previous, expected = entry["digest"], entry["seq"] + 1


def _digest(connection: Connection, entry: Mapping[str, Any]) -> str:
    names = ("previous", "county", "seq", "kind", "subject", "content")
    return keyed_digest(connection, ["journal", *(entry[name] for name in names)])


def delivery_values(row: Mapping[str, Any]) -> list[Any]:
    """What an entry vouches for of a delivery and of what happened to it (``delivery_rows``).

    Of words for labels only where it was staged with any: entries of earlier releases hold.
    """
    return [row[name] for name in _OF_DELIVERY] + ([row["labels"]] if row["labels"] else [])


_OF_DELIVERY: Final = (
    *("delivery", "feed", "county", "as_of", "source", "files", "sha256", "bytes", "received_at"),
    *("rows_read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused", "dataset_sha256"),
    *("seq", "kind", "reason", "by", "at"),
)


def delivery_rows(connection: Connection, county: str, seq: int | None = None) -> Iterator[Mapping[str, Any]]:
    """What happened to a county's deliveries (or one such event), each with its delivery, in order."""
    query = (
        select(delivery_events, *(column for column in deliveries.c if column.name != "id"))
        .join(deliveries, deliveries.c.id == delivery_events.c.delivery)
        .where(deliveries.c.county == county)
        .order_by(delivery_events.c.seq)
    )
    if seq is not None:
        query = query.where(delivery_events.c.seq == seq)
    for row in connection.execute(query):
        yield dict(row._mapping)


def note_delivery(connection: Connection, county: str, seq: int) -> None:
    """Vouch for what happened to a delivery."""
    for row in delivery_rows(connection, county, seq):
        append(connection, county, Kind.DELIVERY, str(seq), delivery_values(row))


def run_values(row: Mapping[str, Any]) -> list[Any]:
    """What an entry vouches for of a recorded run (``run_rows``): what went in, what its rules said, what it wrote."""
    return [row[name] for name in _OF_RUN]


_OF_RUN: Final = (
    *("id", "county", "as_of", "deliveries", "policy", "code", "position", "seq", "counts"),
    *("findings_digest", "ledger_digest", "before_digest", "rules"),
)


def run_rows(connection: Connection, county: str, run: str | None = None) -> list[dict[str, Any]]:
    """A county's recorded runs (or one of them), each with its ``rules``, in order of recording."""
    wanted = [runs.c.county == county, runs.c.seq.is_not(None), *([runs.c.id == run] if run is not None else [])]
    found = [dict(r._mapping) for r in connection.execute(select(runs).where(*wanted).order_by(runs.c.seq))]
    became = select(rule_runs).join(runs, runs.c.id == rule_runs.c.run).where(*wanted)
    rules: dict[str, list[list[Any]]] = {}
    for row in connection.execute(became.order_by(rule_runs.c.run, rule_runs.c.rule)):
        rules.setdefault(row.run, []).append(list(row))
    return [row | {"rules": rules.get(row["id"], [])} for row in found]


def note_run(connection: Connection, run: str) -> None:
    """Vouch for a run that was just recorded, or for its being undone."""
    row = dict(connection.execute(select(runs).where(runs.c.id == run)).one()._mapping)
    if row["seq"] is None:
        append(connection, row["county"], Kind.RUN_UNDONE, run, [run, row["withdrawn_at"], row["withdrawn_why"]])
    for recorded in run_rows(connection, row["county"], run):
        append(connection, row["county"], Kind.RUN, run, run_values(recorded))


def event_values(row: Mapping[str, Any]) -> list[Any]:
    """An event of the ledger, whole."""
    return [row[column.name] for column in finding_events.c]


def counties_of_books(connection: Connection) -> list[str]:
    """Counties of which the books say anything that a chain vouches for, sorted."""
    found = (select(table.c.county).distinct() for table in (finding_events, journal, runs, deliveries))
    return sorted({county for query in found for county in connection.execute(query).scalars()})


def batches_before_the_key(connection: Connection, county: str) -> frozenset[str]:
    """Batches that a county's departments were sent by an earlier release, as findings stood when it was sealed."""
    sealed = select(journal.c.subject).where(journal.c.county == county, journal.c.kind == Kind.SEALED.value)
    until = connection.execute(sealed).scalar()
    if until is None:
        return frozenset()
    events = finding_events.c
    query = select(events.batch).distinct().where(events.county == county, events.seq <= int(until))
    return frozenset(batch for batch in connection.execute(query).scalars() if batch is not None)
