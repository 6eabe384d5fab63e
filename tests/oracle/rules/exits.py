"""EX01–EX04: exited households that fail what an exit promised."""

from collections.abc import Callable
from datetime import date

from oracle.entry import HO, IN, REGISTER_BOOK, ST, answers
from oracle.months import school_year
from oracle.rules.coverage import is_uninsured
from oracle.terms import Terms, certainty, names_in
from oracle.verdicts import Findings


@answers("EX01", needs=REGISTER_BOOK)
def ex01(t: Terms) -> Findings:
    """This year's income below the line, or last year's below the line of last 31 December."""
    line_before = t.policy.at("poverty_line", date(t.d.year - 1, 12, 31))
    return {
        (no, ""): certainty(t.household_has_unknown_member(no))
        for no, h in t.exited_households.items()
        if h["income_current"] < t.line or h["income_previous"] < line_before
    }


@answers("EX02", needs=(*REGISTER_BOOK, HO))
def ex02(t: Terms) -> Findings:
    """The register says unsafe, or the assessment does."""
    return {
        (no, ""): certainty(t.household_has_unknown_member(no))
        for no, h in t.exited_households.items()
        if not h["housing_safe"] or t.is_unsafe(t.assessment(no))
    }


def with_a_person_who(t: Terms, meets: Callable[[str], bool], searched: str, period: str) -> Findings:
    """Exited households with a registered person who stands where nobody should, by absence from a feed."""
    found = {}
    for no in t.exited_households:
        absent = [r for r in t.registered_members[no] if r["person_id"] is not None and meets(r["person_id"])]
        if absent:
            found[no, period] = certainty(
                t.household_has_unknown_member(no) or t.could_be_hidden(names_in(absent), searched)
            )
    return found


@answers("EX03", needs=(*REGISTER_BOOK, ST), asks_school_year=True)
def ex03(t: Terms) -> Findings:
    """A registered person of it meets CV03."""
    return with_a_person_who(t, t.is_out_of_school, "students", school_year(t.school_start))


@answers("EX04", needs=(*REGISTER_BOOK, IN), asks_insurance_year=True)
def ex04(t: Terms) -> Findings:
    """A registered person of it meets CV01."""
    return with_a_person_who(t, lambda p: is_uninsured(t, p), "insurance_enrolments", str(t.insurance_year))
