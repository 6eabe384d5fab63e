"""医疗费用负担: what treatment cost a person in a month, without any diagnosis, accumulating by month."""

from expectations.departments import Department
from expectations.feed import Column, Facts, Feed, IdentityNumber, Money, Month, Name

FEED = Feed(
    name="medical_costs",
    title="医疗费用负担",
    sender=Department.HEALTH_INSURANCE,
    grain="one row a person and month",
    place=270,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    discreet=True,
    accumulates_by=("month",),
    row_label=("name", "month"),
    columns=(
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("month", "月份", Month(), key=True),
        Column("total_cost", "医疗总费用", Money(), required=True, unit="元"),
        Column("own_cost", "个人自付", Money(), required=True, at_most="total_cost", unit="元"),
    ),
)
