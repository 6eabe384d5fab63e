"""The warehouse's schemas on PostgreSQL: tables as they are declared, migrated where that is due, and the views."""

import hashlib
from functools import cache
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.schema import CreateTable, SetColumnComment, SetTableComment

from warehouse.books.connection import postgres_engine
from warehouse.evaluation.views import EVALUATION
from warehouse.migrations.apply import HEADS, current_revision, upgrade_within
from warehouse.migrations.ordinary import follow_declarations
from warehouse.postgres.tables import store_metadata
from warehouse.postgres.views import VIEW_SCHEMAS, view_statements
from warehouse.sql import literal
from warehouse.tables import SCHEMA
from warehouse.tables.ordinary import ORDINARY

STORE_SCHEMAS: Final = (SCHEMA,)
"""Schemas whose tables are migrated; views are made anew instead."""

PUBLISHING: Final = 0x6C787768
"""Key of the lock that a publisher or a migration holds until its transaction ends; readers take none."""

_DIGEST: Final = "views "


def open_store(url: str) -> Engine:
    """An engine on the warehouse, with its tables migrated and its views as they are declared."""
    engine = postgres_engine(url, SCHEMA)
    with engine.connect() as connection:
        ready = current_revision(connection, "store") == HEADS["store"] and _views_digest(connection) == views_digest()
    if not ready:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLISHING})
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            # views first: a migration may change what they read
            for name in reversed(VIEW_SCHEMAS):
                connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
            upgrade_within(connection, "store")
            follow_declarations(connection)
            make_views(connection)
    return engine


def make_views(connection: Connection) -> None:
    """Make the views of every view schema, declared once for DuckDB and put into PostgreSQL's words by sqlglot.

    And say of each table and column what is said of it now: a comment that changes needs no migration.
    """
    for name in VIEW_SCHEMAS:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    for statement in view_statements():
        connection.exec_driver_sql(statement.replace("%", "%%"))
    for table in store_metadata.sorted_tables:
        connection.execute(SetTableComment(table))
        for column in table.c:
            connection.execute(SetColumnComment(column))
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {EVALUATION} IS {literal(_DIGEST + views_digest())}")


@cache
def views_digest() -> str:
    """SHA-256 over all that no revision says: views, comments, ordinary tables. Whether a database has these."""
    comments = [f"{t.name}: {t.comment}" for t in store_metadata.sorted_tables]
    comments += [f"{c.table.name}.{c.name}: {c.comment}" for t in store_metadata.sorted_tables for c in t.c]
    tables = [f"{CreateTable(table)} {[column.name for column in table.primary_key]}" for table in ORDINARY.values()]
    return hashlib.sha256("\n".join([*view_statements(), *comments, *tables]).encode()).hexdigest()


def _views_digest(connection: Connection) -> str:
    comment = connection.execute(
        text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"),
        {"name": EVALUATION},
    ).scalar()
    return str(comment or "").removeprefix(_DIGEST)
