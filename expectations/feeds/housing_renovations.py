"""农村危房改造: assessed houses and their renovation."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Fact, Feed, IdentityNumber, Money, Name, Text, VillageCode, Year

FEED = Feed(
    name="housing_renovations",
    title="农村危房改造",
    sender=Department.HOUSING,
    grain="one row a housing case",
    place=90,
    facts=Fact("fact_housing_case", "农村危房改造：每份档案一行，为最新数据"),
    columns=(
        Column("case_no", "档案编号", Text(), key=True),
        Column("head_name", "户主姓名", Name(), required=True),
        Column("head_id", "户主证件号码", IdentityNumber(), required=True),
        Column("village_code", "行政区划代码", VillageCode(), required=True),
        Column("grade", "鉴定等级", Code(codes.GRADE), required=True),
        Column("assessed_on", "鉴定日期", Date(), required=True),
        Column("method", "改造方式", Code(codes.METHOD), required=True),
        Column("plan_year", "计划年度", Year()),
        Column("started_on", "开工日期", Date()),
        Column("completed_on", "竣工日期", Date()),
        Column("acceptance", "验收结果", Code(codes.ACCEPTANCE), required=True),
        Column("subsidy", "补助金额", Money(), required=True, unit="元"),
        Column("paid", "拨付金额", Money(), required=True, unit="元"),
        Column("paid_on", "拨付日期", Date()),
    ),
)
