"""低保金发放: payments of social assistance, accumulating by month."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Money, Month, Name, Text

FEED = Feed(
    name="low_income_payments",
    title="低保金发放",
    sender=Department.CIVIL_AFFAIRS,
    grain="one row a payment: certificate, month and batch",
    place=50,
    facts=Facts.COMPOSED,
    accumulates_by=("month",),
    columns=(
        Column("certificate_no", "低保证号", Text(), key=True),
        Column("month", "发放年月", Month(), key=True),
        Column("batch_no", "批次号", Text(), key=True),
        Column("amount", "发放金额", Money(), required=True, unit="元"),
        Column("payee_name", "收款人姓名", Name(), required=True),
        Column("payee_id", "收款人证件号码", IdentityNumber(), required=True),
        Column("payment_status", "发放状态", Code(codes.PAYMENT_STATUS), required=True),
        Column("paid_on", "发放日期", Date()),
    ),
)
