"""CO01–CO04: 账内一致."""

from oracle.entry import HO, LM, LOW_INCOME_BOOK, REGISTER_BOOK, RM, Subject, answers
from oracle.moved import house, move_is_refused
from oracle.names import normalised
from oracle.policy import Values
from oracle.rules.coverage import is_unsafe
from oracle.terms import Terms
from oracle.verdicts import Found, Founds


def somebody_stands_nowhere(t: Terms, feed: str, column: str) -> bool:
    """The current delivery of the feed has a quarantined row whose household (certificate) is not known."""
    return any(row.get(column) is None for row in t.deliveries.quarantined.get(feed, ()))


@answers("CO01", Subject.HOUSEHOLD, needs=REGISTER_BOOK)
def co01(t: Terms, p: Values) -> Founds:
    """persons is not the number of 正常 rows."""
    doubt = somebody_stands_nowhere(t, RM, "household_no")
    return {(no, ""): Found(doubt) for no, h in t.households.items() if h["persons"] != len(t.registered_members[no])}


@answers("CO02", Subject.HOUSEHOLD, needs=REGISTER_BOOK)
def co02(t: Terms, p: Values) -> Founds:
    """Not one 户主 among the 正常 rows, or the head is none of them."""
    doubt = somebody_stands_nowhere(t, RM, "household_no")
    found = {}
    for no, h in t.households.items():
        rows = t.registered_members[no]
        heads = sum(row["relation"] == "户主" for row in rows)
        bearing = {normalised(row["name"]) for row in rows if row["person_id"] is None}
        missed = (
            h["head_id"] is not None
            and h["head_id"] not in t.registered_in(no)
            and normalised(h["head_name"]) not in bearing
        )
        if heads != 1 or missed:
            found[no, ""] = Found(doubt)
    return found


@answers("CO03", Subject.CERTIFICATE, needs=LOW_INCOME_BOOK)
def co03(t: Terms, p: Values) -> Founds:
    """In force, with member rows, and persons or covered_persons are not theirs."""
    doubt = somebody_stands_nowhere(t, LM, "certificate_no")
    found = {}
    for no, c in t.in_force.items():
        rows = t.members_of(no)
        covered = sum(row["covered"] for row in rows)
        if rows and (c["persons"] != len(rows) or c["covered_persons"] != covered):
            found[no, ""] = Found(doubt or t.end_is_refused([no]))
    return found


@answers("CO04", Subject.HOUSEHOLD, needs=(*REGISTER_BOOK, HO), over_housing_cases=True)
def co04(t: Terms, p: Values) -> Founds:
    """Open, safe by the register, dangerous by the assessment."""
    grades = p["housing.grades_to_renovate"]
    return {
        (no, ""): Found(t.household_has_unknown_member(no) or move_is_refused(t, no))
        for no, h in t.open_households.items()
        if h["housing_safe"] and is_unsafe(house(t, no), grades)
    }
