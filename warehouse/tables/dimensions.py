"""Dimensions: areas, days, rules, policy in force, and the columns of the warehouse itself."""

from typing import Final

from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text

from warehouse.tables.columns import county_columns, make_column, make_table

dim_area = make_table(
    "dim_area",
    "行政区划：每个县、乡镇、村，每个名称不变的有效时段一行（来自报送数据中的区划代码和名称）",
    *county_columns(as_of=False),
    make_column("area_code", String(12), "区划代码：县6位、乡镇9位、村12位", key=True),
    make_column("level", String(8), "级别：county 县、township 乡镇、village 村", required=True),
    make_column("parent_code", String(12), "上级区划代码（县为空）"),
    make_column("name", String(200), "名称（建档立卡户、村户名册中最常见的写法；只在其他部门数据中出现的代码为空）"),
    make_column("valid_from", Date(), "有效起始日（含）：首次这样报送的数据截止日", key=True),
    make_column("valid_to", Date(), "有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空"),
)


NOWHERE: Final = "000000"
"""Behind a county's code: what lies in none of its villages, so that villages and townships add up to the county."""


def area_counts(alias: str, day: str) -> str:
    """The condition under which a row of ``dim_area`` is the one that holds on a day (SQL expression)."""
    return f"{alias}.valid_from <= {day} AND ({alias}.valid_to IS NULL OR {day} < {alias}.valid_to)"


dim_rule = make_table(
    "dim_rule",
    "比对规则：每条规则一行",
    make_column("rule", String(8), "规则编号", key=True),
    make_column("name", String(200), "规则名称", required=True),
    make_column("name_en", String(200), "规则英文名称"),
    make_column("owner", String(32), "责任部门；为空的由数据所属部门负责"),
    make_column("severity", String(8), "严重程度：high 高、medium 中、low 低", required=True),
    make_column("subject", String(32), "对象类型"),
    make_column("sentence", Text(), "判定条件（一句话）"),
    make_column("clears_when", Text(), "如何消除"),
    make_column("basis", Text(), "政策依据"),
    make_column("amount_side", String(16), "规则金额的性质：应补发、应追回；不涉及金额的为空"),
    make_column("amount_how", Text(), "规则金额怎样计算；不涉及金额的为空"),
)

dim_policy = make_table(
    "dim_policy",
    "政策参数：每县、每个数据截止日、每个参数一行，为该日有效的值",
    *county_columns(as_of=True),
    make_column("key", String(80), "参数键", key=True),
    make_column("title", String(80), "参数名称"),
    make_column("unit", String(32), "单位"),
    make_column("value", Text(), "参数值（JSON）", required=True),
    make_column("number", Numeric(18, 2), "参数值为数时的数值，否则为空"),
    make_column("valid_from", Date(), "生效日期", required=True),
    make_column("valid_to", Date(), "失效日期（未规定的为空）"),
    make_column("source", Text(), "设定该值的文件", required=True),
)

dim_column = make_table(
    "dim_column",
    "数据字典：每个表和视图的每一列一行",
    make_column("schema_name", String(32), "模式", key=True),
    make_column("table_name", String(64), "表或视图", key=True),
    make_column("column_name", String(64), "列", key=True),
    make_column("data_type", String(32), "类型", required=True),
    make_column("comment", Text(), "说明", required=True),
    make_column("feed", String(64), "来源数据（不来自报送数据的为空）"),
    make_column("heading", String(200), "来源表头（不来自报送数据的为空）"),
    make_column("personal", String(32), "个人信息种类（不是个人信息的为空）"),
    make_column("masked", Boolean(), "是否已脱敏", required=True),
)

dim_date = make_table(
    "dim_date",
    "日期：每天一行",
    make_column("day", Date(), "日期", key=True),
    make_column("year", Integer(), "年", required=True),
    make_column("quarter", Integer(), "季度（1–4）", required=True),
    make_column("month", String(7), "月份（YYYY-MM）", required=True),
    make_column("weekday", Integer(), "星期（1 星期一 … 7 星期日）", required=True),
    make_column("month_end", Boolean(), "是否当月最后一天", required=True),
    make_column("working_day", Boolean(), "是否工作日（含调休；国务院办公厅尚未公布安排的年份为空）"),
)
