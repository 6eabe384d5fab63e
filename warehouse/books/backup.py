"""A backup of the books: one SQLite file, whichever store they are in, and the way back into empty books."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, delete, func, insert, select, text
from sqlalchemy.pool import NullPool

from expectations.errors import Place, RefusedError
from warehouse.books.audit import verify_audit
from warehouse.books.connection import open_books
from warehouse.books.keyed import keys_of
from warehouse.books.schema import key_fingerprints, metadata
from warehouse.lake import Lake, atomic_path
from warehouse.migrations.apply import HEADS, stamp

_ROWS = 5_000


class NotEmpty(RefusedError):  # noqa: N818  the name says what is wrong
    """Books that hold something are never overwritten; ``table`` says what holds a row."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"the books are not empty ({table} has rows)", why="a backup goes into empty books only")


def backup_books(books: Engine, target: Path) -> dict[str, int]:
    """Write the books as they are at one moment to ``target`` (atomically); rows of each table."""
    with (
        atomic_path(target, mode=0o600) as temporary,  # the ledger names people's households
        _file(temporary) as copy,
        _reading(books) as source,
        copy.begin() as into,
    ):
        metadata.create_all(into)
        stamp(into, "books", HEADS["books"])  # so that a later release knows what to bring up to date
        counts = _copy(source, into)
    return counts


def restore_books(source: Path, books: Engine) -> dict[str, int]:
    """Put a backup into empty books; rows of each table. An older backup is brought up to date on the way.

    One transaction. Raises NotEmpty, or RefusedError where the file is no backup or its audit log does not hold.
    """
    with tempfile.TemporaryDirectory() as folder:
        aside = Lake(Path(folder))
        shutil.copyfile(source, aside.books)
        if not aside.books.read_bytes()[:15] == b"SQLite format 3":
            raise RefusedError("this is no backup of the books", where=Place(file=source.name))
        copy = open_books(aside, keys=keys_of(books))
        try:
            if broken := verify_audit(copy).broken:
                raise RefusedError(f"its audit log is broken at entry {broken[0]}", where=Place(file=source.name))
            with _reading(copy) as rows, books.begin() as into:
                for table in metadata.sorted_tables:
                    if table is key_fingerprints:
                        into.execute(delete(table))  # the backup's own comes, which is that of the same key
                    elif into.execute(select(func.count()).select_from(table)).scalar():
                        raise NotEmpty(table.name)
                counts = _copy(rows, into)
                if into.dialect.name == "postgresql":
                    _go_on_counting(into)
        finally:
            copy.dispose()
    return counts


def _copy(source: Connection, target: Connection) -> dict[str, int]:
    counts = {}
    for table in metadata.sorted_tables:
        counts[table.name] = 0
        for batch in source.execute(select(table)).partitions(_ROWS):
            target.execute(insert(table), [dict(row._mapping) for row in batch])
            counts[table.name] += len(batch)
    return counts


def _go_on_counting(connection: Connection) -> None:
    """Numbers that the database gives go on behind the restored ones."""
    connection.execute(
        text(
            "SELECT setval(pg_get_serial_sequence('delivery_events', 'seq'), "
            "coalesce((SELECT max(seq) FROM delivery_events), 0) + 1, false)"
        )
    )


@contextmanager
def _reading(books: Engine) -> Iterator[Connection]:
    """A connection that sees one moment."""
    with books.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def _file(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()
