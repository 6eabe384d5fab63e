"""Why a finding is gone where no data prove it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the reason; what was published before has none."""
    op.add_column(
        "fact_finding",
        sa.Column(
            "cleared_because",
            sa.String(length=16),
            autoincrement=False,
            nullable=True,
            comment="并非数据证明而消除的原因：规则口径变更、政策调整、数据撤回（不算整改；旧版台账为空）",
        ),
        schema="warehouse",
    )


def downgrade() -> None:
    """Remove the reason. Nothing is lost: publishing fills it again."""
    op.drop_column("fact_finding", "cleared_because", schema="warehouse")
