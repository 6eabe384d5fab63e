"""What was paid under a family's certificates in the last twelve months, month by month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from expectations.calendar import first_day_of_month
from expectations.terms import ASSISTANCE_PROGRAMMES
from pipelines.house.language import say
from pipelines.reading_out.cards.cells import Row
from pipelines.reading_out.cards.gathering import Family
from pipelines.reading_out.cards.known import Known

_PAID: Final = "成功"
_AMISS: Final = "amiss"


@dataclass(frozen=True)
class Month:
    """One month of a certificate: what is shown; ``tone``: an amount, something amiss, or silent."""

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
    """A strip a certificate; none where no payments were delivered, and of a certificate of which no money is owed and
    none came."""
    months = known.payment_months
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in family.rows["low_income_payments"]:
        rows[row["certificate_no"], row["month"]].append(row)
    certificates = {row["certificate_no"]: row for row in family.rows["low_income_households"]}
    strips = []
    for number in family.certificates if months else ():
        own = [row for month in months for row in rows[number, month]]
        told = [_month(month, rows[number, month], certificates.get(number), known) for month in months]
        if own or any(month.tone == _AMISS for month in told):
            strips.append(Strip(number, told, _sum(own), own))
    return strips


def _sum(rows: Sequence[Row]) -> Decimal:
    return sum((row["amount"] for row in rows if row["payment_status"] == _PAID), Decimal(0))


def _month(month: str, rows: Sequence[Row], certificate: Row | None, known: Known) -> Month:
    """A month without a row is none that was not paid: it may not have settled, nothing may be owed, or not be sent."""
    paid, others = _sum(rows), sorted({row["payment_status"] for row in rows} - {_PAID})
    if rows:
        parts = [f"{paid:,.2f}"] if paid or not others else []
        return Month(month, " ".join([*parts, *others]), _AMISS if others else "amount")
    first, spans = first_day_of_month(month), {span.name: span for span in known.days.months}
    if certificate is None or not _is_owed(certificate, first):
        return Month(month, "—", "silent")
    if month not in spans:
        return Month(month, say("缺数据", "no data"), "silent")
    if not spans[month].has_settled:
        return Month(month, say("未结清", "open"), "silent")
    return Month(month, say("无记录", "no row"), _AMISS)


def _is_owed(certificate: Row, first: date) -> bool:
    """Whether PY02 would ask for the month: of a benefit in force on its first day, as far as the book says."""
    pays = certificate["programme"] in ASSISTANCE_PROGRAMMES and certificate["monthly_benefit"] > 0
    ended = certificate["end_date"] is not None and certificate["end_date"] <= first
    known_to_run = certificate["status"] != "停保" or certificate["end_date"] is not None
    return bool(pays and known_to_run and not ended and certificate["start_date"] <= first)
