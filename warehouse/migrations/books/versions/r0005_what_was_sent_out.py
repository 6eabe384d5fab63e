"""Which runs sent findings out, and of which rules they did not."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_filled

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table and the column; of runs that were recorded before, nobody knows it."""
    op.add_column(
        "runs",
        sa.Column(
            "sent",
            sa.Boolean(),
            comment="whether its findings were sent out: a night; null in books of the first release",
        ),
    )
    op.create_table(
        "brakes",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False, comment="more_than_usual or first_night"),
        sa.Column("unsent", sa.Integer(), nullable=False, comment="findings that were not sent out"),
        sa.Column("sent", sa.Integer(), nullable=False, comment="open findings that had been sent out before"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"]),
        sa.PrimaryKeyConstraint("run", "rule"),
    )


def downgrade() -> None:
    """Refuse where a rule's findings wait for somebody: an earlier release would send them out."""
    refuse_if_filled(op.get_bind(), ["brakes"])
    op.drop_table("brakes")
    op.drop_column("runs", "sent")
