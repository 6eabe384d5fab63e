"""上级交办线索: what audits, inspections and a hotline hand down to be looked into."""

from expectations.codes import OFFICES, CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, Text

LEAD_SOURCE = CodeList("lead_source", "来源", ("审计", "巡视巡察", "督查考核", "第三方评估", "信访热线", "其他"))
LEAD_STATUS = CodeList("lead_status", "办理状态", ("未办结", "已办结"))

FEED = Feed(
    name="outside_leads",
    title="上级交办线索",
    sender=Department.COUNTY_OFFICE,
    grain="one row a lead",
    place=300,
    facts=Facts.NONE,
    optional=True,
    used_by_basis=True,
    columns=(
        Column("lead_no", "线索编号", Text(), key=True),
        Column("source", "来源", Code(LEAD_SOURCE), required=True),
        Column("document", "文号", Text(), personal_as=Personal.OTHER),
        Column("name", "对象姓名", Name()),
        Column("person_id", "证件号码", IdentityNumber(), synonyms=("身份证号",)),
        Column("household_no", "户编号", Text()),
        Column("certificate_no", "低保证号", Text()),
        Column("department", "责任单位", Code(OFFICES), required=True),
        Column("lead_text", "线索内容", Text(4000), required=True, personal_as=Personal.OTHER),
        Column("given_on", "交办日期", Date(), required=True),
        Column("due_on", "办理时限", Date()),
        Column("lead_status", "办理状态", Code(LEAD_STATUS), required=True),
    ),
)
