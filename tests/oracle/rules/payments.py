"""PY01–PY06: money paid and not paid."""

from oracle.entry import LOW_INCOME_BOOK, LP, REGISTER_BOOK, Absence, Subject, answers
from oracle.months import first_day, last_day, month_of
from oracle.policy import Values
from oracle.terms import Terms, persons_in
from oracle.verdicts import Found, Founds

NEEDS = (*LOW_INCOME_BOOK, LP)


def rests_on(t: Terms, certificate_no: str, *months: str, sought: frozenset[str] = frozenset()) -> Found:
    """A finding about a certificate that rests on the suppliers of months."""
    return Found(
        t.certificate_has_unknown_member(certificate_no) or any(t.month_was_supplied_early(month) for month in months),
        months=frozenset(months),
        sought=sought,
    )


@answers("PY01", Subject.CERTIFICATE, needs=NEEDS)
def py01(t: Terms, p: Values) -> Founds:
    """Stopped, and a payment for a month after the month of end_date."""
    found = {}
    for row in t.rows("low_income_payments"):
        c = t.certificates.get(row["certificate_no"])
        if c is None or c["status"] != "停保" or c["end_date"] is None or row["payment_status"] != "成功":
            continue
        if row["month"] > month_of(c["end_date"]):
            found[c["certificate_no"], ""] = Found(t.certificate_has_unknown_member(c["certificate_no"]))
    return found


@answers("PY02", Subject.CERTIFICATE, needs=NEEDS, absence=Absence.SEARCHED)
def py02(t: Terms, p: Values) -> Founds:
    """In force with a benefit, and a settled month that ends by B without a payment that arrived."""
    ended = [month for month in t.settled_months if last_day(month) <= t.low_income_day]
    found = {}
    for no, c in t.paying.items():
        unpaid = [month for month in ended if c["start_date"] <= first_day(month) and not t.paid(no, month)]
        if c["monthly_benefit"] > 0 and unpaid:
            said = rests_on(t, no, *unpaid)
            found[no, ""] = Found(said.possible or t.end_is_refused([no]), said.months)
    return found


@answers("PY03", Subject.CERTIFICATE, needs=NEEDS)
def py03(t: Terms, p: Values) -> Founds:
    """In force, paid in M*, and the sum misses the benefit now and the one of the halves as of M*'s end or before."""
    tolerance, month = p["benefit_tolerance"], t.newest_settled_month
    found: Founds = {}
    if month is None:
        return found
    for no, c in t.paying.items():
        paid = t.paid(no, month)
        if not paid or c["start_date"] > first_day(month):
            continue
        told = sum(row["amount"] for row in paid)
        then = t.certificates_in_the_month.get(no, c)
        if all(abs(told - of["monthly_benefit"]) > tolerance for of in (c, then)):
            said = rests_on(t, no, month)
            found[no, month] = Found(said.possible or t.end_is_refused([no]), said.months)
    return found


@answers("PY04", Subject.CERTIFICATE_MONTH, needs=NEEDS, absence=Absence.SEARCHED)
def py04(t: Terms, p: Values) -> Founds:
    """A 退回 row and no 成功 row of the certificate and settled month."""
    return {
        (f"{no}|{month}", ""): rests_on(t, no, month)
        for (no, month), rows in t.payments.items()
        if month in t.settled_months and any(row["payment_status"] == "退回" for row in rows) and not t.paid(no, month)
    }


@answers("PY05", Subject.CERTIFICATE, needs=NEEDS, absence=Absence.SEARCHED)
def py05(t: Terms, p: Values) -> Founds:
    """Paid in M* to somebody with a valid number who is no member, now or in the halves as of M*'s end or before."""
    month = t.newest_settled_month
    found: Founds = {}
    if month is None:
        return found
    for (no, of), _ in t.payments.items():
        members = persons_in(t.members_of(no))
        if no in t.certificates_in_the_month:
            members |= t.members_in_the_month.get(no, set())
        strangers = {row["payee_id"] for row in t.paid(no, of) if row["payee_id"]} - members
        if of == month and strangers:
            found[no, month] = rests_on(t, no, month, sought=frozenset(strangers))
    return found


@answers("PY06", Subject.CERTIFICATE, needs=(*REGISTER_BOOK, *NEEDS), absence=Absence.REGISTERED_NOWHERE)
def py06(t: Terms, p: Values) -> Founds:
    """Paid for a month after the month of a death, of the payee or of the only person covered."""
    died = {
        person: month_of(min(dates))
        for person, rows in t.dead.items()
        if (dates := [row["status_date"] for row in rows if row["status_date"] is not None])
    }
    unread = {person for person, rows in t.dead.items() if any(t.was_refused(row, "status_date") for row in rows)}
    found: Founds = {}
    for (no, month), _ in t.payments.items():
        covered = [row["person_id"] for row in t.members_of(no) if row["covered"]]
        for payment in t.paid(no, month):
            concerned = {payment["payee_id"], *(covered if len(covered) == 1 else ())}
            late = {person for person in concerned if person in died and month > died[person]}
            if late:
                before = found.get((no, ""), Found(t.certificate_has_unknown_member(no)))
                found[no, ""] = Found(before.possible or bool(late & unread), sought=before.sought | late)
    return found
