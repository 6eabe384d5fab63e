"""Logs that only grow: the database itself refuses to change or remove their rows."""

from typing import Final

from warehouse.sql import literal

LOGS: Final = ("audit", "finding_events", "journal")
"""Tables whose chains vouch for what happened."""


def guard_statements(table: str, dialect: str) -> list[str]:
    """Statements that make a log append-only; to be run once, or again."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, {literal(_message(table))}); END"
            for change in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION {literal(_message(table))}; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def unguard_statements(table: str, dialect: str) -> list[str]:
    """Statements that take the guard away; no data are lost by it."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{change}" for change in ("update", "delete")]
    return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}", f"DROP FUNCTION IF EXISTS {table}_refuse()"]


def _message(table: str) -> str:
    return f"the {'audit log' if table == 'audit' else 'ledger'} is append-only"
