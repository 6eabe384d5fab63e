"""CV01–CV09: guarantees that do not reach whom they should."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from builders import Row
from oracle.entry import ED, HO, IN, LOW_INCOME_BOOK, REGISTER_BOOK, ST, Absence, Subject, answers
from oracle.months import add_months, school_year
from oracle.moved import has_moved, house, live_elsewhere, move_is_refused, relocations_headed_by
from oracle.policy import Values
from oracle.rules.two_lines import absent_from_the_register, no_member_in_register
from oracle.terms import DESTITUTE, LOW_INCOME, Terms, names_in, persons_in
from oracle.verdicts import Found, Founds


@answers("CV01", Subject.PERSON, needs=(*REGISTER_BOOK, IN), absence=Absence.SEARCHED, asks_insurance_year=True)
def cv01(t: Terms, p: Values) -> Founds:
    """Registered and not enrolled."""
    return {
        (person, str(t.insurance_year)): Found(t.could_be_hidden(names_in(rows), "insurance_enrolments"))
        for person, rows in t.registered.items()
        if t.is_uninsured(person)
    }


CLASSES = ("特困", "低保", "返贫致贫", "监测对象", "低保边缘")


def insurance_class(t: Terms, person: str, due: Mapping[str, Decimal]) -> tuple[str | None, set[str]]:
    """The first class that fits the person and is due anything, and the certificates that make it so."""
    households = [t.households[row["household_no"]] for row in t.registered.get(person, ())]
    fits = {
        "特困": t.covered_under(person, DESTITUTE),
        "低保": t.covered_under(person, LOW_INCOME),
        "返贫致贫": any(h["household_no"] in t.open_households for h in households),
        "监测对象": any(h["monitoring"] not in (None, "无") for h in households),
        "低保边缘": t.covered_under(person, {"低保边缘"}),
    }
    for class_ in CLASSES:
        if (found := fits[class_]) and due[class_] != 0:
            return class_, found if isinstance(found, set) else set()
    return None, set()


def day_of_subsidy(t: Terms, day: date) -> date:
    """The rule's day, or 1 January or 31 December of I where that day lies before or after I."""
    return min(max(day, date(t.insurance_year, 1, 1)), date(t.insurance_year, 12, 31))


@answers("CV02", Subject.PERSON, needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, IN), asks_insurance_year=True)
def cv02(t: Terms, p: Values) -> Founds:
    """Enrolled as resident and subsidised by less than the class is due."""
    on = day_of_subsidy(t, p.day)
    due = {class_: p.at(f"insurance.subsidy.{class_}", on) for class_ in CLASSES}
    tolerance = p["benefit_tolerance"]
    found = {}
    for person, rows in t.enrolled.items():
        class_, certificates = insurance_class(t, person, due)
        residents = [row for row in rows if row["scheme"] == "城乡居民"]
        if class_ is not None and any(due[class_] - row["subsidy_amount"] > tolerance for row in residents):
            households = [t.households[row["household_no"]] for row in t.registered.get(person, ())]
            unknown = class_ == "低保边缘" and any(t.was_refused(h, "monitoring") for h in households)
            found[person, str(t.insurance_year)] = Found(unknown or t.end_is_refused(certificates))
    return found


@answers("CV03", Subject.PERSON, needs=(*REGISTER_BOOK, ST), absence=Absence.SEARCHED, asks_school_year=True)
def cv03(t: Terms, p: Values) -> Founds:
    """Registered, of compulsory age, at no school."""
    ages = p["compulsory_age"]
    return {
        (person, school_year(t.school_start)): Found(t.could_be_hidden(names_in(rows), "students"))
        for person, rows in t.registered.items()
        if t.is_out_of_school(person, ages)
    }


@answers(
    "CV04",
    Subject.PERSON_AND_ITEM,
    needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, ST, ED),
    absence=Absence.SEARCHED,
    asks_last_term=True,
)
def cv04(t: Terms, p: Values) -> Founds:
    """Pupil of the register or the roll without an item that the stage entitles to, in the last finished term."""
    items, term = p["education.items"], t.last_term
    assert term is not None
    early = t.term_was_supplied_early(term)
    received = [
        row
        for row in t.rows("education_subsidies")
        if (row["school_year"], row["term"], row["payment_status"]) == (term.school_year, term.term, "成功")
    ]
    by_person = {(row["person_id"], row["item"]) for row in received if row["person_id"] is not None}
    by_student_no = {(row["student_no"], row["item"]) for row in received}
    found: Founds = {}
    for pupil in t.rows("students"):
        person, enrolled_on = pupil["person_id"], pupil["enrolled_on"]
        entitled = person in t.registered or person in t.on_the_roll
        if not entitled or pupil["student_status"] != "在读" or (enrolled_on and enrolled_on > term.first):
            continue
        by_roll_alone = person not in t.registered and t.end_is_refused(t.roll_of(person))
        for item in (one for one in items.get(pupil["stage"], ()) if one != "其他"):
            if (person, item) in by_person or (pupil["student_no"], item) in by_student_no:
                continue
            key = (f"{person}|{term.school_year}|{term.term}|{item}", "")
            hidden = t.pupil_could_be_hidden(pupil["name"], term) or t.was_refused(pupil, "enrolled_on")
            # Two 在读 rows may lead to one finding under two names: one that could be hidden is enough for a doubt.
            other = found.get(key, Found())
            found[key] = Found(
                early or by_roll_alone or hidden or other.possible,
                student_nos=other.student_nos | {pupil["student_no"]},
            )
    return found


def is_unsafe(case: Row | None, grades: Sequence[str]) -> bool:
    """There is a case, its grade asks for renovation, and it was not accepted as 合格."""
    return case is not None and case["grade"] in grades and case["acceptance"] != "合格"


@answers("CV05", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, HO), over_housing_cases=True)
def cv05(t: Terms, p: Values) -> Founds:
    """Assessed as dangerous, not accepted, and no project."""
    grades = p["housing.grades_to_renovate"]
    found = {}
    for no in t.households:
        case = house(t, no)
        if case is None or not is_unsafe(case, grades):
            continue
        planned_too_late = case["plan_year"] is None or case["plan_year"] < t.housing_day.year
        if case["method"] == "无需改造" or (case["started_on"] is None and planned_too_late):
            unread = any(t.was_refused(case, column) for column in ("started_on", "plan_year"))
            unread = unread or move_is_refused(t, no)
            found[no, ""] = Found(t.household_has_unknown_member(no) or unread)
    return found


@answers("CV06", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, HO), over_housing_cases=True)
def cv06(t: Terms, p: Values) -> Founds:
    """Renovation started, and neither finished nor accepted within its months."""
    grades, months = p["housing.grades_to_renovate"], p["housing.complete_within_months"]
    found = {}
    for no in t.households:
        case = house(t, no)
        if case is None or not is_unsafe(case, grades):
            continue
        if case["method"] == "无需改造" or case["started_on"] is None:
            continue
        if t.housing_day > add_months(case["started_on"], months):
            found[no, ""] = Found(t.household_has_unknown_member(no) or move_is_refused(t, no))
    return found


@answers("CV07", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, HO), absence=Absence.SEARCHED, over_housing_cases=True)
def cv07(t: Terms, p: Values) -> Founds:
    """No assessment at all."""
    return {
        (no, ""): Found(
            t.household_has_unknown_member(no)
            or move_is_refused(t, no)
            or t.could_be_hidden(names_in(r for r in t.registered_members[no] if r["person_id"]), "housing_renovations")
        )
        for no in t.households
        if t.assessment(no) is None and not has_moved(t, no)
    }


@answers("CV08", Subject.CASE, needs=(HO,))
def cv08(t: Terms, p: Values) -> Founds:
    """Accepted, the months to pay are over, and less paid than promised."""
    within = p["housing.pay_within_months"]

    def is_owed(case: Row) -> bool:
        done = case["completed_on"]
        return (
            case["acceptance"] == "合格"
            and done is not None
            and add_months(done, within) < t.housing_day
            and case["paid"] < case["subsidy"]
        )

    return {(case["case_no"], ""): Found() for case in t.rows("housing_renovations") if is_owed(case)}


@answers(
    "CV09",
    Subject.CERTIFICATE,
    needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK, IN, ST, HO),
    absence=Absence.SEARCHED,
    asks_insurance_year=True,
    asks_school_year=True,
    over_housing_cases=True,
)
def cv09(t: Terms, p: Values) -> Founds:
    """In force, nobody in the register, and several signals of hardship."""
    line, needed = p["poverty_line"], p["signals_needed"]
    ages, grades = p["compulsory_age"], p["housing.grades_to_renovate"]
    found = {}
    for no, c in t.in_force.items():
        if not no_member_in_register(t, no):
            continue
        members = t.members_of(no)
        case = t.newest_case_headed_by(persons_in(members))
        moves = relocations_headed_by(t, persons_in(members))
        home = None if live_elsewhere(t, moves, case) else case
        signals = [
            any(t.is_uninsured(person) for person in persons_in(row for row in members if row["covered"])),
            any(t.is_out_of_school(person, ages) for person in persons_in(members)),
            is_unsafe(home, grades),
            c["monthly_income"] * 12 < line,
        ]
        if sum(signals) >= needed:
            unread = home is not None and any(t.was_refused(row, "moved_in_on") for row in moves)
            found[no, ""] = Found(absent_from_the_register(t, no) or unread)
    return found
