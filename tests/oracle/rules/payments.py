"""PY01–PY06: money paid and not paid."""

from oracle.entry import LOW_INCOME_BOOK, LP, REGISTER_BOOK, answers
from oracle.months import first_day, month_of, months_between
from oracle.terms import Terms, certainty, persons_in
from oracle.verdicts import Findings


def finding(t: Terms, certificate_no: str) -> str:
    """Certainty of a finding about a certificate that asserts no absence."""
    return certainty(t.certificate_has_unknown_member(certificate_no))


@answers("PY01", needs=(*LOW_INCOME_BOOK, LP))
def py01(t: Terms) -> Findings:
    """Stopped, and a payment for a month after the month of end_date."""
    found = {}
    for row in t.rows("low_income_payments"):
        c = t.certificates.get(row["certificate_no"])
        if c is None or c["status"] != "停保" or c["end_date"] is None or row["payment_status"] != "成功":
            continue
        if row["month"] > month_of(c["end_date"]):
            found[c["certificate_no"], ""] = finding(t, c["certificate_no"])
    return found


@answers("PY02", needs=(*LOW_INCOME_BOOK, LP))
def py02(t: Terms) -> Findings:
    """In force with a benefit, and a settled month with no payment that arrived."""
    if not t.payment_months:
        return {}
    months = [m for m in months_between(min(t.payment_months), max(t.payment_months)) if t.is_settled(m)]
    return {
        (no, ""): finding(t, no)
        for no, c in t.paying.items()
        if c["monthly_benefit"] > 0 and any(c["start_date"] <= first_day(m) and not t.paid(no, m) for m in months)
    }


@answers("PY03", needs=(*LOW_INCOME_BOOK, LP))
def py03(t: Terms) -> Findings:
    """In force, paid in M*, and the sum differs from the benefit by more than the tolerance."""
    month = t.newest_settled_month
    if month is None:
        return {}
    found = {}
    for no, c in t.paying.items():
        paid = t.paid(no, month)
        if not paid or c["start_date"] > first_day(month):
            continue
        if abs(sum(row["amount"] for row in paid) - c["monthly_benefit"]) > t.policy["benefit_tolerance"]:
            found[no, month] = finding(t, no)
    return found


@answers("PY04", needs=(*LOW_INCOME_BOOK, LP))
def py04(t: Terms) -> Findings:
    """A 退回 row and no 成功 row of the certificate and month."""
    return {
        (f"{no}|{month}", ""): finding(t, no)
        for (no, month), rows in t.payments.items()
        if any(row["payment_status"] == "退回" for row in rows) and not t.paid(no, month)
    }


@answers("PY05", needs=(*LOW_INCOME_BOOK, LP))
def py05(t: Terms) -> Findings:
    """Paid in M* to somebody with a valid number who is no member of the certificate."""
    month = t.newest_settled_month
    if month is None:
        return {}
    found = {}
    for (no, of), _ in t.payments.items():
        members = persons_in(t.members_of(no))
        if of == month and any(row["payee_id"] and row["payee_id"] not in members for row in t.paid(no, of)):
            found[no, month] = finding(t, no)
    return found


@answers("PY06", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, LP))
def py06(t: Terms) -> Findings:
    """Paid for a month after the month of a death, of the payee or of the only person covered."""
    died = {
        person: month_of(min(dates))
        for person, rows in t.dead.items()
        if (dates := [row["status_date"] for row in rows if row["status_date"] is not None])
    }
    found = {}
    for (no, month), _ in t.payments.items():
        covered = [row["person_id"] for row in t.members_of(no) if row["covered"]]
        for payment in t.paid(no, month):
            concerned = {payment["payee_id"], *(covered if len(covered) == 1 else ())}
            if any(person in died and month > died[person] for person in concerned):
                found[no, ""] = finding(t, no)
    return found
