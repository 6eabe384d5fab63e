"""教育资助: subsidies paid to pupils, accumulating by school year and term."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Money, Name, Personal, SchoolYear, Text

FEED = Feed(
    name="education_subsidies",
    title="教育资助",
    sender=Department.EDUCATION,
    grain="one row a payment: pupil, school year, term, item and batch",
    place=80,
    facts=Facts.COMPOSED,
    accumulates_by=("school_year", "term"),
    columns=(
        Column("person_id", "证件号码", IdentityNumber(), required=True),
        Column("name", "学生姓名", Name(), required=True, synonyms=("姓名",)),
        Column("student_no", "学籍号", Text(), key=True, personal_as=Personal.STUDENT_NO),
        Column("school_year", "学年", SchoolYear(), key=True),
        Column("term", "学期", Code(codes.TERM), key=True),
        Column("item", "资助项目", Code(codes.SUBSIDY_ITEM), key=True, told_as_sent=True),
        Column("batch_no", "批次号", Text(), key=True),
        Column("amount", "资助金额", Money(), required=True, unit="元"),
        Column("payment_status", "发放状态", Code(codes.PAYMENT_STATUS), required=True),
        Column("paid_on", "发放日期", Date()),
    ),
)
