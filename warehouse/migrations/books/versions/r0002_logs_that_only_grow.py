"""Logs that only grow: the audit log on PostgreSQL too, and the ledger's events on both."""

from alembic import op

from warehouse.books.append_only import guard_statements, unguard_statements

revision = "0002"
down_revision = "0001"

LOGS = ("audit", "finding_events")


def upgrade() -> None:
    """Guard the logs."""
    for table in LOGS:
        for statement in guard_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take the guards away; the rows stay as they are. On SQLite the audit log had its own before."""
    dialect = op.get_bind().dialect.name
    for table in LOGS:
        if (table, dialect) != ("audit", "sqlite"):
            for statement in unguard_statements(table, dialect):
                op.execute(statement)
