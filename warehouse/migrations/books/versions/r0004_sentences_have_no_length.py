"""Reasons and lists of deliveries of any length: a finding that many feeds prove gone was refused by PostgreSQL."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_longer

revision = "0004"
down_revision = "0003"

LENGTH = 400
COLUMNS = (
    ("audit", "purpose"),
    ("feedback_rows", "reason"),
    ("finding_events", "delivery"),
    ("finding_events", "why"),
    ("findings", "cleared_by"),
    ("quality", "description"),
    ("rule_runs", "reason"),
    ("snapshots", "purpose"),
)
"""SQLite has never looked at their length."""


def upgrade() -> None:
    """Take the limit away."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(LENGTH))


def downgrade() -> None:
    """Refuse where something is longer than it could be."""
    if op.get_bind().dialect.name == "postgresql":
        refuse_if_longer(op.get_bind(), COLUMNS, LENGTH)
        for table, column in COLUMNS:
            op.alter_column(table, column, type_=sa.String(LENGTH), existing_type=sa.Text())
