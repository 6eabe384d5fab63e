"""Runs that somebody undid."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_set

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the columns. No run of an earlier release was undone."""
    at = "when somebody undid it; null where it stands"
    op.add_column("runs", sa.Column("withdrawn_at", sa.DateTime(timezone=True), comment=at))
    why = sa.Text().with_variant(sa.String(length=400), "sqlite")
    op.add_column("runs", sa.Column("withdrawn_why", why, comment="who undid it, and why"))


def downgrade() -> None:
    """Refuse where a run was undone: the warehouse would show it again."""
    refuse_if_set(op.get_bind(), "runs", "withdrawn_at")
    op.drop_column("runs", "withdrawn_why")
    op.drop_column("runs", "withdrawn_at")
