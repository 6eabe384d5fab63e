"""The warehouse's schemas on PostgreSQL: the declared tables, the version pointer, the readers, and the views."""

import hashlib
from functools import cache
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Engine, MetaData, String, Table, text
from sqlalchemy.schema import CreateTable, SetColumnComment, SetTableComment

from warehouse.books.connection import postgres_engine
from warehouse.evaluation.views import EVALUATION
from warehouse.migrations.apply import HEADS, current_revision, upgrade_within
from warehouse.migrations.ordinary import follow_declarations
from warehouse.postgres.views import VIEW_SCHEMAS, view_statements
from warehouse.sql import literal
from warehouse.tables import SCHEMA, TABLES
from warehouse.tables.ordinary import ORDINARY

STORE_SCHEMAS: Final = (SCHEMA,)
"""Schemas whose tables are migrated; views are made anew instead."""

PUBLISHING: Final = 0x6C787768
"""Key of the lock that a publisher or a migration holds until its transaction ends; readers take none."""

_DIGEST: Final = "views "

store_metadata: Final = MetaData(schema=SCHEMA)

for _table in TABLES:
    _table.to_metadata(store_metadata)

publication = Table(
    "publication",
    store_metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="版本号，从1起"),
    Column("snapshot", String(16), nullable=False, comment="快照名称（内容摘要）"),
    Column("definitions", String(64), nullable=False, comment="表、视图和装载语句的摘要"),
    comment="发布：只有一行，指明读者看到的版本；与所装载的各行在同一事务中移动",
)
"""The version pointer."""

reader = Table(
    "reader",
    store_metadata,
    Column("role", String(63), primary_key=True, comment="数据库登录名"),
    Column("county", String(6), primary_key=True, comment="可读的县级行政区划代码；* 为所有县"),
    Column("kind", String(16), nullable=False, comment="evaluator 评估、department 部门、township 乡镇"),
    Column("department", String(32), comment="部门登录名所属部门；其他为空"),
    Column("township_code", String(9), comment="乡镇登录名所属乡镇；其他为空"),
    CheckConstraint("kind IN ('evaluator', 'department', 'township')", name="reader_kind"),
    CheckConstraint("(kind = 'department') = (department IS NOT NULL)", name="reader_department"),
    CheckConstraint("(kind = 'township') = (township_code IS NOT NULL)", name="reader_township"),
    comment="读者：每个登录名、每个可读的县一行；行级安全按此放行",
)
"""Who may read which rows; row-level security looks here."""


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
