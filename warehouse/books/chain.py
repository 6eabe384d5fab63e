"""The chain of a county's ledger events: each event's digest covers the one before, so that no event can be altered."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from warehouse.books.keyed import keyed_digest

FIRST = "0" * 64
CHAINED = (
    "county",
    "seq",
    "finding_id",
    "run",
    "on",
    "who",
    "from_state",
    "to_state",
    "why",
    "evidence_digest",
    "delivery",
    "answer",
)
STANDING: Final = ("batch", "due_on", "silenced_digest")
"""What an event says of how its finding stands since, beside the state."""

NO_OFFICE: Final = "责任单位"
"""Who an event names where nobody is named, and no office answers for the rule."""


def digest_of(connection: Connection, event: Mapping[str, Any], previous: str) -> str:
    """HMAC-SHA256 over the event's fields and the digest before it."""
    return keyed_digest(connection, ["event", previous, *(event[name] for name in (*CHAINED, *STANDING))])


def plain_digest_of(event: Mapping[str, Any], previous: str) -> str:
    """SHA-256 over them, as earlier releases had it."""
    values = [previous, *(None if event[name] is None else str(event[name]) for name in CHAINED)]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def chained(
    connection: Connection, events: Iterable[Mapping[str, Any]], last_seq: int, last_digest: str
) -> Iterator[dict[str, Any]]:
    """The events numbered and chained behind ``last_digest``."""
    seq, previous = last_seq, last_digest
    for event in events:
        seq += 1
        row = {**event, "seq": seq, "previous": previous}
        previous = row["digest"] = digest_of(connection, row, previous)
        yield row
