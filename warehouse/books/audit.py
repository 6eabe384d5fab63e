"""The audit log of the books: who read personal values, why and which. Append-only, each entry chained to the last."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from warehouse.books.schema import audit

FIRST = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True)
class AuditCheck:
    """What a look over the chain found: entries, ``seq`` of those that do not follow, and the last digest.

    A chain cannot show that entries were cut off its end; whoever noted an earlier ``head`` and count can.
    """

    entries: int
    broken: tuple[int, ...]
    head: str


def append_audit(
    books: Engine,
    *,
    at: datetime,
    who: str,
    what: str,
    purpose: str,
    asked: Mapping[str, Any],
    rows: int,
    sha256: str,
) -> str:
    """Append an entry and return its digest, which covers the entry before it; ``at`` is aware."""
    with books.begin() as connection:
        _hold(connection)
        last = connection.execute(select(audit.c.seq, audit.c.digest).order_by(audit.c.seq.desc()).limit(1)).first()
        entry: dict[str, Any] = {
            "seq": last.seq + 1 if last else 1,
            "at": at.astimezone(UTC),
            "who": who,
            "what": what,
            "purpose": purpose,
            "filter": dict(asked),
            "rows": rows,
            "sha256": sha256,
            "previous": last.digest if last else FIRST,
        }
        digest = _digest(entry)
        connection.execute(insert(audit), entry | {"digest": digest})
    return digest


def verify_audit(books: Engine) -> AuditCheck:
    """Follow the chain from its first entry."""
    broken: list[int] = []
    count, previous, expected = 0, FIRST, 1
    with books.connect() as connection:
        for row in connection.execute(select(audit).order_by(audit.c.seq)):
            entry = dict(row._mapping)
            follows = entry["seq"] == expected and entry["previous"] == previous
            if not follows or entry["digest"] != _digest(entry):
                broken.append(entry["seq"])
            count, previous, expected = count + 1, entry["digest"], entry["seq"] + 1
    return AuditCheck(count, tuple(broken), previous)


def _hold(connection: Connection) -> None:
    """One writer at a time from here to the end of the transaction: two entries must not follow the same one."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")


def _digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the entry and the digest before it."""
    at = entry["at"] if entry["at"].tzinfo else entry["at"].replace(tzinfo=UTC)
    values = [
        entry["previous"],
        entry["seq"],
        at.astimezone(UTC).isoformat(),
        *(entry[name] for name in ("who", "what", "purpose", "filter", "rows", "sha256")),
    ]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
