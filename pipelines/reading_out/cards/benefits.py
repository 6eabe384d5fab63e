"""What was paid under a family's certificates in the last twelve months, month by month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.house.language import say
from pipelines.reading_out.cards.cells import Row
from pipelines.reading_out.cards.gathering import Family
from pipelines.reading_out.cards.known import Known

_PAID = "成功"


@dataclass(frozen=True)
class Month:
    """One month of a certificate: what is shown, and whether it is an amount, something amiss, or nothing to say."""

    month: str
    text: str
    tone: str


@dataclass(frozen=True)
class Strip:
    """The months of one certificate, oldest first; ``paid``: yuan that arrived."""

    certificate_no: str
    months: Sequence[Month]
    paid: Decimal
    rows: Sequence[Row]


def strips_of(family: Family, known: Known) -> list[Strip]:
    """A strip a certificate of the book; none where no payments were delivered."""
    months = known.payment_months
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in family.rows["low_income_payments"]:
        rows[row["certificate_no"], row["month"]].append(row)
    strips = []
    for certificate in family.rows["low_income_households"] if months else ():
        number = certificate["certificate_no"]
        own = [row for month in months for row in rows[number, month]]
        told = [_month(month, rows[number, month], certificate, known) for month in months]
        strips.append(Strip(number, told, _sum(own), own))
    return strips


def _sum(rows: Sequence[Row]) -> Decimal:
    return sum((row["amount"] for row in rows if row["payment_status"] == _PAID), Decimal(0))


def _month(month: str, rows: Sequence[Row], certificate: Row, known: Known) -> Month:
    """A month without a row is none that was not paid: it may not have settled, or nobody sent it."""
    paid, others = _sum(rows), sorted({row["payment_status"] for row in rows} - {_PAID})
    if rows:
        parts = [f"{paid:,.2f}"] if paid or not others else []
        return Month(month, " ".join([*parts, *others]), "amiss" if others else "amount")
    spans = {span.name: span for span in known.days.months}
    ended = certificate["end_date"]
    if month < f"{certificate['start_date']:%Y-%m}":
        return Month(month, say("未起保", "not yet"), "silent")
    if ended is not None and month > f"{ended:%Y-%m}":
        return Month(month, say("已停保", "ended"), "silent")
    if month not in spans:
        return Month(month, say("缺数据", "no data"), "silent")
    if not spans[month].has_settled:
        return Month(month, say("未结清", "open"), "silent")
    return Month(month, say("无记录", "no row"), "amiss")
