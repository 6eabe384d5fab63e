"""财政供养人员: people whom the public purse pays."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, Text

POST = CodeList("post", "人员类别", ("公务员", "事业人员", "离退休", "村干部", "公益性岗位", "其他"))

FEED = Feed(
    name="public_payroll",
    title="财政供养人员",
    sender=Department.FINANCE,
    grain="one row a person, employer and beginning",
    place=240,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    row_label=("name", "employer", "starts_on"),
    columns=(
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("employer", "单位", Text(), key=True, personal_as=Personal.OTHER),
        Column("post", "人员类别", Code(POST), required=True),
        Column("starts_on", "起始日期", Date(), key=True),
        Column("ends_on", "终止日期", Date()),
    ),
)
