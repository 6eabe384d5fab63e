"""TL01–TL11: 两线合一."""

from oracle.entry import LOW_INCOME_BOOK, REGISTER_BOOK, Absence, Subject, answers
from oracle.months import add_months
from oracle.policy import Values
from oracle.terms import DESTITUTE, LOW_INCOME, Terms, names_in, persons_in, standard
from oracle.verdicts import Found, Founds

BOTH_BOOKS = (*REGISTER_BOOK, *LOW_INCOME_BOOK)


@answers("TL01", Subject.AREA, needs=())
def tl01(t: Terms, p: Values) -> Founds:
    """Standard × 12 below the line, at D."""
    line = p["poverty_line"]
    standards = {area: p[f"low_income_standard.{area}"] for area in ("rural", "urban")}
    return {(f"{t.county}|{area}", ""): Found() for area, a_month in standards.items() if a_month * 12 < line}


def nobody_on_the_roll(t: Terms, household_no: str) -> bool:
    """No registered person of the household is on the roll."""
    return t.registered_in(household_no).isdisjoint(t.on_the_roll)


def covered_under_no_current_certificate(t: Terms) -> set[str]:
    """Persons with a 是 row under a certificate that has no current household row."""
    return persons_in(
        row for row in t.rows("low_income_members") if row["covered"] and row["certificate_no"] not in t.certificates
    )


def absent_from_the_roll(t: Terms, households: list[str]) -> Founds:
    """These households, possible where the roll could hide one of their registered persons."""
    orphans = covered_under_no_current_certificate(t)
    return {
        (no, ""): Found(
            t.household_has_unknown_member(no)
            or t.could_be_hidden(names_in(r for r in t.registered_members[no] if r["person_id"]), "low_income_members")
            or not t.registered_in(no).isdisjoint(orphans)
        )
        for no in households
    }


@answers("TL02", Subject.HOUSEHOLD, needs=BOTH_BOOKS, absence=Absence.SEARCHED)
def tl02(t: Terms, p: Values) -> Founds:
    """Open household, income below the rural standard × 12, nobody on the roll."""
    a_year = p["low_income_standard.rural"] * 12
    poor = [no for no, h in t.open_households.items() if h["income_current"] < a_year and nobody_on_the_roll(t, no)]
    return absent_from_the_roll(t, poor)


@answers("TL11", Subject.HOUSEHOLD, needs=BOTH_BOOKS, absence=Absence.SEARCHED)
def tl11(t: Terms, p: Values) -> Founds:
    """Exited household, income below the rural standard × 12, nobody on the roll."""
    a_year = p["low_income_standard.rural"] * 12
    poor = [no for no, h in t.exited_households.items() if h["income_current"] < a_year and nobody_on_the_roll(t, no)]
    return absent_from_the_roll(t, poor)


@answers("TL03", Subject.HOUSEHOLD, needs=BOTH_BOOKS, absence=Absence.SEARCHED)
def tl03(t: Terms, p: Values) -> Founds:
    """Typed 低保户 or 特困供养户, nobody on the roll."""
    typed = [no for no, h in t.households.items() if h["household_type"] in ("低保户", "特困供养户")]
    return absent_from_the_roll(t, [no for no in typed if nobody_on_the_roll(t, no)])


@answers("TL04", Subject.HOUSEHOLD, needs=BOTH_BOOKS)
def tl04(t: Terms, p: Values) -> Founds:
    """Typed 一般户, somebody on the roll."""
    found = {}
    for no, h in t.households.items():
        certificates = {c for person in t.registered_in(no) for c in t.roll_of(person)}
        if h["household_type"] == "一般户" and certificates:
            found[no, ""] = Found(t.household_has_unknown_member(no) or t.end_is_refused(certificates))
    return found


@answers("TL05", Subject.CERTIFICATE, needs=LOW_INCOME_BOOK)
def tl05(t: Terms, p: Values) -> Founds:
    """In force, 低保, income above standard + tolerance, and not in grace."""
    limits = {programme: standard(programme, p) + p["income_tolerance"] for programme in LOW_INCOME}
    months = p["grace_months"]
    found = {}
    for no, c in t.in_force.items():
        start = c["grace_start"]
        in_grace = c["status"] == "渐退" and (start is None or t.low_income_day <= add_months(start, months))
        if c["programme"] in LOW_INCOME and c["monthly_income"] > limits[c["programme"]] and not in_grace:
            found[no, ""] = Found(
                t.certificate_has_unknown_member(no) or t.end_is_refused([no]) or t.was_refused(c, "grace_start")
            )
    return found


def no_member_in_register(t: Terms, certificate_no: str) -> bool:
    """No member has a current register_members row 正常."""
    return persons_in(t.members_of(certificate_no)).isdisjoint(t.persons_with_a_normal_row)


def absent_from_the_register(t: Terms, certificate_no: str) -> bool:
    """Whether it is doubtful that no member stands in the register."""
    return (
        t.certificate_has_unknown_member(certificate_no)
        or t.end_is_refused([certificate_no])
        or t.could_be_hidden(names_in(t.members_of(certificate_no)), "register_members")
    )


@answers("TL06", Subject.CERTIFICATE, needs=BOTH_BOOKS, absence=Absence.SEARCHED)
def tl06(t: Terms, p: Values) -> Founds:
    """In force, 农村低保 or 农村特困, income with benefit below the line, no member in the register."""
    line = p["poverty_line"]
    found = {}
    for no, c in t.in_force.items():
        # monthly_income × 12 + 12 × monthly_benefit / persons < line, multiplied by persons
        below = 12 * (c["monthly_income"] * c["persons"] + c["monthly_benefit"]) < line * c["persons"]
        if c["programme"] in ("农村低保", "农村特困") and below and no_member_in_register(t, no):
            found[no, ""] = Found(absent_from_the_register(t, no))
    return found


@answers("TL07", Subject.CERTIFICATE, needs=LOW_INCOME_BOOK)
def tl07(t: Terms, p: Values) -> Founds:
    """In force, 低保 by 补差, benefit without top-up below the gap by more than the tolerance."""
    standards = {programme: standard(programme, p) for programme in LOW_INCOME}
    tolerance = p["benefit_tolerance"]
    found = {}
    for no, c in t.in_force.items():
        if c["programme"] not in LOW_INCOME or c["benefit_method"] != "补差":
            continue
        gap = (standards[c["programme"]] - c["monthly_income"]) * c["covered_persons"]
        if c["monthly_benefit"] - (c["category_topup"] or 0) < gap - tolerance:
            found[no, ""] = Found(
                t.certificate_has_unknown_member(no) or t.end_is_refused([no]) or t.was_refused(c, "category_topup")
            )
    return found


@answers("TL08", Subject.HOUSEHOLD, needs=BOTH_BOOKS, absence=Absence.SEARCHED)
def tl08(t: Terms, p: Values) -> Founds:
    """Linked, and registered persons differ from the persons of all linked certificates.

    The contract's list of rules that assert an absence does not name it. But who stands on one side only is absent from
    the other, and our own refusals accuse nobody.
    """
    found = {}
    for household_no, certificates in t.linked.items():
        registered = t.registered_in(household_no)
        on_certificates = {p for no in certificates for p in persons_in(t.members_of(no))}
        if registered != on_certificates:
            found[household_no, ""] = Found(
                t.household_has_unknown_member(household_no)
                or t.end_is_refused(certificates)
                or any(t.certificate_has_unknown_member(no) for no in certificates),
                sought=frozenset(registered ^ on_certificates),
            )
    return found


@answers("TL09", Subject.HOUSEHOLD_AND_CERTIFICATE, needs=BOTH_BOOKS)
def tl09(t: Terms, p: Values) -> Founds:
    """Linked, and incomes a year differ by more than the tolerance × 12."""
    tolerance = p["income_tolerance"] * 12
    found = {}
    for household_no, certificates in t.linked.items():
        for no in certificates:
            difference = t.households[household_no]["income_current"] - t.in_force[no]["monthly_income"] * 12
            if abs(difference) > tolerance:
                doubtful = t.certificate_has_unknown_member(no) or t.end_is_refused([no])
                found[f"{household_no}|{no}", ""] = Found(doubtful)
    return found


@answers("TL10", Subject.PERSON, needs=LOW_INCOME_BOOK)
def tl10(t: Terms, p: Values) -> Founds:
    """On the roll under a 特困 and under a 低保 programme."""
    return {
        (person, ""): Found(t.end_is_refused(t.roll_of(person)))
        for person in t.on_the_roll
        if t.covered_under(person, DESTITUTE) and t.covered_under(person, LOW_INCOME)
    }
