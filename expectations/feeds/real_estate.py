"""不动产登记: titles of houses and other property, and who holds them."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, Text

LAND_USE = CodeList("land_use", "用途", ("住宅", "农村宅基地", "商业", "其他"))
TITLE_STATUS = CodeList("title_status", "权属状态", ("现势", "历史"))

FEED = Feed(
    name="real_estate",
    title="不动产登记",
    sender=Department.NATURAL_RESOURCES,
    grain="one row a title, holder, use and status",
    place=220,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    discreet=True,
    row_label=("title_no", "owner_name", "land_use", "title_status"),
    columns=(
        Column("title_no", "不动产权证号", Text(), key=True),
        Column("owner_name", "权利人", Name(), required=True),
        Column("owner_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("location", "坐落", Text(), personal_as=Personal.OTHER),
        Column("land_use", "用途", Code(LAND_USE), key=True),
        Column("registered_on", "登记日期", Date(), required=True),
        Column("title_status", "权属状态", Code(TITLE_STATUS), key=True),
    ),
)
