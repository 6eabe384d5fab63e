"""经营主体登记: businesses, and the people who run or own them."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, Text

BUSINESS_TYPE = CodeList("business_type", "主体类型", ("个体工商户", "企业", "农民专业合作社"))
BUSINESS_ROLE = CodeList("business_role", "身份", ("经营者", "法定代表人", "股东", "成员"))
BUSINESS_STATUS = CodeList("business_status", "登记状态", ("存续", "吊销", "注销"))

FEED = Feed(
    name="business_licences",
    title="经营主体登记",
    sender=Department.MARKET_REGULATION,
    grain="one row a business, person and role",
    place=230,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    row_label=("licence_no", "name", "business_role"),
    columns=(
        Column("licence_no", "统一社会信用代码", Text(), key=True),
        Column("business", "名称", Text(), required=True, personal_as=Personal.OTHER),
        Column("business_type", "主体类型", Code(BUSINESS_TYPE), required=True),
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("business_role", "身份", Code(BUSINESS_ROLE), key=True),
        Column("founded_on", "成立日期", Date(), required=True),
        Column("business_status", "登记状态", Code(BUSINESS_STATUS), required=True),
    ),
)
