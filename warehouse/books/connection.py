"""Opening the books: SQLite embedded, PostgreSQL by URL."""

import re
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from expectations.errors import PackageMissingError, ValueRefusedError
from warehouse.books.beginning import (
    begin_chains,
    forget_who_answered,
    know_datasets,
    know_key,
    note_fingerprint,
    vouch_again,
)
from warehouse.books.keyed import with_keys
from warehouse.books.schema import metadata
from warehouse.failures import failure_of
from warehouse.keys import Keys
from warehouse.lake import Lake
from warehouse.migrations.apply import BASELINE, HEADS, current_revision, stamp, upgrade_within

BOOKS: Final = "books"
"""Schema of the books on PostgreSQL; the warehouse lies beside it (warehouse, evaluation)."""

_KEYED: Final = "0009"
"""The revision since which the chains have a key."""

_NAMELESS: Final = "0011"
"""The revision since which no event names who answered."""

_KNOWN: Final = "0013"
"""The revision since which all that runs wrote, and all that is staged, is known again."""

_OPENING: Final = 0x6C78626B
"""Key of the lock under which tables are made or migrated on PostgreSQL."""


def open_books(lake: Lake, url: str | None = None, keys: Keys | None = None) -> Engine:
    """An engine on the books, with their tables made or brought up to date where they are not.

    ``url`` is a SQLAlchemy URL (PostgreSQL); without one the books are ``HOME/books.sqlite``. Raises ValueRefusedError
    for another URL, DamagedError or UnavailableError where they cannot be read, now or later, KeyLostError where the
    home has not the key that they were kept with (``keys``: another home's, whose books these are).
    """
    engine = with_keys(_sqlite(lake) if url is None else postgres_engine(url, BOOKS), keys or Keys(lake))
    with engine.connect() as connection:
        revision = current_revision(connection, "books")
    if revision != HEADS["books"]:
        _bring_up_to_date(engine)
    with engine.connect() as connection:
        know_key(connection)
    return engine


def postgres_url(url: str) -> URL:
    """A URL of PostgreSQL; a bare postgresql:// would ask for psycopg2: not installed. Raises ValueRefusedError."""
    wanted = "postgresql://user@host/database"
    try:
        target = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url))
    except (ArgumentError, ValueError):
        # without its text, which may hold the password
        raise ValueRefusedError("the database's URL cannot be read", advice=f"it is such as {wanted}") from None
    if target.drivername != "postgresql+psycopg":
        raise ValueRefusedError(f"the database's URL is of {target.drivername}", advice=f"it is such as {wanted}")
    return target


def postgres_engine(url: str, schema: str) -> Engine:
    """An engine whose unqualified names mean ``schema``. Raises ValueRefusedError, PackageMissingError."""
    try:
        # a night holds its engine for minutes: a server that was restarted meanwhile costs a new connection, not the
        # task; a statement's parameters are people's values
        engine = create_engine(
            postgres_url(url),
            connect_args={"options": f"-csearch_path={schema}"},
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise PackageMissingError(error.name or "psycopg", "postgres") from error
    event.listen(engine, "handle_error", _tell_failure)
    return engine


def _sqlite(lake: Lake) -> Engine:
    lake.home.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{lake.books}", connect_args={"timeout": 60}, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "handle_error", _tell_failure)
    return engine


def _bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or migrate those that an earlier release left; one process at a time."""
    with engine.begin() as connection:
        _hold(connection)
        if current_revision(connection, "books") == HEADS["books"]:
            return  # another process was first
        tables = set(inspect(connection).get_table_names())
        if not tables & set(metadata.tables):
            metadata.create_all(connection)
            stamp(connection, "books", HEADS["books"])
            note_fingerprint(connection)
            return
        before = current_revision(connection, "books")
        if before is None:
            stamp(connection, "books", before := BASELINE)  # of the first release, which said nothing
        upgrade_within(connection, "books")
        if before < _KEYED:
            note_fingerprint(connection)
        if before < _KNOWN:
            know_datasets(connection)
        if before < _KEYED:
            begin_chains(connection)
            return
        if before < _NAMELESS:
            forget_who_answered(connection)
        if before < _KNOWN:
            vouch_again(connection)


def _hold(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _OPENING})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {BOOKS}"))


def _tell_failure(context: ExceptionContext) -> None:
    """What an operator can mend becomes a sentence; a mistake in a statement stays what it is."""
    if context.is_pre_ping:
        return  # an old connection that broke is replaced by a new one
    if failure := failure_of(context.original_exception):
        raise failure from context.original_exception


def _set_pragmas(connection: Any, _record: Any) -> None:
    """Readers beside one writer, nothing lost at a power cut, and nothing left in the file of what was erased."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
