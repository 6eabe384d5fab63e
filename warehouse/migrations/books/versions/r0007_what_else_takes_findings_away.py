"""Why a finding is gone where no data prove it, clocks that stand still, and by which rule book a run judged."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_set

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the columns. Of runs of earlier releases nobody knows the rule book: all rules count as changed, once."""
    because = "why it is gone where no data prove it: 规则口径变更, 政策调整, 数据撤回"
    left = "working days that its deadline has left while the clock stands still"
    book = "digest of what decides what the rule finds; null in books of earlier releases"
    policy = "digest of the policy values that it read at its days"
    op.add_column("findings", sa.Column("cleared_because", sa.String(length=16), comment=because))
    op.add_column("findings", sa.Column("days_left", sa.Integer(), comment=left))
    op.add_column("rule_runs", sa.Column("book", sa.String(length=64), comment=book))
    op.add_column("rule_runs", sa.Column("policy", sa.String(length=64), comment=policy))


def downgrade() -> None:
    """Refuse where a finding is gone for such a reason, or its clock stands still: it would count as put right."""
    for column in ("cleared_because", "days_left"):
        refuse_if_set(op.get_bind(), "findings", column)
    for table, column in (
        ("rule_runs", "policy"),
        ("rule_runs", "book"),
        ("findings", "days_left"),
        ("findings", "cleared_because"),
    ):
        op.drop_column(table, column)
