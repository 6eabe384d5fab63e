"""The register's side: one household at one date, and the certificates that it is linked with."""

from sqlalchemy import Boolean, Date, Integer, String, Text

from expectations.feeds import FEEDS_BY_NAME
from warehouse.tables.columns import YUAN, county_columns, feed_columns, make_column, make_table, source_columns

_HOUSEHOLDS = FEEDS_BY_NAME["register_households"]
_UNKNOWN = "；该项数据缺失、过期或尚不能判断时为空，不是零"


def counts_as_household(alias: str) -> str:
    """SQL: whether a row of the register is a household wherever households are counted: somebody is registered in it.

    ``alias`` is what ``fact_household_snapshot``, or a view that shows its figures, is called by.
    """
    return f"{alias}.registered_members > 0"


MEASURES = (
    make_column("is_open", Boolean(), "是否在册未脱贫（未脱贫或返贫）", required=True),
    make_column("registered_members", Integer(), "在册人数（人员状态正常，人）" + _UNKNOWN),
    make_column("members_without_number", Integer(), "在册人员中没有有效证件号码的人数（人）" + _UNKNOWN),
    make_column("members_on_roll", Integer(), "在册人员中在保（低保、特困）人数（人）" + _UNKNOWN),
    make_column("linked_certificates", Integer(), "关联的有效低保、特困证数（本）" + _UNKNOWN),
    make_column("benefit_yuan_month", YUAN, "关联低保、特困证的月保障金额合计（元/月）" + _UNKNOWN),
    make_column("insurance_year", Integer(), "参保年度" + _UNKNOWN),
    make_column("insured_members", Integer(), "在册人员中该年度正常参保人数（人，按有效证件号码）" + _UNKNOWN),
    make_column("uninsured_members", Integer(), "在册人员中该年度未参保人数（人，按有效证件号码）" + _UNKNOWN),
    make_column("school_year", String(9), "学年" + _UNKNOWN),
    make_column("pupils", Integer(), "在册人员中有在读等学籍的人数（人）" + _UNKNOWN),
    make_column("school_age_children", Integer(), "在册人员中义务教育年龄儿童数（人）" + _UNKNOWN),
    make_column("out_of_school_children", Integer(), "义务教育年龄儿童中没有学籍的人数（人）" + _UNKNOWN),
    make_column("education_term", String(16), "教育资助所属学期（最近结束的学期）" + _UNKNOWN),
    make_column("education_items_received", Integer(), "该学期发放成功的资助项数（人×项）" + _UNKNOWN),
    make_column("education_yuan_received", YUAN, "该学期发放成功的资助金额（元）" + _UNKNOWN),
    make_column("housing_cases", Integer(), "在册人员为户主的危改档案数（份）" + _UNKNOWN),
    make_column("housing_case_no", String(200), "最近一次鉴定的档案编号"),
    make_column("housing_grade", String(32), "最近一次鉴定等级"),
    make_column("housing_assessed_on", Date(), "最近一次鉴定日期"),
    make_column("housing_method", String(32), "该档案的改造方式"),
    make_column("housing_started_on", Date(), "该档案的开工日期"),
    make_column("housing_completed_on", Date(), "该档案的竣工日期"),
    make_column("housing_acceptance", String(32), "该档案的验收结果"),
    make_column("open_findings", Integer(), "该次比对后台账中本户未了结的问题数（条）", required=True),
    make_column("open_rules", Text(), "未了结问题的规则编号，以顿号分隔（没有时为空文本）", required=True),
)
"""What the departments together say of a household; null where it cannot be said."""

fact_household_snapshot = make_table(
    "fact_household_snapshot",
    "建档立卡户快照：每户、每个数据截止日一行（户登记各项，及各部门数据合并后的人数和金额）",
    *county_columns(as_of=True),
    *feed_columns(_HOUSEHOLDS, key=_HOUSEHOLDS.key),
    *MEASURES,
    *source_columns(),
)

bridge_household_certificate = make_table(
    "bridge_household_certificate",
    "户证关联：每个数据截止日，有共同人员的建档立卡户与有效低保、特困证，每对一行",
    *county_columns(as_of=True),
    make_column("household_no", String(200), "户编号", key=True, feed=_HOUSEHOLDS.name, heading="户编号"),
    make_column("certificate_no", String(200), "低保证号", key=True, feed="low_income_households", heading="低保证号"),
    make_column("shared_persons", Integer(), "双方共同人员数（人）", required=True),
)
