"""养老保险: who pays into a pension scheme and who draws from it."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Facts, Feed, IdentityNumber, Money, Name, Year, YesNo

PENSION_SCHEME = CodeList("pension_scheme", "险种", ("城乡居民", "城镇职工", "机关事业"))
PENSION_STATUS = CodeList("pension_status", "状态", ("参保缴费", "领取待遇", "暂停", "终止"))

FEED = Feed(
    name="pensions",
    title="养老保险",
    sender=Department.HUMAN_RESOURCES,
    grain="one row a person, year, scheme and status",
    place=250,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    discreet=True,
    row_label=("name", "year", "pension_scheme", "pension_status"),
    columns=(
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("year", "年度", Year(), key=True),
        Column("pension_scheme", "险种", Code(PENSION_SCHEME), key=True),
        Column("pension_status", "状态", Code(PENSION_STATUS), key=True),
        Column("monthly_pension", "月待遇", Money(), unit="元/月"),
        Column("paid_by_government", "政府代缴", YesNo()),
    ),
)
