"""What a run has heard, frozen snapshots, and deliveries that are erased on schedule."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_filled

revision = "0003"
down_revision = "0002"

COMMENTS = (
    (
        "audit",
        "what",
        "what was read: findings, explain",
        "what was read (findings, explain) or frozen (freeze)",
    ),
    ("audit", "rows", "findings that were read", "findings that were read, or runs that were frozen"),
    (
        "delivery_events",
        "kind",
        "accepted, rejected, superseded, restored, released",
        "accepted, rejected, superseded, restored, released, erased",
    ),
    (
        "delivery_events",
        "reason",
        "problems of a rejected delivery, in Chinese; who released it and why",
        "problems of a rejected delivery; who released it; why it was erased",
    ),
)
"""Table, column, comment before and after. SQLite keeps no comments."""


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "snapshots",
        sa.Column("name", sa.String(length=64), nullable=False, comment="such as 2026-annual-evaluation"),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False, comment="UTC"),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=400), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False, comment="the published version that was copied"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the copy's bytes"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "runs",
            sa.JSON(),
            nullable=False,
            comment="runs that it holds: their deliveries are kept as long as it stands",
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column(
        "runs",
        sa.Column("heard", sa.Integer(), comment="newest event of the county's deliveries that the run had looked at"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column, before, after in COMMENTS:
            op.alter_column(table, column, comment=after, existing_comment=before)


def downgrade() -> None:
    """Refuse where a snapshot is frozen. What runs have heard goes: the next arrival evaluates each county again."""
    refuse_if_filled(op.get_bind(), ["snapshots"])
    if op.get_bind().dialect.name == "postgresql":
        for table, column, before, after in COMMENTS:
            op.alter_column(table, column, comment=before, existing_comment=after)
    op.drop_column("runs", "heard")
    op.drop_table("snapshots")
