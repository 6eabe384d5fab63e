"""EX01–EX05: exited households that fail what an exit promised."""

from collections.abc import Callable
from datetime import date

from oracle.entry import HO, IN, REGISTER_BOOK, ST, Absence, Subject, answers
from oracle.months import school_year
from oracle.moved import house, move_is_refused
from oracle.policy import Values
from oracle.rules.coverage import is_unsafe
from oracle.terms import Terms, names_in
from oracle.verdicts import Found, Founds


@answers("EX01", Subject.HOUSEHOLD, needs=REGISTER_BOOK)
def ex01(t: Terms, p: Values) -> Founds:
    """This year's income below the line, or last year's below the line of 31 December of the year before R's."""
    line, line_before = p["poverty_line"], p.at("poverty_line", date(t.register_day.year - 1, 12, 31))
    return {
        (no, ""): Found(t.household_has_unknown_member(no))
        for no, h in t.exited_households.items()
        if h["income_current"] < line or h["income_previous"] < line_before
    }


@answers("EX02", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, HO), over_housing_cases=True)
def ex02(t: Terms, p: Values) -> Founds:
    """The register says unsafe, or the assessment does."""
    grades = p["housing.grades_to_renovate"]
    return {
        (no, ""): Found(t.household_has_unknown_member(no) or (h["housing_safe"] and move_is_refused(t, no)))
        for no, h in t.exited_households.items()
        if not h["housing_safe"] or is_unsafe(house(t, no), grades)
    }


def with_a_person_who(t: Terms, meets: Callable[[str], bool], searched: str, period: str) -> Founds:
    """Exited households with a registered person who stands where nobody should, by absence from a feed."""
    found = {}
    for no in t.exited_households:
        absent = [r for r in t.registered_members[no] if r["person_id"] is not None and meets(r["person_id"])]
        if absent:
            found[no, period] = Found(
                t.household_has_unknown_member(no) or t.could_be_hidden(names_in(absent), searched)
            )
    return found


@answers("EX03", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, ST), absence=Absence.SEARCHED, asks_school_year=True)
def ex03(t: Terms, p: Values) -> Founds:
    """A registered person of it meets CV03."""
    ages = p["compulsory_age"]
    return with_a_person_who(t, lambda who: t.is_out_of_school(who, ages), "students", school_year(t.school_start))


@answers("EX04", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, IN), absence=Absence.SEARCHED, asks_insurance_year=True)
def ex04(t: Terms, p: Values) -> Founds:
    """A registered person of it meets CV01."""
    return with_a_person_who(t, t.is_uninsured, "insurance_enrolments", str(t.insurance_year))


@answers("EX05", Subject.HOUSEHOLD, needs=REGISTER_BOOK)
def ex05(t: Terms, p: Values) -> Founds:
    """water_safe 否."""
    return {
        (no, ""): Found(t.household_has_unknown_member(no))
        for no, h in t.exited_households.items()
        if h["water_safe"] is False
    }
