"""年度计划: what a county means to reach in a year, by area."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import AreaCode, Code, Column, Fact, Feed, Integer, Year

TARGET = CodeList("target", "项目", ("脱贫户数", "脱贫人数", "危改竣工户数", "搬迁入住户数", "新增低保户数"))

FEED = Feed(
    name="work_plans",
    title="年度计划",
    sender=Department.COUNTY_OFFICE,
    grain="one row a year, area and target",
    place=310,
    facts=Fact("fact_work_plan", "年度计划：每年、每个区划、每个项目一行，为最新数据"),
    optional=True,
    columns=(
        Column("year", "年度", Year(), key=True),
        Column("area_code", "行政区划代码", AreaCode(), key=True),
        Column("target", "项目", Code(TARGET), key=True),
        Column("planned", "计划数", Integer(0, 1_000_000_000), required=True),
    ),
)
