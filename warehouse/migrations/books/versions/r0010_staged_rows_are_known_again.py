"""What was staged of a delivery is known again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the column. What an earlier release staged is used as it lies there."""
    comment = "of its staged and refused rows; null where none were kept"
    op.add_column("deliveries", sa.Column("dataset_sha256", sa.String(length=64), comment=comment))


def downgrade() -> None:
    """Forget the hashes."""
    op.drop_column("deliveries", "dataset_sha256")
