"""The audit log of the books: who read personal values, why and which. Append-only, each entry chained to the last."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, insert, select

from expectations.errors import RefusedError
from warehouse.books.keyed import keyed_digest
from warehouse.books.schema import audit

FIRST = "0" * 64
"""What the first entry follows."""

SEAL: Final = "seal"
"""What an entry is that vouches for those before it."""

_SAID: Final = ("who", "what", "purpose", "filter", "rows", "sha256")


@dataclass(frozen=True)
class AuditCheck:
    """What a look over the chain found: entries, ``seq`` of those that do not follow, and the last digest.

    ``lost``: digests that somebody had noted and that the chain lacks: its end was cut off, or it was written anew.
    """

    entries: int
    broken: tuple[int, ...]
    head: str
    lost: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered."""
        return not (self.broken or self.lost)


@dataclass(frozen=True)
class AtMost:
    """How many entries of one kind somebody may have in a time."""

    entries: int
    within: timedelta


class TooOftenError(RefusedError):
    """Somebody has asked as often as is allowed."""

    def __init__(self, at_most: AtMost) -> None:
        self.at_most = at_most
        minutes = int(at_most.within.total_seconds()) // 60
        super().__init__(f"at most {at_most.entries} in {minutes} minutes", advice="ask again later")


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
    at_most: AtMost | None = None,
) -> str:
    """Append an entry and return its digest, which covers the entry before it; ``at`` is aware.

    Raises TooOftenError, and appends nothing, where ``who`` has ``at_most`` entries of this ``what`` already: whoever
    asks at once from two sides is counted one after the other.
    """
    with books.begin() as connection:
        _hold(connection)
        if at_most is not None and _count(connection, who, what, at - at_most.within) >= at_most.entries:
            raise TooOftenError(at_most)
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
        digest = _keyed(connection, entry)
        connection.execute(insert(audit), entry | {"digest": digest})
    return digest


def seal_audit(connection: Connection) -> None:
    """Seal what an earlier release logged without a key: one entry vouches for all before it."""
    rows = [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]
    if not rows:
        return
    entry: dict[str, Any] = {
        "seq": rows[-1]["seq"] + 1,
        "at": rows[-1]["at"],
        "who": "liangxian",
        "what": SEAL,
        "purpose": "the chain goes on with a key",
        "filter": {"until": rows[-1]["seq"]},
        "rows": len(rows),
        "sha256": keyed_digest(connection, rows),
        "previous": rows[-1]["digest"],
    }
    connection.execute(insert(audit), entry | {"digest": _keyed(connection, entry)})


def verify_audit(books: Engine, noted: Collection[str] = ()) -> AuditCheck:
    """Follow the chain from its first entry; ``noted``: digests that must be in it.

    Entries of a time before there was a key count where a sealed entry vouches for all of them.
    """
    broken: list[int] = []
    previous, expected = FIRST, 1
    with books.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]
        sealed = _sealed(connection, rows)
        for entry in rows:
            digest = _plain(entry) if entry["seq"] <= sealed else _keyed(connection, entry)
            if entry["seq"] != expected or entry["previous"] != previous or entry["digest"] != digest:
                broken.append(entry["seq"])
            previous, expected = entry["digest"], entry["seq"] + 1
    lost = sorted(set(noted) - {FIRST, *(entry["digest"] for entry in rows)})
    return AuditCheck(len(rows), tuple(broken), previous, tuple(lost))


def _sealed(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """The number of the last entry that a seal vouches for; 0 where none does."""
    for at, entry in enumerate(rows):
        if entry["what"] == SEAL and entry["sha256"] == keyed_digest(connection, rows[:at]):
            return int(rows[at - 1]["seq"])
    return 0


def need_room(books: Engine, *, at: datetime, who: str, what: str, at_most: AtMost) -> None:
    """Raise TooOftenError where another entry would not be appended: before anything is read for it."""
    with books.connect() as connection:
        if _count(connection, who, what, at - at_most.within) >= at_most.entries:
            raise TooOftenError(at_most)


def _count(connection: Connection, who: str, what: str, since: datetime) -> int:
    """Entries of somebody later than a moment; those of a clock that was ahead count too."""
    of_whom = (audit.c.who == who, audit.c.what == what, audit.c.at > since.astimezone(UTC))
    return int(connection.execute(select(func.count()).select_from(audit).where(*of_whom)).scalar_one())


def _hold(connection: Connection) -> None:
    """One writer at a time from here to the end of the transaction: two entries must not follow the same one."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")


def _keyed(connection: Connection, entry: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over the entry and the digest before it."""
    return keyed_digest(connection, ["audit", *(entry[name] for name in ("previous", "seq", "at", *_SAID))])


def _plain(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the entry and the digest before it, as earlier releases had it."""
    at = entry["at"] if entry["at"].tzinfo else entry["at"].replace(tzinfo=UTC)
    values = [
        entry["previous"],
        entry["seq"],
        at.astimezone(UTC).isoformat(),
        *(entry[name] for name in _SAID),
    ]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
