"""Evaluators' views give each recipient numbers of his own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_SENTENCES = ("expected", "actual", "explanation", "evidence")


def upgrade() -> None:
    """Add recipients and cut sentences; evaluators read nothing until they are admitted for a recipient."""
    op.add_column(
        "reader",
        sa.Column("recipient", sa.String(64), comment="评估登录名所属接收方（没有的读不到任何行）；其他为空"),
        schema="warehouse",
    )
    op.create_table(
        "recipient",
        sa.Column("recipient", sa.String(64), primary_key=True, comment="接收方"),
        sa.Column("key_id", sa.String(80), nullable=False, comment="密钥编号"),
        sa.Column("inner_pad", sa.LargeBinary, nullable=False, comment="密钥的内填充（HMAC-SHA-256）"),
        sa.Column("outer_pad", sa.LargeBinary, nullable=False, comment="密钥的外填充（HMAC-SHA-256）"),
        sa.Column("seed", sa.BigInteger, nullable=False, comment="行序种子"),
        comment="接收方密钥：评估视图由此给出接收方自有编号和假名；任何读者都不能读",
        schema="warehouse",
    )
    op.create_table(
        "finding_text",
        sa.Column("county", sa.String(6), nullable=False, comment="县级行政区划代码（GB/T 2260）"),
        sa.Column("finding_id", sa.Text(collation="C"), primary_key=True, comment="问题编号"),
        *(sa.Column(name, sa.Text, comment="该列文字（已脱敏），各部门编号处留出位置") for name in _SENTENCES),
        comment="问题文字：每个问题一行，各部门编号处由视图填入接收方自有编号",
        schema="warehouse",
    )
    # what is published is published anew: the cut sentences are not there yet
    op.execute("UPDATE warehouse.publication SET definitions = ''")


def downgrade() -> None:
    """Remove both. Publishing and admitting fill them again."""
    op.drop_table("finding_text", schema="warehouse")
    op.drop_table("recipient", schema="warehouse")
    op.drop_column("reader", "recipient", schema="warehouse")
