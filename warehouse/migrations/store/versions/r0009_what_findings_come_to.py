"""What findings come to in yuan, and how their rules reckon it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COLUMNS = (
    (
        "fact_finding",
        "rule_yuan",
        sa.Numeric(18, 2),
        "规则金额（元）：规则认为应补发或应追回的；不涉及金额的和旧版台账为空",
    ),
    (
        "fact_finding",
        "rule_months",
        sa.Text(),
        "规则金额所属月份，以顿号分隔；同一证同一月只计入一条规则；不按月的为空",
    ),
    ("dim_rule", "amount_side", sa.String(16), "规则金额的性质：应补发、应追回；不涉及金额的为空"),
    ("dim_rule", "amount_how", sa.Text(), "规则金额怎样计算；不涉及金额的为空"),
)


def upgrade() -> None:
    """Add the columns; what was published before has none."""
    for table, name, kind, comment in _COLUMNS:
        column = sa.Column(name, kind, autoincrement=False, nullable=True, comment=comment)
        op.add_column(table, column, schema="warehouse")


def downgrade() -> None:
    """Remove them. Nothing is lost: publishing fills them again."""
    for table, name, _, _ in _COLUMNS:
        op.drop_column(table, name, schema="warehouse")
