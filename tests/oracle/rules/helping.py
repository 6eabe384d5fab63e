"""HP01: 帮扶责任人."""

from oracle.entry import REGISTER_BOOK, Subject, answers
from oracle.policy import Values
from oracle.terms import Terms
from oracle.verdicts import Found, Founds


@answers("HP01", Subject.HOUSEHOLD, needs=REGISTER_BOOK, applies_with=("register_households", "helper_name"))
def hp01(t: Terms, p: Values) -> Founds:
    """Open or monitored, and helper_name blank as sent."""
    return {
        (no, ""): Found(t.household_has_unknown_member(no))
        for no, h in t.households.items()
        if (no in t.open_households or h["monitoring"] not in (None, "无"))
        and h["helper_name"] is None
        and not t.was_refused(h, "helper_name")
    }
