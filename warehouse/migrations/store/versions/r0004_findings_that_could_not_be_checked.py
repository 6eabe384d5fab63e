"""Findings that a run could not check, for a row that concerns them was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the mark; what was published before has none."""
    op.add_column(
        "fact_finding",
        sa.Column(
            "unchecked",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="是否本次未能核对（有关的记录被本方退回；旧版台账为空）",
        ),
        schema="warehouse",
    )


def downgrade() -> None:
    """Remove the mark. Nothing is lost: publishing fills it again."""
    op.drop_column("fact_finding", "unchecked", schema="warehouse")
