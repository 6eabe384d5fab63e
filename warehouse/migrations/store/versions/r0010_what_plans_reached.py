"""How far plans were reached."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def _needed(name: str, kind: sa.types.TypeEngine[Any], comment: str) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False, comment=comment)


def upgrade() -> None:
    """Make the table; publishing fills it."""
    op.create_table(
        "fact_target_reached",
        _needed("county", _text(6), "县级行政区划代码（GB/T 2260）"),
        _needed("as_of", sa.Date(), "数据截止日"),
        _needed("year", sa.Integer(), "年度"),
        _needed("target", _text(32), "项目：脱贫户数、脱贫人数、危改竣工户数、搬迁入住户数、新增低保户数"),
        _needed("village_code", _text(12), "行政区划代码（村级12位；不在任何村的为县代码加000000）"),
        _needed("reached", sa.Integer(), "各部门数据中的达到数（户、人）"),
        sa.PrimaryKeyConstraint("county", "as_of", "year", "target", "village_code"),
        schema="warehouse",
        comment="年度计划达到数：每县、每个数据截止日、每个有计划的年度和项目、每村一行；所需数据不在的项目没有",
    )


def downgrade() -> None:
    """Remove it. Nothing is lost: publishing fills it again."""
    op.drop_table("fact_target_reached", schema="warehouse")
