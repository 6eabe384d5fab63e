"""Registered persons, village rosters and survey results."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fact_registered_person",
        sa.Column(
            "county",
            sa.String(length=6).with_variant(sa.String(length=6, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "member_no",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="人编号",
        ),
        sa.Column(
            "household_no",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="户编号",
        ),
        sa.Column(
            "person_id",
            sa.String(length=18).with_variant(sa.String(length=18, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12).with_variant(sa.String(length=12, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="所在户的行政区划代码（村级12位）",
        ),
        sa.Column(
            "person_status",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="人员状态",
        ),
        sa.Column("status_date", sa.Date(), autoincrement=False, nullable=True, comment="状态变更日期"),
        sa.Column(
            "is_open", sa.Boolean(), autoincrement=False, nullable=False, comment="所在户是否在册未脱贫（未脱贫或返贫）"
        ),
        sa.Column(
            "cause",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="所在户的主要致贫原因",
        ),
        sa.Column(
            "counts",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="是否计入在册人口：人员状态正常；重复登记的只有一条计入",
        ),
        sa.Column(
            "born_on", sa.Date(), autoincrement=False, nullable=True, comment="出生日期（取自证件号码，没有时为空）"
        ),
        sa.Column(
            "on_roll",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="是否在保（低保、特困）；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.Column(
            "insured",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="参保年度内是否正常参保；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.Column(
            "premium_class",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="应资助参保类别；参加城乡居民医保且应资助的才有",
        ),
        sa.Column(
            "premium_yuan_due",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="应资助参保金额（元/年）；参加城乡居民医保且应资助的才有",
        ),
        sa.Column(
            "premium_yuan_paid",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="实际资助参保金额（元/年，多条记录取最少）；同上",
        ),
        sa.Column(
            "of_school_age",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="是否义务教育年龄儿童；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.Column(
            "at_school",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="是否有在读等学籍；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.Column(
            "stage",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="应享受教育资助的学段；没有应享受项目的为空",
        ),
        sa.Column(
            "items_due",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="最近结束的学期应享受的教育资助项数（项）；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.Column(
            "items_received",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="其中已发放的项数（项）；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否",
        ),
        sa.PrimaryKeyConstraint("county", "as_of", "member_no"),
        schema="warehouse",
        comment="建档立卡人员快照：每条人员记录、每个数据截止日一行（人员状态正常的，附各部门数据合并后的保障情况）",
    )
    op.create_table(
        "fact_roster_household",
        sa.Column(
            "county",
            sa.String(length=6).with_variant(sa.String(length=6, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12).with_variant(sa.String(length=12, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "roster_no",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="名册户号",
        ),
        sa.Column(
            "township",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="乡镇",
        ),
        sa.Column(
            "village",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="行政村",
        ),
        sa.Column(
            "head_name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="户主姓名",
        ),
        sa.Column(
            "head_id",
            sa.String(length=18).with_variant(sa.String(length=18, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=False, comment="农业户籍人口数（人）"),
        sa.Column(
            "household_no",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="户编号",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源工作表（CSV为空文本）",
        ),
        sa.Column(
            "source_row",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="来源行号（部门打开文件看到的行号）",
        ),
        sa.PrimaryKeyConstraint("county", "village_code", "roster_no"),
        schema="warehouse",
        comment="村户名册：每村每户一行，为最新数据（一般农户抽样框）",
    )
    op.create_table(
        "fact_survey_result",
        sa.Column(
            "county",
            sa.String(length=6).with_variant(sa.String(length=6, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "sample_id",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="抽样编号",
        ),
        sa.Column(
            "unit_no",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="样本编号",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12).with_variant(sa.String(length=12, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "outcome",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="访问结果：完成、拒访、无人在家、查无此户、未访问",
        ),
        sa.Column("visited_on", sa.Date(), autoincrement=False, nullable=True, comment="访问日期"),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=True, comment="家庭人口数（人）"),
        sa.Column(
            "verdict",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="核查结论：符合、漏评、错退、错评",
        ),
        sa.Column(
            "satisfaction",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=True,
            comment="对帮扶工作是否认可：认可、基本认可、不认可、说不清",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
            comment="来源工作表（CSV为空文本）",
        ),
        sa.Column(
            "source_row",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="来源行号（部门打开文件看到的行号）",
        ),
        sa.PrimaryKeyConstraint("county", "sample_id", "unit_no"),
        schema="warehouse",
        comment="入户调查结果：每次抽样、每个样本户一行，为最新数据",
    )
    op.alter_column(
        "dim_area",
        "name",
        existing_type=sa.VARCHAR(length=200, collation="C"),
        comment="名称（建档立卡户、村户名册中最常见的写法；只在其他部门数据中出现的代码为空）",
        existing_comment="名称（建档立卡户中最常见的写法；只在其他部门数据中出现的代码为空）",
        existing_nullable=True,
        schema="warehouse",
    )


def downgrade() -> None:
    """Remove the tables. Nothing is lost: they are a copy of the published version, and publishing fills them again."""
    op.alter_column(
        "dim_area",
        "name",
        existing_type=sa.VARCHAR(length=200, collation="C"),
        comment="名称（建档立卡户中最常见的写法；只在其他部门数据中出现的代码为空）",
        existing_comment="名称（建档立卡户、村户名册中最常见的写法；只在其他部门数据中出现的代码为空）",
        existing_nullable=True,
        schema="warehouse",
    )
    op.drop_table("fact_survey_result", schema="warehouse")
    op.drop_table("fact_roster_household", schema="warehouse")
    op.drop_table("fact_registered_person", schema="warehouse")
