"""TL01–TL10: 两线合一."""

from oracle.entry import LOW_INCOME_BOOK, REGISTER_BOOK, answers
from oracle.months import add_months
from oracle.terms import DESTITUTE, LOW_INCOME, Terms, certainty, names_in, persons_in
from oracle.verdicts import CERTAIN, Findings


@answers("TL01", needs=())
def tl01(t: Terms) -> Findings:
    """Standard × 12 below the line."""
    return {
        (f"{t.county}|{area}", ""): CERTAIN
        for area in ("rural", "urban")
        if t.policy[f"low_income_standard.{area}"] * 12 < t.line
    }


def nobody_on_the_roll(t: Terms, household_no: str) -> bool:
    """No registered person of the household is on the roll."""
    return t.registered_in(household_no).isdisjoint(t.on_the_roll)


def covered_under_no_current_certificate(t: Terms) -> set[str]:
    """Persons with a 是 row under a certificate that has no current household row."""
    return persons_in(
        row for row in t.rows("low_income_members") if row["covered"] and row["certificate_no"] not in t.certificates
    )


def absent_from_the_roll(t: Terms, households: list[str]) -> Findings:
    """These households, possible where the roll could hide one of their registered persons."""
    orphans = covered_under_no_current_certificate(t)
    return {
        (no, ""): certainty(
            t.household_has_unknown_member(no)
            or t.could_be_hidden(names_in(r for r in t.registered_members[no] if r["person_id"]), "low_income_members")
            or not t.registered_in(no).isdisjoint(orphans)
        )
        for no in households
    }


@answers("TL02", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl02(t: Terms) -> Findings:
    """Open household, income below the rural standard × 12, nobody on the roll."""
    standard = t.standard("农村低保") * 12
    poor = [no for no, h in t.open_households.items() if h["income_current"] < standard and nobody_on_the_roll(t, no)]
    return absent_from_the_roll(t, poor)


@answers("TL03", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl03(t: Terms) -> Findings:
    """Typed 低保户 or 特困供养户, nobody on the roll."""
    typed = [no for no, h in t.households.items() if h["household_type"] in ("低保户", "特困供养户")]
    return absent_from_the_roll(t, [no for no in typed if nobody_on_the_roll(t, no)])


@answers("TL04", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl04(t: Terms) -> Findings:
    """Typed 一般户, somebody on the roll."""
    return {
        (no, ""): certainty(t.household_has_unknown_member(no))
        for no, h in t.households.items()
        if h["household_type"] == "一般户" and not nobody_on_the_roll(t, no)
    }


@answers("TL05", needs=LOW_INCOME_BOOK)
def tl05(t: Terms) -> Findings:
    """In force, 低保, income above standard + tolerance, and not in grace."""
    found = {}
    for no, c in t.in_force.items():
        if c["programme"] not in LOW_INCOME:
            continue
        start = c["grace_start"]
        in_grace = c["status"] == "渐退" and (start is None or t.d <= add_months(start, t.policy["grace_months"]))
        if c["monthly_income"] > t.standard(c["programme"]) + t.policy["income_tolerance"] and not in_grace:
            found[no, ""] = certainty(t.certificate_has_unknown_member(no))
    return found


def no_member_in_register(t: Terms, certificate_no: str) -> bool:
    """No member has a current register_members row 正常."""
    return persons_in(t.members_of(certificate_no)).isdisjoint(t.persons_with_a_normal_row)


def absent_from_the_register(t: Terms, certificate_no: str) -> str:
    """Certainty that no member stands in the register."""
    return certainty(
        t.certificate_has_unknown_member(certificate_no)
        or t.could_be_hidden(names_in(t.members_of(certificate_no)), "register_members")
    )


@answers("TL06", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl06(t: Terms) -> Findings:
    """In force, 农村低保 or 农村特困, income with benefit below the line, no member in the register."""
    found = {}
    for no, c in t.in_force.items():
        if c["programme"] not in ("农村低保", "农村特困"):
            continue
        # monthly_income × 12 + 12 × monthly_benefit / persons < line, multiplied by persons
        below = 12 * (c["monthly_income"] * c["persons"] + c["monthly_benefit"]) < t.line * c["persons"]
        if below and no_member_in_register(t, no):
            found[no, ""] = absent_from_the_register(t, no)
    return found


@answers("TL07", needs=LOW_INCOME_BOOK)
def tl07(t: Terms) -> Findings:
    """In force, 低保 by 补差, benefit without top-up below the gap by more than the tolerance."""
    found = {}
    for no, c in t.in_force.items():
        if c["programme"] not in LOW_INCOME or c["benefit_method"] != "补差":
            continue
        gap = (t.standard(c["programme"]) - c["monthly_income"]) * c["covered_persons"]
        if c["monthly_benefit"] - (c["category_topup"] or 0) < gap - t.policy["benefit_tolerance"]:
            found[no, ""] = certainty(t.certificate_has_unknown_member(no))
    return found


@answers("TL08", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl08(t: Terms) -> Findings:
    """Linked, and registered persons differ from the persons of all linked certificates."""
    found = {}
    for household_no, certificates in t.linked.items():
        on_certificates = {p for no in certificates for p in persons_in(t.members_of(no))}
        if t.registered_in(household_no) != on_certificates:
            found[household_no, ""] = certainty(
                t.household_has_unknown_member(household_no)
                or any(t.certificate_has_unknown_member(no) for no in certificates)
            )
    return found


@answers("TL09", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK))
def tl09(t: Terms) -> Findings:
    """Linked, and incomes a year differ by more than the tolerance × 12."""
    found = {}
    for household_no, certificates in t.linked.items():
        for no in certificates:
            difference = t.households[household_no]["income_current"] - t.in_force[no]["monthly_income"] * 12
            if abs(difference) > t.policy["income_tolerance"] * 12:
                found[f"{household_no}|{no}", ""] = certainty(t.certificate_has_unknown_member(no))
    return found


@answers("TL10", needs=LOW_INCOME_BOOK)
def tl10(t: Terms) -> Findings:
    """On the roll under a 特困 and under a 低保 programme."""
    return {
        (person, ""): CERTAIN
        for person in t.on_the_roll
        if t.covered_under(person, DESTITUTE) and t.covered_under(person, LOW_INCOME)
    }
