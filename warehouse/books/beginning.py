"""Books and the home's key: known again by its fingerprint, and what books of earlier releases are brought up to.

A migration has no key: what needs one is done here, in the same transaction, when such books are opened.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from expectations.departments import Department
from expectations.errors import DamagedError
from warehouse.books import journal
from warehouse.books.append_only import guard_statements, unguard_statements
from warehouse.books.audit import seal_audit
from warehouse.books.chain import NO_OFFICE, digest_of, plain_digest_of
from warehouse.books.datasets import DIGESTS, digests_of
from warehouse.books.keyed import keys_of
from warehouse.books.schema import audit, deliveries, finding_events, key_fingerprints, runs
from warehouse.digests import KEYED, name_digest
from warehouse.keys import Use

_FINDING: Final = "finding"
_ADVICE: Final = (
    "put keys/finding.key (LIANGXIAN_FINDING_KEY) back from where it is kept; with another one every finding would "
    "look new and no chain could be followed"
)


class KeyLostError(DamagedError):
    """Books whose home has its key no more, or another one: nothing is done until it is back."""

    def __init__(self, what: str) -> None:
        super().__init__(what, advice=_ADVICE)


def note_fingerprint(connection: Connection) -> None:
    """Note which key the books are kept with; the home's first use of it makes it."""
    row = {"name": _FINDING, "fingerprint": keys_of(connection).fingerprint}
    connection.execute(insert(key_fingerprints), row)


def know_key(connection: Connection) -> None:
    """Raise KeyLostError where the home has not the key that the books were kept with.

    Books that hold nothing yet take whichever key there is: a backup may be waited for, and its key be put back first.
    """
    told = key_problem(connection)
    if told is None:
        return
    if journal.counties_of_books(connection) or connection.execute(select(audit.c.seq).limit(1)).first():
        raise KeyLostError(told)
    connection.execute(delete(key_fingerprints))
    note_fingerprint(connection)
    connection.commit()


def key_problem(connection: Connection) -> str | None:
    """What is wrong with the home's key, seen from the books; None where it is theirs. No key is made."""
    query = select(key_fingerprints.c.fingerprint).where(key_fingerprints.c.name == _FINDING)
    noted = connection.execute(query).scalar()
    keys = keys_of(connection)
    if noted is None:
        return "the books do not say with which key they were kept"
    if not keys.is_there:
        return "the key of finding ids is missing, though there are books"
    return None if keys.fingerprint == noted else "the key of finding ids is not the one that the books were kept with"


def begin_chains(connection: Connection) -> None:
    """Seal what books of an earlier release hold, and vouch for it: nothing is appended without the key since."""
    seal_audit(connection)
    for county in journal.counties_of_books(connection):
        _forget_who_answered(connection, county)
        _seal(connection, county, journal.Kind.SEALED)
        _vouch_for_runs_and_deliveries(connection, county)


def forget_who_answered(connection: Connection) -> None:
    """Let no event of before name who answered; chains that did so are sealed once more."""
    for county in journal.counties_of_books(connection):
        if _forget_who_answered(connection, county):
            _seal(connection, county, journal.Kind.RESEALED)


def know_datasets(connection: Connection) -> None:
    """Take what runs wrote and what was staged as it lies in the lake: from here on it is known again."""
    lake = keys_of(connection).lake
    written = [
        {"_run": run} | dict.fromkeys(DIGESTS) | digests_of(connection, lake, run)
        for run in connection.execute(select(runs.c.id).where(runs.c.seq.is_not(None))).scalars().all()
    ]
    staged = select(deliveries).where(deliveries.c.dataset_sha256.is_(None))
    hashed = [
        {"_delivery": row.id, "_sha256": lake.dataset_sha256(row.feed, row.county, row.id)}
        for row in connection.execute(staged).all()
        if lake.staged(row.feed, row.county, row.id).exists()
    ]
    if written:
        values: dict[str, Any] = {name: bindparam(name) for name in DIGESTS}
        connection.execute(update(runs).where(runs.c.id == bindparam("_run")).values(values), written)
    if hashed:
        one = update(deliveries).where(deliveries.c.id == bindparam("_delivery"))
        connection.execute(one.values(dataset_sha256=bindparam("_sha256")), hashed)


def vouch_again(connection: Connection) -> None:
    """Vouch for runs and deliveries as they are, by more than an earlier release did."""
    for county in journal.counties_of_books(connection):
        _vouch_for_runs_and_deliveries(connection, county)


def _vouch_for_runs_and_deliveries(connection: Connection, county: str) -> None:
    for row in list(journal.delivery_rows(connection, county)):
        journal.append(connection, county, journal.Kind.DELIVERY, str(row["seq"]), journal.delivery_values(row))
    for row in journal.run_rows(connection, county):
        journal.append(connection, county, journal.Kind.RUN, row["id"], journal.run_values(row))


def _seal(connection: Connection, county: str, kind: journal.Kind) -> None:
    """Vouch for all events of a county as they are."""
    rows = _events(connection, county)
    if rows:
        values = [journal.event_values(row) for row in rows]
        journal.append(connection, county, kind, str(rows[-1]["seq"]), values)


def _forget_who_answered(connection: Connection, county: str) -> bool:
    """Put digests for the names of who answered, which stand beside the answers; whether there were any.

    An event that does not follow from its digest keeps the name: it is not sealed as if nothing had happened to it.
    """
    key = keys_of(connection).of(Use.DIGEST)
    renamed = [
        {"_seq": event["seq"], "_who": name_digest(key, event["answer"], event["who"])}
        for event in _events(connection, county)
        if event["answer"] is not None and event["who"] not in _OFFICES and not event["who"].startswith(KEYED)
        if event["digest"] in _digests(connection, event)
    ]
    if not renamed:
        return False
    dialect, events = connection.dialect.name, finding_events
    for statement in unguard_statements(events.name, dialect):
        connection.exec_driver_sql(statement)
    one = update(events).where(events.c.county == county, events.c.seq == bindparam("_seq"))
    connection.execute(one.values(who=bindparam("_who")), renamed)
    for statement in guard_statements(events.name, dialect):
        connection.exec_driver_sql(statement)
    return True


_OFFICES: Final = frozenset({NO_OFFICE, *(office.label for office in Department)})
"""Who an event names where an answer named nobody."""


def _digests(connection: Connection, event: Mapping[str, Any]) -> tuple[str, str]:
    """What the digest of an event may be: with the key, and as releases had it that had none."""
    return digest_of(connection, event, event["previous"]), plain_digest_of(event, event["previous"])


def _events(connection: Connection, county: str) -> list[dict[str, Any]]:
    query = select(finding_events).where(finding_events.c.county == county).order_by(finding_events.c.seq)
    return [dict(row._mapping) for row in connection.execute(query)]
