"""Months of payments: which have settled, and which are asked about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "fact_payment_month",
        sa.Column(
            "county",
            sa.String(length=6).with_variant(sa.String(length=6, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "month",
            sa.String(length=7).with_variant(sa.String(length=7, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="发放年月",
        ),
        sa.Column("first_day", sa.Date(), autoincrement=False, nullable=False, comment="该月第一天"),
        sa.Column("last_day", sa.Date(), autoincrement=False, nullable=False, comment="该月最后一天"),
        sa.Column(
            "has_settled",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="最近一批发放数据的截止日是否已过该月结清日",
        ),
        sa.Column(
            "is_early",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="提供该月记录的一批数据是否早于结清日（其后可能还有发放）",
        ),
        sa.Column(
            "is_asked",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="是否核对：已结清，且不晚于低保数据的截止日",
        ),
        sa.PrimaryKeyConstraint("county", "as_of", "month"),
        schema="warehouse",
        comment="低保金发放月份：每县、每个数据截止日、每个有发放记录的月份一行，写明是否已结清、是否核对",
    )


def downgrade() -> None:
    """Remove the table. Nothing is lost: it is a copy of the published version, and publishing fills it again."""
    op.drop_table("fact_payment_month", schema="warehouse")
