"""村户名册: every agricultural household of a village, registered or not: the frame of the general population."""

from expectations.departments import Department
from expectations.feed import Column, Fact, Feed, IdentityNumber, Integer, Name, Text, VillageCode

FEED = Feed(
    name="village_rosters",
    title="村户名册",
    sender=Department.REGISTER,
    grain="one row an agricultural household of a village",
    place=100,
    facts=Fact("fact_roster_household", "村户名册：每村每户一行，为最新数据（一般农户抽样框）"),
    optional=True,
    simulated=False,
    columns=(
        Column("village_code", "行政区划代码", VillageCode(), key=True, synonyms=("村代码",)),
        Column("roster_no", "名册户号", Text(), key=True, synonyms=("户号",)),
        Column("township", "乡镇", Text(), required=True),
        Column("village", "行政村", Text(), required=True, synonyms=("村",)),
        Column("head_name", "户主姓名", Name(), required=True),
        Column("head_id", "户主证件号码", IdentityNumber(), required=True, synonyms=("户主身份证号",)),
        Column("persons", "农业户籍人口数", Integer(1, 30), required=True, synonyms=("家庭人口数",), unit="人"),
        Column("household_no", "户编号", Text(), synonyms=("建档立卡户编号",)),
    ),
)
