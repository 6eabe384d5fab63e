"""上报汇总数: the totals that offices and townships reported upwards, to be held against the rows behind them."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import AreaCode, Code, Column, Fact, Feed, Integer, Text

MEASURE = CodeList(
    "measure", "指标", ("建档立卡", "监测对象", "农村低保", "城市低保", "农村特困", "城市特困", "危改竣工")
)
BREAKDOWN = CodeList("breakdown", "分组", ("合计", "脱贫属性", "户类型", "致贫原因", "下级区划", "流量"))
UNIT = CodeList("unit", "单位", ("户", "人"))

FEED = Feed(
    name="reported_totals",
    title="上报汇总数",
    sender=Department.COUNTY_OFFICE,
    grain="one row a figure that was reported: who, on which form, of which area, what, and by what it is divided",
    place=290,
    facts=Fact("fact_reported_total", "上报汇总数：每个上报的数一行，为最新数据"),
    optional=True,
    totals_are_rows=True,
    columns=(
        Column("reporter", "填报单位", Text(), key=True),
        Column("form", "表号", Text(), key=True),
        Column("area_code", "行政区划代码", AreaCode(), key=True),
        Column("measure", "指标", Code(MEASURE), key=True),
        Column("breakdown", "分组", Code(BREAKDOWN), key=True),
        Column("item", "分组项", Text(), key=True),
        Column("unit", "单位", Code(UNIT), key=True),
        Column("reported", "数值", Integer(0, 1_000_000_000), required=True),
    ),
)
