"""基本医保参保: enrolment in basic medical insurance. No diagnosis is ever taken in."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, CountyCode, Date, Fact, Feed, IdentityNumber, Money, Name, Year

FEED = Feed(
    name="insurance_enrolments",
    title="基本医保参保",
    sender=Department.HEALTH_INSURANCE,
    grain="one row an enrolment: person, year, scheme, county and status",
    place=60,
    facts=Fact("fact_enrolment", "基本医保参保：每条参保记录（人、年度、险种，及参保地和状态）一行，为最新数据"),
    counted_by=("year",),
    row_label=("name", "year", "scheme"),
    columns=(
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True),
        Column("year", "参保年度", Year(), key=True, synonyms=("缴费年度",)),
        Column("scheme", "险种", Code(codes.SCHEME), key=True),
        Column("enrolment_status", "参保状态", Code(codes.ENROLMENT_STATUS), key=True),
        Column("paid_on", "缴费日期", Date()),
        Column("own_contribution", "个人缴费金额", Money(), required=True, unit="元"),
        Column("subsidy_class", "资助类别", Code(codes.SUBSIDY_CLASS), required=True),
        Column("subsidy_amount", "资助金额", Money(), required=True, unit="元"),
        Column("county_code", "参保地", CountyCode(), key=True),
    ),
)
