"""CV01–CV09: guarantees that do not reach whom they should."""

from datetime import date
from decimal import Decimal

from builders import Row
from oracle.entry import ED, HO, IN, LOW_INCOME_BOOK, REGISTER_BOOK, ST, answers
from oracle.months import add_months, school_year
from oracle.names import normalised
from oracle.rules.two_lines import absent_from_the_register, no_member_in_register
from oracle.terms import DESTITUTE, LOW_INCOME, Terms, certainty, names_in, persons_in
from oracle.verdicts import CERTAIN, POSSIBLE, Findings


def is_uninsured(t: Terms, person: str) -> bool:
    """CV01's test: no enrolment 正常参保 for I in any scheme."""
    return person not in t.enrolled


@answers("CV01", needs=(*REGISTER_BOOK, IN), asks_insurance_year=True)
def cv01(t: Terms) -> Findings:
    """Registered and not enrolled."""
    return {
        (person, str(t.insurance_year)): certainty(t.could_be_hidden(names_in(rows), "insurance_enrolments"))
        for person, rows in t.registered.items()
        if is_uninsured(t, person)
    }


def insurance_class(t: Terms, person: str) -> str | None:
    """The first class that fits the person."""
    if t.covered_under(person, DESTITUTE):
        return "特困"
    if t.covered_under(person, LOW_INCOME):
        return "低保"
    if any(row["household_no"] in t.open_households for row in t.registered.get(person, ())):
        return "返贫致贫"
    if t.covered_under(person, {"低保边缘"}):
        return "低保边缘"
    return None


def subsidy_due(t: Terms, class_: str) -> Decimal:
    """insurance.subsidy of a class at D, or at 31 December of I where I is Y−1."""
    on = t.d if t.insurance_year == t.d.year else date(t.insurance_year, 12, 31)
    return t.policy.at(f"insurance.subsidy.{class_}", on)


@answers("CV02", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, IN), asks_insurance_year=True)
def cv02(t: Terms) -> Findings:
    """Enrolled as resident and subsidised by less than the class is due."""
    found = {}
    for person, rows in t.enrolled.items():
        class_ = insurance_class(t, person)
        if class_ is not None and any(
            row["subsidy_amount"] < subsidy_due(t, class_) for row in rows if row["scheme"] == "城乡居民"
        ):
            found[person, str(t.insurance_year)] = CERTAIN
    return found


@answers("CV03", needs=(*REGISTER_BOOK, ST), asks_school_year=True)
def cv03(t: Terms) -> Findings:
    """Registered, of compulsory age, at no school."""
    return {
        (person, school_year(t.school_start)): certainty(t.could_be_hidden(names_in(rows), "students"))
        for person, rows in t.registered.items()
        if t.is_out_of_school(person)
    }


@answers("CV04", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, ST, ED))
def cv04(t: Terms) -> Findings:
    """Pupil of the register or the roll without an item that the stage entitles to, in the last finished term."""
    term = t.last_term
    received = [
        row
        for row in t.rows("education_subsidies")
        if (row["school_year"], row["term"], row["payment_status"]) == (term.school_year, term.term, "成功")
    ]
    by_person = {(row["person_id"], row["item"]) for row in received if row["person_id"] is not None}
    by_student_no = {(row["student_no"], row["item"]) for row in received}
    found: Findings = {}
    for pupil in t.rows("students"):
        person, enrolled_on = pupil["person_id"], pupil["enrolled_on"]
        entitled = person in t.registered or person in t.on_the_roll
        if not entitled or pupil["student_status"] != "在读" or (enrolled_on and enrolled_on > term.first):
            continue
        for item in t.policy["education.items"].get(pupil["stage"], ()):
            if (person, item) in by_person or (pupil["student_no"], item) in by_student_no:
                continue
            key = (f"{person}|{term.school_year}|{term.term}|{item}", "")
            hidden = normalised(pupil["name"]) in t.hidden_pupils_of_last_term
            # Two 在读 rows may lead to one finding under two names: one that could be hidden is enough for a doubt.
            found[key] = certainty(hidden or found.get(key) == POSSIBLE)
    return found


@answers("CV05", needs=(*REGISTER_BOOK, HO))
def cv05(t: Terms) -> Findings:
    """Assessed as dangerous, not accepted, and no project."""
    found = {}
    for no in t.households:
        case = t.assessment(no)
        if not t.is_unsafe(case):
            continue
        assert case is not None
        planned_too_late = case["plan_year"] is None or case["plan_year"] < t.d.year
        if case["method"] == "无需改造" or (case["started_on"] is None and planned_too_late):
            found[no, ""] = certainty(t.household_has_unknown_member(no))
    return found


@answers("CV06", needs=(*REGISTER_BOOK, HO))
def cv06(t: Terms) -> Findings:
    """Renovation started, and neither finished nor accepted within its months."""
    found = {}
    for no in t.households:
        case = t.assessment(no)
        if not t.is_unsafe(case):
            continue
        assert case is not None
        if case["method"] == "无需改造" or case["started_on"] is None:
            continue
        if t.d > add_months(case["started_on"], t.policy["housing.complete_within_months"]):
            found[no, ""] = certainty(t.household_has_unknown_member(no))
    return found


@answers("CV07", needs=(*REGISTER_BOOK, HO))
def cv07(t: Terms) -> Findings:
    """No assessment at all."""
    return {
        (no, ""): certainty(
            t.household_has_unknown_member(no)
            or t.could_be_hidden(names_in(r for r in t.registered_members[no] if r["person_id"]), "housing_renovations")
        )
        for no in t.households
        if t.assessment(no) is None
    }


@answers("CV08", needs=(HO,))
def cv08(t: Terms) -> Findings:
    """Accepted, the months to pay are over, and less paid than promised."""
    within = t.policy["housing.pay_within_months"]

    def is_owed(case: Row) -> bool:
        done = case["completed_on"]
        return (
            case["acceptance"] == "合格"
            and done is not None
            and add_months(done, within) < t.d
            and case["paid"] < case["subsidy"]
        )

    return {(case["case_no"], ""): CERTAIN for case in t.rows("housing_renovations") if is_owed(case)}


@answers("CV09", needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, IN, ST, HO), asks_insurance_year=True, asks_school_year=True)
def cv09(t: Terms) -> Findings:
    """In force, nobody in the register, and several signals of hardship."""
    found = {}
    for no, c in t.in_force.items():
        if not no_member_in_register(t, no):
            continue
        members = t.members_of(no)
        signals = [
            any(is_uninsured(t, person) for person in persons_in(row for row in members if row["covered"])),
            any(t.is_out_of_school(person) for person in persons_in(members)),
            t.is_unsafe(t.newest_case_headed_by(persons_in(members))),
            c["monthly_income"] * 12 < t.line,
        ]
        if sum(signals) >= t.policy["signals_needed"]:
            found[no, ""] = absent_from_the_register(t, no)
    return found
