"""The oracle: every rule over one world, in plain Python from the contract alone."""

from builders import FEED_NAMES, World
from listing import modules_below
from oracle.entry import IN, ST, Entry
from oracle.terms import Terms
from oracle.verdicts import Findings, NotEvaluated

RULES: dict[str, Entry] = {
    entry.code: entry
    for module in modules_below("oracle/rules")
    for entry in vars(module).values()
    if isinstance(entry, Entry)
}
"""Each rule's entry, from the modules of ``oracle/rules``."""

PLANTED = {code for code, entry in RULES.items() if entry.planted}
"""Rules of which the simulator's truth has all findings."""

OVER_WHAT_IS_THERE = {code for code, entry in RULES.items() if entry.over_what_is_there}


def why_not(entry: Entry, t: Terms) -> str | None:
    """Why the rule cannot be evaluated, or None."""
    missing = [reason for feed in entry.needs if (reason := t.deliveries.missing(feed))]
    if entry.over_what_is_there and all(t.deliveries.missing(feed) for feed in FEED_NAMES):
        return "no feed is there"
    if missing:
        return "; ".join(missing)
    if entry.asks_insurance_year and not any(row["year"] == t.insurance_year for row in t.rows(IN)):
        return f"{IN}: no row for {t.insurance_year}"
    if entry.asks_school_year and t.deliveries.current[ST].as_of < t.school_settled_on:
        return f"{ST}: older than {t.school_settled_on}"
    return None


def judge(entry: Entry, t: Terms) -> NotEvaluated | Findings:
    """One rule's findings, or why it was not evaluated."""
    reason = why_not(entry, t)
    return entry(t) if reason is None else NotEvaluated(reason)


def evaluate(world: World) -> dict[str, NotEvaluated | Findings]:
    """By rule code: its findings, or why it was not evaluated."""
    t = Terms(world)
    return {code: judge(entry, t) for code, entry in RULES.items()}
