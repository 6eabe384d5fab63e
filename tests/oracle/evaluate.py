"""The oracle: every rule over one world, in plain Python from the contract alone."""

from collections.abc import Callable

from builders import FEED_NAMES, World
from oracle import coverage, duplicates, exits, identity, payments, two_lines
from oracle.terms import Terms
from oracle.verdicts import Findings, NotEvaluated

RH, RM, LH, LM, LP, IN, ST, ED, HO = FEED_NAMES

Rule = Callable[[Terms], Findings]

RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    "TL01": (two_lines.tl01, ()),
    "TL02": (two_lines.tl02, (RH, RM, LH, LM)),
    "TL03": (two_lines.tl03, (RH, RM, LH, LM)),
    "TL04": (two_lines.tl04, (RH, RM, LH, LM)),
    "TL05": (two_lines.tl05, (LH, LM)),
    "TL06": (two_lines.tl06, (RH, RM, LH, LM)),
    "TL07": (two_lines.tl07, (LH, LM)),
    "TL08": (two_lines.tl08, (RH, RM, LH, LM)),
    "TL09": (two_lines.tl09, (RH, RM, LH, LM)),
    "TL10": (two_lines.tl10, (LH, LM)),
    "CV01": (coverage.cv01, (RH, RM, IN)),
    "CV02": (coverage.cv02, (RH, RM, LH, LM, IN)),
    "CV03": (coverage.cv03, (RH, RM, ST)),
    "CV04": (coverage.cv04, (RH, RM, LH, LM, ST, ED)),
    "CV05": (coverage.cv05, (RH, RM, HO)),
    "CV06": (coverage.cv06, (RH, RM, HO)),
    "CV07": (coverage.cv07, (RH, RM, HO)),
    "CV08": (coverage.cv08, (HO,)),
    "CV09": (coverage.cv09, (RH, RM, LH, LM, IN, ST, HO)),
    "EX01": (exits.ex01, (RH, RM)),
    "EX02": (exits.ex02, (RH, RM, HO)),
    "EX03": (exits.ex03, (RH, RM, ST)),
    "EX04": (exits.ex04, (RH, RM, IN)),
    "DU01": (duplicates.du01, (RH, RM)),
    "DU02": (duplicates.du02, (LH, LM)),
    "DU03": (duplicates.du03, (IN,)),
    "DU04": (duplicates.du04, (ED,)),
    "DU05": (duplicates.du05, (HO,)),
    "PY01": (payments.py01, (LH, LM, LP)),
    "PY02": (payments.py02, (LH, LM, LP)),
    "PY03": (payments.py03, (LH, LM, LP)),
    "PY04": (payments.py04, (LH, LM, LP)),
    "PY05": (payments.py05, (LH, LM, LP)),
    "PY06": (payments.py06, (RH, RM, LH, LM, LP)),
    # ID01 and ID02 are evaluated over whatever feeds are there.
    "ID01": (identity.id01, ()),
    "ID02": (identity.id02, ()),
    "ID03": (identity.id03, (RH, RM)),
    "ID05": (identity.id05, (RH, RM, LH, LM)),
}
"""Each rule's function and the feeds without which it is not evaluated."""

OVER_WHAT_IS_THERE = {"ID01", "ID02"}
"""With nothing there they have seen nothing: not evaluated, which is never an empty table (style.md, maxim 7)."""
ASKS_ABOUT_INSURANCE_YEAR = {"CV01", "CV02", "CV09", "EX04", "DU03"}
ASKS_ABOUT_SCHOOL_YEAR = {"CV03", "CV09", "EX03"}


def why_not(code: str, needs: tuple[str, ...], t: Terms) -> str | None:
    """Why the rule cannot be evaluated, or None."""
    missing = [reason for feed in needs if (reason := t.deliveries.missing(feed))]
    if code in OVER_WHAT_IS_THERE and all(t.deliveries.missing(feed) for feed in FEED_NAMES):
        return "no feed is there"
    if missing:
        return "; ".join(missing)
    if code in ASKS_ABOUT_INSURANCE_YEAR and not any(row["year"] == t.insurance_year for row in t.rows(IN)):
        return f"{IN}: no row for {t.insurance_year}"
    if code in ASKS_ABOUT_SCHOOL_YEAR and t.deliveries.current[ST].as_of < t.school_settled_on:
        return f"{ST}: older than {t.school_settled_on}"
    return None


def evaluate(world: World) -> dict[str, NotEvaluated | Findings]:
    """By rule code: its findings, or why it was not evaluated."""
    t = Terms(world)
    verdicts: dict[str, NotEvaluated | Findings] = {}
    for code, (rule, needs) in RULES.items():
        reason = why_not(code, needs, t)
        verdicts[code] = rule(t) if reason is None else NotEvaluated(reason)
    return verdicts
