"""The explanation as a department reads it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the explanation; what was published before has none."""
    op.add_column(
        "fact_finding",
        sa.Column(
            "explanation_department",
            sa.Text(),
            autoincrement=False,
            nullable=True,
            comment="问题描述（责任部门所见：姓名如实，证件号码已脱敏；旧版台账为空）",
        ),
        schema="warehouse",
    )


def downgrade() -> None:
    """Remove the explanation. Nothing is lost: publishing fills it again."""
    op.drop_column("fact_finding", "explanation_department", schema="warehouse")
