"""How sure a finding is: the doubt that its rule names, and those that concern all rules alike."""

from oracle.entry import IN, LH, RH, Entry
from oracle.policy import Values
from oracle.refusals import could_concern
from oracle.terms import Terms
from oracle.verdicts import CERTAIN, POSSIBLE, Findings, Founds


def with_certainty(entry: Entry, t: Terms, p: Values, founds: Founds) -> Findings:
    """The findings of a rule with their certainty."""
    apart = books_lie_apart(entry, t, p)
    return {
        key: POSSIBLE if apart or found.possible or could_concern(t, entry, key[0], found) else CERTAIN
        for key, found in founds.items()
    }


def books_lie_apart(entry: Entry, t: Terms, p: Values) -> bool:
    """Those of R, B and IN that a rule needs lie more than books_apart_days apart; ID rules aside."""
    days = [t.deliveries.day(feed) for feed in (RH, LH, IN) if feed in entry.needs]
    if entry.code.startswith("ID") or len(days) < 2:
        return False
    return (max(days) - min(days)).days > p["books_apart_days"]
