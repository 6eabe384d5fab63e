"""Migrations: from empty, from a filled older version, back without loss; backups of the books; a lost connection."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Table, delete, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from expectations.errors import RefusedError
from warehouse.books import connection as opening
from warehouse.books.append_only import LOGS
from warehouse.books.audit import verify_audit
from warehouse.books.backup import NotEmpty, backup_books, restore_books
from warehouse.books.connection import open_books, postgres_engine
from warehouse.books.schema import metadata
from warehouse.lake import Lake
from warehouse.migrations.apply import BASELINE, HEADS, current_revision, downgrade, heads, upgrade
from warehouse.migrations.refusing import DowngradeRefused
from warehouse.postgres.schema import STORE_SCHEMAS, open_store, store_metadata

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", "postgres"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Callable[[], Engine]]]:
    """Empty books of the first release (which bore no version), and how this release opens them."""
    lake, url = Lake(tmp_path / "home"), None
    if request.param == "postgres":
        url = request.getfixturevalue("database")
        engine = postgres_engine(url, opening.BOOKS)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {opening.BOOKS}"))
    else:
        engine = opening._sqlite(lake)
    upgrade(engine, "books", BASELINE)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    yield engine, lambda: open_books(lake, url)
    engine.dispose()


LATER = {"runs.heard", "snapshots"}
"""Columns and tables that the first release had not."""


def rows_of(books: Engine, *, of_first: bool = False) -> Rows:
    """Every row; ``of_first``: of the tables and columns of the first release."""
    with books.connect() as connection:
        return {
            table.name: [
                tuple(map(str, row))
                for row in connection.execute(select(*_columns(table, of_first)).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
            if not (of_first and table.name in LATER)
        }


def _columns(table: Table, of_first: bool) -> list[Column[Any]]:
    return [column for column in table.c if not (of_first and str(column) in LATER)]


def fill(target: Engine, home: Path) -> None:
    """Put a real night's books into other books, table by table."""
    source = open_books(Lake(home))
    with source.connect() as given, target.begin() as into:
        for table in (t for t in metadata.sorted_tables if t.name not in LATER):
            if rows := [dict(row._mapping) for row in given.execute(select(*_columns(table, True)))]:
                into.execute(table.insert(), rows)
    source.dispose()


@pytest.mark.parametrize("what", sorted(HEADS))
def test_the_noted_head_is_that_of_the_scripts(what: str) -> None:
    assert heads(what) == [HEADS[what]]


def test_migrations_of_the_books_lead_to_what_is_declared(older: tuple[Engine, Callable[[], Engine]]) -> None:
    books = older[1]()
    with books.connect() as connection:
        connection.dialect.supports_comments = False  # a comment needs no migration
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert current_revision(connection, "books") == HEADS["books"]
    books.dispose()


def test_migrations_of_the_warehouse_lead_to_what_is_declared(database: str) -> None:
    store = open_store(database)
    with store.connect() as connection:
        options = {
            "include_schemas": True,
            "include_name": lambda name, type_, _parents: type_ != "schema" or name in STORE_SCHEMAS,
            "version_table_schema": "warehouse",
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), store_metadata)
    store.dispose()
    assert differences == [], "declare a revision: python -m warehouse.migrations --help"


def test_comments_on_postgresql_are_those_declared_now(database: str) -> None:
    store = open_store(database)
    with store.begin() as connection:
        connection.execute(text("COMMENT ON COLUMN warehouse.dim_rule.rule IS 'of an older release'"))
        connection.execute(text("COMMENT ON SCHEMA evaluation IS 'views of an older release'"))
    store.dispose()
    store = open_store(database)
    for table in store_metadata.sorted_tables:
        found = {c["name"]: c["comment"] for c in inspect(store).get_columns(table.name, schema=table.schema)}
        assert found == {c.name: c.comment for c in table.c}
    store.dispose()


def test_new_books_have_what_migrated_books_have(older: tuple[Engine, Callable[[], Engine]], tmp_path: Path) -> None:
    migrated = older[1]()
    if migrated.dialect.name == "sqlite":
        new = open_books(Lake(tmp_path / "new"))
        query = text("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2")
        with migrated.connect() as a, new.connect() as b:
            assert a.execute(query).all() == b.execute(query).all()
        new.dispose()
    migrated.dispose()


def test_filled_books_of_the_first_release_keep_every_row(
    older: tuple[Engine, Callable[[], Engine]], night_home: Path
) -> None:
    engine, reopen = older
    fill(engine, night_home)
    before = rows_of(engine, of_first=True)
    assert len(before["finding_events"]) > 10
    books = reopen()
    assert rows_of(books, of_first=True) == before
    for name in LOGS:
        table = metadata.tables[name]
        for change in (update(table).values(seq=table.c.seq + 1000), delete(table)):
            with books.connect() as connection:
                if name == "audit":
                    connection.execute(table.insert(), _audit_entry())  # rolled back with the change
                with pytest.raises(DatabaseError, match="append-only"):
                    connection.execute(change)
    assert rows_of(books, of_first=True) == before
    books.dispose()


def test_a_downgrade_refuses_to_lose_rows_and_keeps_them(
    older: tuple[Engine, Callable[[], Engine]], night_home: Path
) -> None:
    engine, reopen = older
    fill(engine, night_home)
    books = reopen()
    before = rows_of(books, of_first=True)
    downgrade(books, "books", BASELINE)
    assert rows_of(books, of_first=True) == before
    with pytest.raises(DowngradeRefused, match=r"rows of deliveries") as refused:
        downgrade(books, "books", "base")
    assert ("rule_runs", len(before["rule_runs"])) in refused.value.filled
    assert rows_of(books, of_first=True) == before
    books.dispose()


def test_a_downgrade_refuses_to_shorten_what_postgresql_would_cut(database: str, night_home: Path) -> None:
    books = open_books(Lake(night_home), database)
    fill(books, night_home)
    rule_runs = metadata.tables["rule_runs"]
    with books.begin() as connection:
        connection.execute(update(rule_runs).values(reason="；".join(f"feed_{n}没有已接收的数据" for n in range(40))))
    before = rows_of(books)
    with pytest.raises(DowngradeRefused, match=rf"{len(before['rule_runs'])} rows of rule_runs\.reason;"):
        downgrade(books, "books", "0003")
    assert rows_of(books) == before
    with books.begin() as connection:
        connection.execute(update(rule_runs).values(reason=None))
    downgrade(books, "books", "0003")
    upgrade(books, "books")
    books.dispose()


def test_an_empty_database_can_be_downgraded_to_nothing(older: tuple[Engine, Callable[[], Engine]]) -> None:
    books = older[1]()
    downgrade(books, "books", "base")
    assert set(inspect(books).get_table_names()) <= {"alembic_version"}
    books.dispose()


def test_several_processes_that_open_older_books_at_once_migrate_them_once(
    older: tuple[Engine, Callable[[], Engine]],
) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = [f.result() for f in [pool.submit(older[1]) for _ in range(4)]]
    for books in opened:
        with books.connect() as connection:
            assert current_revision(connection, "books") == HEADS["books"]
        books.dispose()


def test_opening_books_twice_reads_no_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_books(Lake(tmp_path)).dispose()
    monkeypatch.setattr(opening, "_bring_up_to_date", lambda _engine: pytest.fail("migrated again"))
    open_books(Lake(tmp_path)).dispose()


@pytest.mark.parametrize("way", ["sqlite to sqlite", "sqlite to postgres and back"])
def test_a_backup_restored_is_the_same_books(
    way: str, night_home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source = open_books(Lake(night_home))
    file = tmp_path / "books.backup"
    counts = backup_books(source, file)
    assert counts == {name: len(rows) for name, rows in rows_of(source).items()}
    assert file.stat().st_mode & 0o077 == 0
    if way != "sqlite to sqlite":
        between = open_books(Lake(tmp_path / "between"), request.getfixturevalue("database"))
        restore_books(file, between)
        with between.begin() as connection:  # numbers go on behind the restored ones
            last = connection.execute(text("SELECT max(seq) FROM delivery_events")).scalar()
            assert connection.execute(text("SELECT nextval('delivery_events_seq_seq')")).scalar() == (last or 0) + 1
        backup_books(between, file)
        between.dispose()
    target = open_books(Lake(tmp_path / "target"))
    restore_books(file, target)
    assert rows_of(target) == rows_of(source)
    assert verify_audit(target) == verify_audit(source)
    with pytest.raises(NotEmpty, match="deliveries"):
        restore_books(file, target)
    source.dispose()
    target.dispose()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("not a database")
    books = open_books(Lake(tmp_path / "home"))
    with pytest.raises(RefusedError, match="no backup of the books"):
        restore_books(tmp_path / "notes", books)
    books.dispose()


def _audit_entry() -> dict[str, Any]:
    from datetime import UTC, datetime

    entry = dict.fromkeys(("who", "what", "purpose", "sha256", "previous", "digest"), "x")
    return entry | {"seq": 1, "at": datetime(2026, 7, 1, tzinfo=UTC), "filter": {}, "rows": 1}


def test_open_books_outlive_a_restart_of_their_server(database: str, tmp_path: Path) -> None:
    """Every connection breaks, as at a restart; whoever holds the books open gets a new one."""
    books = open_books(Lake(tmp_path / "home"), database)
    with books.connect() as connection:
        before = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    admin = postgres_engine(database, opening.BOOKS)
    with admin.connect() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": before}).scalar_one()
    with books.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != before
    for engine in (books, admin):
        engine.dispose()
