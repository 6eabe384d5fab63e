"""Policy values that figures compare with, at the days of the books; what became of a rule is said whole."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


_BEFORE, _NOW = (
    "未评估的原因",
    "未评估、未到时间或不适用的原因；已评估的为没有纳入的数据和没有核对的月份、学期（没有的为空）",
)


def _comment_reason(comment: str, before: str) -> None:
    op.alter_column(
        "fact_rule_run",
        "reason",
        existing_type=sa.Text(collation="C"),
        existing_nullable=True,
        existing_comment=before,
        comment=comment,
        schema="warehouse",
    )


def upgrade() -> None:
    """Make the table, and say what else a rule run's reason can be."""
    _comment_reason(_NOW, _BEFORE)
    op.create_table(
        "dim_policy_reading",
        sa.Column("county", _text(6), autoincrement=False, nullable=False, comment="县级行政区划代码（GB/T 2260）"),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "reading",
            _text(32),
            autoincrement=False,
            nullable=False,
            comment="比较：户收入与扶贫标准、户收入与低保标准、户住房与应改造等级、危改档案与应改造等级、"
            "在册人口与农业户籍人口",
        ),
        sa.Column("key", _text(80), autoincrement=False, nullable=False, comment="参数键"),
        sa.Column(
            "read_on",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="读取该参数的日期：所用各部门数据的截止日中最早的",
        ),
        sa.Column(
            "value",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="参数值（JSON）",
        ),
        sa.Column(
            "number",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="参数值为数时的数值，否则为空",
        ),
        sa.PrimaryKeyConstraint("county", "as_of", "reading", "key"),
        schema="warehouse",
        comment="比较所用政策参数：每县、每个数据截止日、每项比较、每个参数一行，"
        "为所用数据的截止日（不是比对日）有效的值",
    )


def downgrade() -> None:
    """Remove both. Nothing is lost: it is a copy of the published version, and publishing fills it again."""
    _comment_reason(_BEFORE, _NOW)
    op.drop_table("dim_policy_reading", schema="warehouse")
