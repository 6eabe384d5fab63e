"""The warehouse of the first release."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_filled

revision = "0001"
down_revision = None

TABLES = (
    "reader",
    "publication",
    "fact_student",
    "fact_rule_run",
    "fact_quality",
    "fact_load",
    "fact_housing_case",
    "fact_household_snapshot",
    "fact_finding_event",
    "fact_finding",
    "fact_enrolment",
    "fact_education_subsidy",
    "fact_delivery_event",
    "fact_delivery",
    "fact_certificate_snapshot",
    "fact_benefit_month",
    "dim_rule",
    "dim_policy",
    "dim_person",
    "dim_household",
    "dim_certificate",
    "dim_area",
    "bridge_membership",
    "bridge_household_certificate",
)


def upgrade() -> None:
    """The warehouse of the first release."""
    op.create_table(
        "bridge_household_certificate",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "household_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户编号"
        ),
        sa.Column(
            "certificate_no",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="低保证号",
        ),
        sa.Column("shared_persons", sa.Integer(), autoincrement=False, nullable=False, comment="双方共同人员数（人）"),
        sa.PrimaryKeyConstraint("county", "as_of", "household_no", "certificate_no"),
        schema="warehouse",
        comment="户证关联：每个数据截止日，有共同人员的建档立卡户与有效低保、特困证，每对一行",
    )
    op.create_table(
        "bridge_membership",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "household_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="户键（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "person_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="人键（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "version_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="版本键：每行一个（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "household_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户编号"
        ),
        sa.Column(
            "member_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="人编号"
        ),
        sa.Column(
            "relation",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="与户主关系：户主、配偶、子、女、孙子女、父母、祖父母、兄弟姐妹、其他",
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="有效起始日（含）：首次这样报送的数据截止日",
        ),
        sa.Column(
            "valid_to",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空",
        ),
        sa.Column(
            "known_from",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="知悉时间（UTC）：相应报送被接收的时间",
        ),
        sa.Column(
            "known_to",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="知悉终止时间（UTC，不含）：被改写的时间，未改写的为空",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "household_no", "member_no", "valid_from", "known_from"),
        schema="warehouse",
        comment="户人关联历史：每人在每户、每个与户主关系不变的有效时段和知悉时段一行",
    )
    op.create_table(
        "dim_area",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "area_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="区划代码：县6位、乡镇9位、村12位",
        ),
        sa.Column(
            "level",
            sa.String(length=8, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="级别：county 县、township 乡镇、village 村",
        ),
        sa.Column(
            "parent_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="上级区划代码（县为空）",
        ),
        sa.Column(
            "name",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="名称（建档立卡户中最常见的写法；只在其他部门数据中出现的代码为空）",
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="有效起始日（含）：首次这样报送的数据截止日",
        ),
        sa.Column(
            "valid_to",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空",
        ),
        sa.PrimaryKeyConstraint("county", "area_code", "valid_from"),
        schema="warehouse",
        comment="行政区划：每个县、乡镇、村，每个名称不变的有效时段一行（来自报送数据中的区划代码和名称）",
    )
    op.create_table(
        "dim_certificate",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "certificate_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="证键：同一证在各时段相同（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "version_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="版本键：每行一个（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "certificate_no",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="低保证号",
        ),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户主姓名"
        ),
        sa.Column(
            "head_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "programme",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="救助类别：农村低保、城市低保、农村特困、城市特困、低保边缘",
        ),
        sa.Column(
            "tier", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="保障类别：A、B、C"
        ),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=False, comment="家庭人口数（人）"),
        sa.Column("covered_persons", sa.Integer(), autoincrement=False, nullable=False, comment="保障人口数（人）"),
        sa.Column(
            "monthly_income",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="家庭月人均收入（元/人·月）",
        ),
        sa.Column(
            "benefit_method",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="救助金计算方式：补差、分档、全额",
        ),
        sa.Column(
            "monthly_benefit",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="月保障金额（元/户·月）",
        ),
        sa.Column(
            "category_topup",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="分类施保金（元/户·月）",
        ),
        sa.Column("start_date", sa.Date(), autoincrement=False, nullable=False, comment="保障起始日期"),
        sa.Column(
            "status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="保障状态：在保、渐退、停保",
        ),
        sa.Column("end_date", sa.Date(), autoincrement=False, nullable=True, comment="停保日期"),
        sa.Column("grace_start", sa.Date(), autoincrement=False, nullable=True, comment="渐退起始日期"),
        sa.Column(
            "valid_from",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="有效起始日（含）：首次这样报送的数据截止日",
        ),
        sa.Column(
            "valid_to",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空",
        ),
        sa.Column(
            "known_from",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="知悉时间（UTC）：相应报送被接收的时间",
        ),
        sa.Column(
            "known_to",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="知悉终止时间（UTC，不含）：被改写的时间，未改写的为空",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "certificate_no", "valid_from", "known_from"),
        schema="warehouse",
        comment="低保、特困证历史：每证、每个内容不变的有效时段和知悉时段一行",
    )
    op.create_table(
        "dim_column",
        sa.Column(
            "schema_name", sa.String(length=32, collation="C"), autoincrement=False, nullable=False, comment="模式"
        ),
        sa.Column(
            "table_name", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="表或视图"
        ),
        sa.Column(
            "column_name", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="列"
        ),
        sa.Column(
            "data_type", sa.String(length=32, collation="C"), autoincrement=False, nullable=False, comment="类型"
        ),
        sa.Column("comment", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="说明"),
        sa.Column(
            "feed",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="来源数据（不来自报送数据的为空）",
        ),
        sa.Column(
            "heading",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="来源表头（不来自报送数据的为空）",
        ),
        sa.Column(
            "personal",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="个人信息种类（不是个人信息的为空）",
        ),
        sa.Column("masked", sa.Boolean(), autoincrement=False, nullable=False, comment="是否已脱敏"),
        sa.PrimaryKeyConstraint("schema_name", "table_name", "column_name"),
        schema="warehouse",
        comment="数据字典：每个表和视图的每一列一行",
    )
    op.create_table(
        "dim_date",
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False, comment="日期"),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False, comment="年"),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False, comment="季度（1–4）"),
        sa.Column(
            "month", sa.String(length=7, collation="C"), autoincrement=False, nullable=False, comment="月份（YYYY-MM）"
        ),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False, comment="星期（1 星期一 … 7 星期日）"),
        sa.Column("month_end", sa.Boolean(), autoincrement=False, nullable=False, comment="是否当月最后一天"),
        sa.Column(
            "working_day",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="是否工作日（含调休；国务院办公厅尚未公布安排的年份为空）",
        ),
        sa.PrimaryKeyConstraint("day"),
        schema="warehouse",
        comment="日期：每天一行",
    )
    op.create_table(
        "dim_household",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "household_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="户键：同一户在各时段相同（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "version_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="版本键：每行一个（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "household_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户编号"
        ),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户主姓名"
        ),
        sa.Column(
            "head_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "township", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="乡镇"
        ),
        sa.Column(
            "village", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="行政村"
        ),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=False, comment="家庭人口数（人）"),
        sa.Column(
            "household_type",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="户类型：一般户、低保户、特困供养户",
        ),
        sa.Column("identified_year", sa.Integer(), autoincrement=False, nullable=False, comment="识别年度"),
        sa.Column(
            "poverty_status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="脱贫属性：未脱贫、已脱贫、返贫",
        ),
        sa.Column("exit_year", sa.Integer(), autoincrement=False, nullable=True, comment="脱贫年度"),
        sa.Column(
            "monitoring",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="监测对象类别：无、脱贫不稳定户、边缘易致贫户、突发严重困难户",
        ),
        sa.Column(
            "cause",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="主要致贫原因：因病、因残、因学、因灾、因婚、因丧、缺土地、缺水、缺技术、缺劳力、缺资金、交通条件落后、自身发展动力不足、其他",
        ),
        sa.Column(
            "income_previous",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="上年度人均纯收入（元/人·年）",
        ),
        sa.Column(
            "income_current",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="本年度人均纯收入（元/人·年）",
        ),
        sa.Column("housing_safe", sa.Boolean(), autoincrement=False, nullable=False, comment="住房安全"),
        sa.Column("water_safe", sa.Boolean(), autoincrement=False, nullable=True, comment="饮水安全"),
        sa.Column(
            "helper_name",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="帮扶责任人",
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="有效起始日（含）：首次这样报送的数据截止日",
        ),
        sa.Column(
            "valid_to",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空",
        ),
        sa.Column(
            "known_from",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="知悉时间（UTC）：相应报送被接收的时间",
        ),
        sa.Column(
            "known_to",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="知悉终止时间（UTC，不含）：被改写的时间，未改写的为空",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "household_no", "valid_from", "known_from"),
        schema="warehouse",
        comment="建档立卡户历史：每户、每个内容不变的有效时段和知悉时段一行",
    )
    op.create_table(
        "dim_person",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "person_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="人键：同一人编号在各时段相同（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "version_key",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="版本键：每行一个（散列值，SHA-256前32位）",
        ),
        sa.Column(
            "member_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="人编号"
        ),
        sa.Column("name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="姓名"),
        sa.Column(
            "person_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "person_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "sex", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="性别：男、女"
        ),
        sa.Column("birth_date", sa.Date(), autoincrement=False, nullable=True, comment="出生日期"),
        sa.Column(
            "ethnicity", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="民族"
        ),
        sa.Column(
            "health",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="健康状况：健康、长期慢性病、患有大病、残疾",
        ),
        sa.Column(
            "labour",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="劳动能力：普通劳动力、技能劳动力、弱劳动力或半劳动力、丧失劳动力、无劳动力",
        ),
        sa.Column(
            "schooling",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="在校生状况：非在校生、学前教育、小学、初中、普通高中、中职、高职高专、本科及以上",
        ),
        sa.Column(
            "person_status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="人员状态：正常、死亡、迁出、婚嫁",
        ),
        sa.Column("status_date", sa.Date(), autoincrement=False, nullable=True, comment="状态变更日期"),
        sa.Column(
            "valid_from",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="有效起始日（含）：首次这样报送的数据截止日",
        ),
        sa.Column(
            "valid_to",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空",
        ),
        sa.Column(
            "known_from",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="知悉时间（UTC）：相应报送被接收的时间",
        ),
        sa.Column(
            "known_to",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=True,
            comment="知悉终止时间（UTC，不含）：被改写的时间，未改写的为空",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "member_no", "valid_from", "known_from"),
        schema="warehouse",
        comment="建档立卡人口历史：每人（人编号）、每个内容不变的有效时段和知悉时段一行；所在户见 bridge_membership",
    )
    op.create_table(
        "dim_policy",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column("key", sa.String(length=80, collation="C"), autoincrement=False, nullable=False, comment="参数键"),
        sa.Column("title", sa.String(length=80, collation="C"), autoincrement=False, nullable=True, comment="参数名称"),
        sa.Column("unit", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="单位"),
        sa.Column("value", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="参数值（JSON）"),
        sa.Column(
            "number",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="参数值为数时的数值，否则为空",
        ),
        sa.Column("valid_from", sa.Date(), autoincrement=False, nullable=False, comment="生效日期"),
        sa.Column("valid_to", sa.Date(), autoincrement=False, nullable=True, comment="失效日期（未规定的为空）"),
        sa.Column("source", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="设定该值的文件"),
        sa.PrimaryKeyConstraint("county", "as_of", "key"),
        schema="warehouse",
        comment="政策参数：每县、每个数据截止日、每个参数一行，为该日有效的值",
    )
    op.create_table(
        "dim_rule",
        sa.Column("rule", sa.String(length=8, collation="C"), autoincrement=False, nullable=False, comment="规则编号"),
        sa.Column(
            "name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="规则名称"
        ),
        sa.Column(
            "name_en", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="规则英文名称"
        ),
        sa.Column(
            "owner",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="责任部门；为空的由数据所属部门负责",
        ),
        sa.Column(
            "severity",
            sa.String(length=8, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="严重程度：high 高、medium 中、low 低",
        ),
        sa.Column(
            "subject", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="对象类型"
        ),
        sa.Column("sentence", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="判定条件（一句话）"),
        sa.Column("clears_when", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="如何消除"),
        sa.Column("basis", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="政策依据"),
        sa.PrimaryKeyConstraint("rule"),
        schema="warehouse",
        comment="比对规则：每条规则一行",
    )
    op.create_table(
        "fact_benefit_month",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "certificate_no",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="低保证号",
        ),
        sa.Column(
            "month",
            sa.String(length=7, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="发放年月（YYYY-MM）",
        ),
        sa.Column(
            "yuan_paid",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="发放成功的低保金（元）",
        ),
        sa.Column(
            "yuan_returned",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="退回的低保金（元）",
        ),
        sa.Column(
            "yuan_pending",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="待发的低保金（元）",
        ),
        sa.Column("payments", sa.Integer(), autoincrement=False, nullable=False, comment="合并的发放记录数（条）"),
        sa.Column(
            "payments_made", sa.Integer(), autoincrement=False, nullable=False, comment="其中发放成功的记录数（条）"
        ),
        sa.PrimaryKeyConstraint("county", "certificate_no", "month"),
        schema="warehouse",
        comment="低保金发放：每证、每月一行，为最新数据",
    )
    op.create_table(
        "fact_certificate_snapshot",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "certificate_no",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="低保证号",
        ),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户主姓名"
        ),
        sa.Column(
            "head_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "programme",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="救助类别：农村低保、城市低保、农村特困、城市特困、低保边缘",
        ),
        sa.Column(
            "tier", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="保障类别：A、B、C"
        ),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=False, comment="家庭人口数（人）"),
        sa.Column("covered_persons", sa.Integer(), autoincrement=False, nullable=False, comment="保障人口数（人）"),
        sa.Column(
            "monthly_income",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="家庭月人均收入（元/人·月）",
        ),
        sa.Column(
            "benefit_method",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="救助金计算方式：补差、分档、全额",
        ),
        sa.Column(
            "monthly_benefit",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="月保障金额（元/户·月）",
        ),
        sa.Column(
            "category_topup",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="分类施保金（元/户·月）",
        ),
        sa.Column("start_date", sa.Date(), autoincrement=False, nullable=False, comment="保障起始日期"),
        sa.Column(
            "status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="保障状态：在保、渐退、停保",
        ),
        sa.Column("end_date", sa.Date(), autoincrement=False, nullable=True, comment="停保日期"),
        sa.Column("grace_start", sa.Date(), autoincrement=False, nullable=True, comment="渐退起始日期"),
        sa.Column(
            "in_force",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="截止日是否有效（在保或渐退，已起保且未停保）",
        ),
        sa.Column("member_rows", sa.Integer(), autoincrement=False, nullable=True, comment="成员记录数（条）"),
        sa.Column(
            "covered_member_rows", sa.Integer(), autoincrement=False, nullable=True, comment="其中保障对象记录数（条）"
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "as_of", "certificate_no"),
        schema="warehouse",
        comment="低保、特困证快照：每证、每个数据截止日一行",
    )
    op.create_table(
        "fact_delivery",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "delivery", sa.String(length=160, collation="C"), autoincrement=False, nullable=False, comment="批次编号"
        ),
        sa.Column(
            "feed", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="数据名称（英文）"
        ),
        sa.Column(
            "feed_title", sa.String(length=64, collation="C"), autoincrement=False, nullable=True, comment="数据名称"
        ),
        sa.Column(
            "department", sa.String(length=32, collation="C"), autoincrement=False, nullable=True, comment="报送部门"
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=True, comment="数据截止日（文件名中没有的为空）"),
        sa.Column(
            "source",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源：file 文件、pull 抽取、push 推送",
        ),
        sa.Column("files", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="文件名（JSON 列表）"),
        sa.Column(
            "sha256",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="内容摘要（SHA-256）",
        ),
        sa.Column("bytes", sa.BigInteger(), autoincrement=False, nullable=False, comment="字节数"),
        sa.Column("rows_read", sa.BigInteger(), autoincrement=False, nullable=True, comment="读取行数"),
        sa.Column("rows_staged", sa.BigInteger(), autoincrement=False, nullable=True, comment="入库行数"),
        sa.Column("rows_quarantined", sa.BigInteger(), autoincrement=False, nullable=True, comment="隔离行数"),
        sa.Column(
            "rows_totals_or_blank", sa.BigInteger(), autoincrement=False, nullable=True, comment="合计行或空行数"
        ),
        sa.Column("rows_repeated", sa.BigInteger(), autoincrement=False, nullable=True, comment="重复行数"),
        sa.Column("values_refused", sa.BigInteger(), autoincrement=False, nullable=True, comment="入库行中被拒的值数"),
        sa.Column(
            "status",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="状态：accepted 接收、rejected 退回、superseded 被替代、erased 已按期删除",
        ),
        sa.Column("reason", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="退回原因"),
        sa.Column("in_force", sa.Boolean(), autoincrement=False, nullable=False, comment="最近一次比对是否使用"),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), autoincrement=False, nullable=False, comment="收到时间（UTC）"
        ),
        sa.PrimaryKeyConstraint("delivery"),
        schema="warehouse",
        comment="报送批次：每个批次一行（含退回的）",
    )
    op.create_table(
        "fact_delivery_event",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False, comment="顺序号（台账内）"),
        sa.Column(
            "delivery", sa.String(length=160, collation="C"), autoincrement=False, nullable=False, comment="批次编号"
        ),
        sa.Column(
            "feed", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="数据名称（英文）"
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=True, comment="数据截止日（文件名中没有的为空）"),
        sa.Column(
            "kind",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="变动：accepted 接收、rejected 退回、superseded 被替代、restored 恢复、released 放行",
        ),
        sa.Column(
            "happened_at", sa.DateTime(timezone=True), autoincrement=False, nullable=False, comment="发生时间（UTC）"
        ),
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            autoincrement=False,
            nullable=False,
            comment="知悉时间（UTC）：按顺序号不倒退的发生时间",
        ),
        sa.PrimaryKeyConstraint("county", "seq"),
        schema="warehouse",
        comment="报送批次变动：每次接收、退回、被替代、恢复、放行一行；知悉时间由此而来",
    )
    op.create_table(
        "fact_education_subsidy",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "student_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="学籍号"
        ),
        sa.Column(
            "school_year", sa.String(length=9, collation="C"), autoincrement=False, nullable=False, comment="学年"
        ),
        sa.Column(
            "term", sa.String(length=32, collation="C"), autoincrement=False, nullable=False, comment="学期：秋季、春季"
        ),
        sa.Column(
            "item",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="资助项目：学前教育资助、义务教育生活补助、普通高中助学金、普通高中免学费、中职助学金、中职免学费、雨露计划",
        ),
        sa.Column(
            "yuan_paid",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="发放成功的资助（元）",
        ),
        sa.Column(
            "yuan_returned",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="退回的资助（元）",
        ),
        sa.Column(
            "yuan_pending",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="待发的资助（元）",
        ),
        sa.Column("payments", sa.Integer(), autoincrement=False, nullable=False, comment="合并的发放记录数（条）"),
        sa.Column(
            "payments_made", sa.Integer(), autoincrement=False, nullable=False, comment="其中发放成功的记录数（条）"
        ),
        sa.PrimaryKeyConstraint("county", "student_no", "school_year", "term", "item"),
        schema="warehouse",
        comment="教育资助：每个学生、学期、资助项目一行，为最新数据",
    )
    op.create_table(
        "fact_enrolment",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="姓名"),
        sa.Column(
            "person_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "person_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码为空的原因（有效时为空）",
        ),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False, comment="参保年度"),
        sa.Column(
            "scheme",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="险种：城乡居民、职工",
        ),
        sa.Column(
            "enrolment_status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="参保状态：正常参保、暂停参保、终止参保",
        ),
        sa.Column("paid_on", sa.Date(), autoincrement=False, nullable=True, comment="缴费日期"),
        sa.Column(
            "own_contribution",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="个人缴费金额（元）",
        ),
        sa.Column(
            "subsidy_class",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="资助类别：特困、低保、低保边缘、返贫致贫、监测对象、无",
        ),
        sa.Column(
            "subsidy_amount",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="资助金额（元）",
        ),
        sa.Column(
            "county_code",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="参保地（县级6位代码）",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "source_delivery", "source_file", "source_sheet", "source_row"),
        schema="warehouse",
        comment="基本医保参保：每条参保记录（人、年度、险种，及参保地和状态）一行，为最新数据",
    )
    op.create_table(
        "fact_finding",
        sa.Column(
            "finding_id",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="问题编号（由规则、县、对象、期间导出，不含个人信息）",
        ),
        sa.Column("rule", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="规则编号"),
        sa.Column(
            "rule_name", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="问题类型（规则名称）"
        ),
        sa.Column(
            "severity",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="严重程度：high 高、medium 中、low 低",
        ),
        sa.Column(
            "certainty",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="把握程度：certain 确定、possible 待核",
        ),
        sa.Column("owner", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="责任部门"),
        sa.Column(
            "county",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("township", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="乡镇"),
        sa.Column("village", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="村"),
        sa.Column("subject_kind", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="对象类型"),
        sa.Column("subject_key", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="对象键"),
        sa.Column("household_no", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="户编号"),
        sa.Column("certificate_no", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="低保证号"),
        sa.Column("person_id", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="证件号码"),
        sa.Column("name", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="姓名"),
        sa.Column(
            "period",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="期间（参保年度、学年或月份；无期间的为空文本）",
        ),
        sa.Column("expected", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="应有情况"),
        sa.Column("actual", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="实际情况"),
        sa.Column("explanation", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="问题描述"),
        sa.Column("clears_when", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="如何消除"),
        sa.Column(
            "evidence",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证据（JSON：数据、批次、文件、工作表、行号及所用的值）",
        ),
        sa.Column("first_seen", sa.Date(), autoincrement=False, nullable=True, comment="首次发现日（数据截止日）"),
        sa.Column("last_seen", sa.Date(), autoincrement=False, nullable=True, comment="最近发现日（数据截止日）"),
        sa.Column("state", sa.Text(collation="C"), autoincrement=False, nullable=False, comment="台账状态"),
        sa.Column("due_on", sa.Date(), autoincrement=False, nullable=True, comment="办理期限"),
        sa.Column(
            "subject_key_masked", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="对象键（已脱敏）"
        ),
        sa.Column(
            "person_id_masked", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="证件号码（已脱敏）"
        ),
        sa.Column("name_masked", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="姓名（已脱敏）"),
        sa.Column(
            "expected_masked", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="应有情况（已脱敏）"
        ),
        sa.Column(
            "actual_masked", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="实际情况（已脱敏）"
        ),
        sa.Column(
            "explanation_masked",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=True,
            comment="问题描述（已脱敏）",
        ),
        sa.Column(
            "evidence_masked",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证据（JSON：数据、批次、文件、工作表、行号及所用的值）（已脱敏）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="村级区划代码",
        ),
        sa.Column(
            "township_code",
            sa.String(length=9, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="乡镇区划代码",
        ),
        sa.Column(
            "batch",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="下发批次（未下发的为空）",
        ),
        sa.Column("dispatched_on", sa.Date(), autoincrement=False, nullable=True, comment="下发日期"),
        sa.Column(
            "cleared_by", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="证明问题已消除的报送批次"
        ),
        sa.Column("past_period", sa.Boolean(), autoincrement=False, nullable=False, comment="是否往期问题"),
        sa.Column(
            "evidence_digest",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证据摘要（SHA-256）",
        ),
        sa.Column(
            "case_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="危改档案编号"
        ),
        sa.Column(
            "student_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="学籍号"
        ),
        sa.Column("school", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="学校"),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="户主姓名"
        ),
        sa.PrimaryKeyConstraint("finding_id"),
        schema="warehouse",
        comment="问题：每个问题一行，为台账现状",
    )
    op.create_table(
        "fact_finding_event",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False, comment="本县事件链中的顺序号"),
        sa.Column(
            "finding_id", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="问题编号"
        ),
        sa.Column(
            "run",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="比对编号（不由比对引起的为空）",
        ),
        sa.Column(
            "happened_on", sa.Date(), autoincrement=False, nullable=False, comment="变化日期（数据截止日或答复日期）"
        ),
        sa.Column(
            "who",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="由谁引起：night 当晚比对，或部门、复核人",
        ),
        sa.Column(
            "from_state",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="变化前状态（新问题为空）",
        ),
        sa.Column(
            "to_state", sa.String(length=16, collation="C"), autoincrement=False, nullable=False, comment="变化后状态"
        ),
        sa.Column("why", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="原因"),
        sa.Column(
            "delivery", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="证明变化的报送批次或反馈表"
        ),
        sa.Column(
            "evidence_digest",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证据摘要（SHA-256）",
        ),
        sa.Column(
            "digest",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="本事件与前一事件的链式摘要（SHA-256）",
        ),
        sa.PrimaryKeyConstraint("county", "seq"),
        schema="warehouse",
        comment="问题变动：每个问题的每次状态变化一行，只增不改；可能比 fact_finding（当晚台账）新",
    )
    op.create_table(
        "fact_household_snapshot",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "household_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户编号"
        ),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户主姓名"
        ),
        sa.Column(
            "head_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "township", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="乡镇"
        ),
        sa.Column(
            "village", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="行政村"
        ),
        sa.Column("persons", sa.Integer(), autoincrement=False, nullable=False, comment="家庭人口数（人）"),
        sa.Column(
            "household_type",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="户类型：一般户、低保户、特困供养户",
        ),
        sa.Column("identified_year", sa.Integer(), autoincrement=False, nullable=False, comment="识别年度"),
        sa.Column(
            "poverty_status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="脱贫属性：未脱贫、已脱贫、返贫",
        ),
        sa.Column("exit_year", sa.Integer(), autoincrement=False, nullable=True, comment="脱贫年度"),
        sa.Column(
            "monitoring",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="监测对象类别：无、脱贫不稳定户、边缘易致贫户、突发严重困难户",
        ),
        sa.Column(
            "cause",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="主要致贫原因：因病、因残、因学、因灾、因婚、因丧、缺土地、缺水、缺技术、缺劳力、缺资金、交通条件落后、自身发展动力不足、其他",
        ),
        sa.Column(
            "income_previous",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="上年度人均纯收入（元/人·年）",
        ),
        sa.Column(
            "income_current",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=False,
            comment="本年度人均纯收入（元/人·年）",
        ),
        sa.Column("housing_safe", sa.Boolean(), autoincrement=False, nullable=False, comment="住房安全"),
        sa.Column("water_safe", sa.Boolean(), autoincrement=False, nullable=True, comment="饮水安全"),
        sa.Column(
            "helper_name",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="帮扶责任人",
        ),
        sa.Column(
            "is_open", sa.Boolean(), autoincrement=False, nullable=False, comment="是否在册未脱贫（未脱贫或返贫）"
        ),
        sa.Column(
            "registered_members",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人数（人员状态正常，人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "members_without_number",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中没有有效证件号码的人数（人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "members_on_roll",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中在保（低保、特困）人数（人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "linked_certificates",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="关联的有效低保、特困证数（本）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "benefit_yuan_month",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="关联低保、特困证的月保障金额合计（元/月）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "insurance_year",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="参保年度；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "insured_members",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中该年度正常参保人数（人，按有效证件号码）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "uninsured_members",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中该年度未参保人数（人，按有效证件号码）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "school_year",
            sa.String(length=9, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="学年；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "pupils",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中有在读等学籍的人数（人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "school_age_children",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员中义务教育年龄儿童数（人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "out_of_school_children",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="义务教育年龄儿童中没有学籍的人数（人）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "education_term",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="教育资助所属学期（最近结束的学期）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "education_items_received",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="该学期发放成功的资助项数（人×项）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "education_yuan_received",
            sa.Numeric(precision=18, scale=2),
            autoincrement=False,
            nullable=True,
            comment="该学期发放成功的资助金额（元）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "housing_cases",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="在册人员为户主的危改档案数（份）；该项数据缺失、过期或尚不能判断时为空，不是零",
        ),
        sa.Column(
            "housing_case_no",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="最近一次鉴定的档案编号",
        ),
        sa.Column(
            "housing_grade",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="最近一次鉴定等级",
        ),
        sa.Column("housing_assessed_on", sa.Date(), autoincrement=False, nullable=True, comment="最近一次鉴定日期"),
        sa.Column(
            "housing_method",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="该档案的改造方式",
        ),
        sa.Column("housing_started_on", sa.Date(), autoincrement=False, nullable=True, comment="该档案的开工日期"),
        sa.Column("housing_completed_on", sa.Date(), autoincrement=False, nullable=True, comment="该档案的竣工日期"),
        sa.Column(
            "housing_acceptance",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="该档案的验收结果",
        ),
        sa.Column(
            "open_findings",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="该次比对后台账中本户未了结的问题数（条）",
        ),
        sa.Column(
            "open_rules",
            sa.Text(collation="C"),
            autoincrement=False,
            nullable=False,
            comment="未了结问题的规则编号，以顿号分隔（没有时为空文本）",
        ),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "as_of", "household_no"),
        schema="warehouse",
        comment="建档立卡户快照：每户、每个数据截止日一行（户登记各项，及各部门数据合并后的人数和金额）",
    )
    op.create_table(
        "fact_housing_case",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "case_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="档案编号"
        ),
        sa.Column(
            "head_name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="户主姓名"
        ),
        sa.Column(
            "head_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "head_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="户主证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "village_code",
            sa.String(length=12, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="行政区划代码（村级12位）",
        ),
        sa.Column(
            "grade",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="鉴定等级：A、B、C、D",
        ),
        sa.Column("assessed_on", sa.Date(), autoincrement=False, nullable=False, comment="鉴定日期"),
        sa.Column(
            "method",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="改造方式：新建、修缮加固、置换、租赁、兜底建设、无需改造",
        ),
        sa.Column("plan_year", sa.Integer(), autoincrement=False, nullable=True, comment="计划年度"),
        sa.Column("started_on", sa.Date(), autoincrement=False, nullable=True, comment="开工日期"),
        sa.Column("completed_on", sa.Date(), autoincrement=False, nullable=True, comment="竣工日期"),
        sa.Column(
            "acceptance",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="验收结果：合格、不合格、未验收",
        ),
        sa.Column(
            "subsidy", sa.Numeric(precision=18, scale=2), autoincrement=False, nullable=False, comment="补助金额（元）"
        ),
        sa.Column(
            "paid", sa.Numeric(precision=18, scale=2), autoincrement=False, nullable=False, comment="拨付金额（元）"
        ),
        sa.Column("paid_on", sa.Date(), autoincrement=False, nullable=True, comment="拨付日期"),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "case_no"),
        schema="warehouse",
        comment="农村危房改造：每份档案一行，为最新数据",
    )
    op.create_table(
        "fact_load",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column("run", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="比对编号"),
        sa.Column("code", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="程序版本"),
        sa.Column(
            "digest",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="装载内容摘要（SHA-256，时钟除外）",
        ),
        sa.Column(
            "definitions",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="表、视图和装载语句的摘要（不同则整库重建）",
        ),
        sa.PrimaryKeyConstraint("county", "as_of"),
        schema="warehouse",
        comment="装载记录：每县、每个数据截止日一行，写明数据来自哪一次比对",
    )
    op.create_table(
        "fact_quality",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column(
            "delivery", sa.String(length=160, collation="C"), autoincrement=False, nullable=False, comment="批次编号"
        ),
        sa.Column(
            "expectation", sa.String(length=160, collation="C"), autoincrement=False, nullable=False, comment="期望"
        ),
        sa.Column(
            "column_name",
            sa.String(length=64, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="列（针对整批的为空文本）",
        ),
        sa.Column(
            "severity",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="程度：warn 提示、reject 退回",
        ),
        sa.Column("success", sa.Boolean(), autoincrement=False, nullable=False, comment="是否满足"),
        sa.Column(
            "observed",
            sa.String(length=200, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="观察到的数值（不含个人信息）",
        ),
        sa.Column(
            "description", sa.String(length=400, collation="C"), autoincrement=False, nullable=True, comment="说明"
        ),
        sa.PrimaryKeyConstraint("delivery", "expectation"),
        schema="warehouse",
        comment="数据质量：每个批次、每条期望一行",
    )
    op.create_table(
        "fact_rule_run",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column("rule", sa.String(length=8, collation="C"), autoincrement=False, nullable=False, comment="规则编号"),
        sa.Column("run", sa.String(length=64, collation="C"), autoincrement=False, nullable=False, comment="比对编号"),
        sa.Column(
            "status",
            sa.String(length=16, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="evaluated 已比对、not_evaluated 未比对",
        ),
        sa.Column("reason", sa.Text(collation="C"), autoincrement=False, nullable=True, comment="未比对的原因"),
        sa.Column(
            "candidates",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="被比对的行数：规则所用第一类数据的在用行数（未比对的为空）",
        ),
        sa.Column("findings", sa.Integer(), autoincrement=False, nullable=True, comment="发现的问题数（未比对的为空）"),
        sa.Column("seconds", sa.Float(), autoincrement=False, nullable=True, comment="用时（秒）"),
        sa.PrimaryKeyConstraint("county", "as_of", "rule"),
        schema="warehouse",
        comment="规则执行：每次比对、每条规则一行",
    )
    op.create_table(
        "fact_student",
        sa.Column(
            "county",
            sa.String(length=6, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="县级行政区划代码（GB/T 2260）",
        ),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False, comment="数据截止日"),
        sa.Column(
            "name", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="学生姓名"
        ),
        sa.Column(
            "person_id",
            sa.String(length=18, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码（18位；无效时为空）",
        ),
        sa.Column(
            "person_id_problem",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=True,
            comment="证件号码为空的原因（有效时为空）",
        ),
        sa.Column(
            "student_no", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="学籍号"
        ),
        sa.Column("school", sa.String(length=200, collation="C"), autoincrement=False, nullable=False, comment="学校"),
        sa.Column(
            "stage",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="学段：学前、小学、初中、普通高中、中职、高等教育",
        ),
        sa.Column("grade", sa.String(length=200, collation="C"), autoincrement=False, nullable=True, comment="年级"),
        sa.Column(
            "student_status",
            sa.String(length=32, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="学籍状态：在读、休学、辍学、毕业、转出、送教上门、延缓入学、县外就读",
        ),
        sa.Column("enrolled_on", sa.Date(), autoincrement=False, nullable=True, comment="入学日期"),
        sa.Column(
            "source_delivery",
            sa.String(length=160, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源报送批次编号",
        ),
        sa.Column(
            "source_file",
            sa.String(length=255, collation="C"),
            autoincrement=False,
            nullable=False,
            comment="来源文件名（部门报送时的文件名）",
        ),
        sa.Column(
            "source_sheet",
            sa.String(length=255, collation="C"),
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
        sa.PrimaryKeyConstraint("county", "as_of", "student_no", "school"),
        schema="warehouse",
        comment="学籍快照：每个学生、学校、数据截止日一行",
    )
    op.create_table(
        "publication",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False, comment="版本号，从1起"),
        sa.Column("snapshot", sa.String(length=16), nullable=False, comment="快照名称（内容摘要）"),
        sa.Column("definitions", sa.String(length=64), nullable=False, comment="表、视图和装载语句的摘要"),
        sa.PrimaryKeyConstraint("number"),
        schema="warehouse",
        comment="发布：只有一行，指明读者看到的版本；与所装载的各行在同一事务中移动",
    )
    op.create_table(
        "reader",
        sa.Column("role", sa.String(length=63), nullable=False, comment="数据库登录名"),
        sa.Column("county", sa.String(length=6), nullable=False, comment="可读的县级行政区划代码；* 为所有县"),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="evaluator 评估、department 部门、township 乡镇"
        ),
        sa.Column("department", sa.String(length=32), nullable=True, comment="部门登录名所属部门；其他为空"),
        sa.Column("township_code", sa.String(length=9), nullable=True, comment="乡镇登录名所属乡镇；其他为空"),
        sa.CheckConstraint("(kind = 'department') = (department IS NOT NULL)", name="reader_department"),
        sa.CheckConstraint("(kind = 'township') = (township_code IS NOT NULL)", name="reader_township"),
        sa.CheckConstraint("kind IN ('evaluator', 'department', 'township')", name="reader_kind"),
        sa.PrimaryKeyConstraint("role", "county"),
        schema="warehouse",
        comment="读者：每个登录名、每个可读的县一行；行级安全按此放行",
    )


def downgrade() -> None:
    """Remove the tables, where nothing is in them."""
    refuse_if_filled(op.get_bind(), TABLES, schema="warehouse")
    op.drop_table("reader", schema="warehouse")
    op.drop_table("publication", schema="warehouse")
    op.drop_table("fact_student", schema="warehouse")
    op.drop_table("fact_rule_run", schema="warehouse")
    op.drop_table("fact_quality", schema="warehouse")
    op.drop_table("fact_load", schema="warehouse")
    op.drop_table("fact_housing_case", schema="warehouse")
    op.drop_table("fact_household_snapshot", schema="warehouse")
    op.drop_table("fact_finding_event", schema="warehouse")
    op.drop_table("fact_finding", schema="warehouse")
    op.drop_table("fact_enrolment", schema="warehouse")
    op.drop_table("fact_education_subsidy", schema="warehouse")
    op.drop_table("fact_delivery_event", schema="warehouse")
    op.drop_table("fact_delivery", schema="warehouse")
    op.drop_table("fact_certificate_snapshot", schema="warehouse")
    op.drop_table("fact_benefit_month", schema="warehouse")
    op.drop_table("dim_rule", schema="warehouse")
    op.drop_table("dim_policy", schema="warehouse")
    op.drop_table("dim_person", schema="warehouse")
    op.drop_table("dim_household", schema="warehouse")
    op.drop_table("dim_date", schema="warehouse")
    op.drop_table("dim_column", schema="warehouse")
    op.drop_table("dim_certificate", schema="warehouse")
    op.drop_table("dim_area", schema="warehouse")
    op.drop_table("bridge_membership", schema="warehouse")
    op.drop_table("bridge_household_certificate", schema="warehouse")
