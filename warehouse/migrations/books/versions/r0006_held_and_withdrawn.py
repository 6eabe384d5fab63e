"""Deliveries that are held or withdrawn, and the position in their log that a run looked at."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_told

revision = "0006"
down_revision = "0005"

COMMENTS = (
    (
        "kind",
        "accepted, rejected, superseded, restored, released, erased",
        "accepted, rejected, superseded, restored, released, held, withdrawn, erased",
    ),
    (
        "reason",
        "problems of a rejected delivery; who released it; why it was erased",
        "problems of what is rejected, what is to be confirmed; who decided and why",
    ),
    ("by", "the delivery that superseded this one", "the delivery that superseded this one, or that it waits for"),
)
"""Column of delivery_events, comment before and after. SQLite keeps no comments."""


def upgrade() -> None:
    """Make the column. Runs of earlier releases have none: what they were made of stands in their ids."""
    op.add_column(
        "runs",
        sa.Column(
            "position",
            sa.Integer(),
            comment="events by which the county's deliveries counted: an input of the run's id",
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for column, before, after in COMMENTS:
            op.alter_column("delivery_events", column, comment=after, existing_comment=before)


def downgrade() -> None:
    """Refuse where a delivery was held or withdrawn: an earlier release would not know what to make of it."""
    refuse_if_told(op.get_bind(), "delivery_events", "kind", ("held", "withdrawn"))
    if op.get_bind().dialect.name == "postgresql":
        for column, before, after in COMMENTS:
            op.alter_column("delivery_events", column, comment=before, existing_comment=after)
    op.drop_column("runs", "position")
