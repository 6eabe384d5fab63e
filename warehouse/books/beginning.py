"""Books and the home's key: known again by its fingerprint, and the keyed chains begun over what was there before."""

from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from expectations.errors import DamagedError
from warehouse.books import journal
from warehouse.books.audit import seal_audit
from warehouse.books.keyed import keys_of
from warehouse.books.schema import audit, finding_events, key_fingerprints

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
        events = select(finding_events).where(finding_events.c.county == county).order_by(finding_events.c.seq)
        rows: list[Any] = [dict(row._mapping) for row in connection.execute(events)]
        if rows:
            values = [journal.event_values(row) for row in rows]
            journal.append(connection, county, journal.Kind.SEALED, str(rows[-1]["seq"]), values)
        for row in list(journal.delivery_rows(connection, county)):
            subject = str(row["seq"])
            journal.append(connection, county, journal.Kind.DELIVERY, subject, journal.delivery_values(row))
        for row in list(journal.run_rows(connection, county)):
            journal.append(connection, county, journal.Kind.RUN, row["id"], journal.run_values(row))
