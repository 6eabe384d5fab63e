"""The oracle: every rule over one world, in plain Python from the contract alone."""

from collections import Counter
from datetime import date

from builders import FEED_NAMES, World
from listing import modules_below
from oracle.certainty import with_certainty
from oracle.entry import IN, Entry
from oracle.policy import NoValueError, Values
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

UNASKED = {code for code, entry in RULES.items() if not set(entry.needs) <= set(FEED_NAMES)}
"""Rules that need a feed of another office: not applicable in a county that receives the nine."""

OVER_WHAT_IS_THERE = {code for code, entry in RULES.items() if entry.over_what_is_there}


def rules_day(entry: Entry, t: Terms) -> date:
    """The least day of the feeds that the rule needs and has; of one that needs none, D."""
    return min((t.deliveries.day(feed) for feed in entry.needs), default=t.d)


def why_not(entry: Entry, t: Terms) -> NotEvaluated | None:
    """Why the rule cannot be evaluated, or None."""
    missing = [reason for feed in entry.needs if (reason := t.deliveries.missing(feed))]
    if entry.over_what_is_there and all(t.deliveries.missing(feed) for feed in FEED_NAMES):
        missing = ["no feed is there"]
    if missing:
        return NotEvaluated("; ".join(missing))
    if entry.applies_with is not None:
        feed, column = entry.applies_with
        if all(row[column] is None for row in t.rows(feed)):
            return NotEvaluated(f"no row of {feed} has {column}")
    if entry.asks_insurance_year and (reason := insurance_year_is_not_there(entry, t)):
        return NotEvaluated(reason)
    if entry.asks_last_term and t.last_term is None:
        return NotEvaluated("no delivery has rows of a finished term")
    if entry.asks_school_year and t.is_between_two_schools:
        return NotEvaluated(f"pupils are between two schools on {t.students_day}", waiting=True)
    return None


def insurance_year_is_not_there(entry: Entry, t: Terms) -> str | None:
    """No row for I, or fewer than (100 − shrink_percent) % of the most of one year that a delivery ever had."""
    of_i = Counter(row["year"] for row in t.rows(IN))[t.insurance_year]
    most = max(n for d in t.deliveries.accepted[IN] for n in (0, *Counter(row["year"] for row in d.rows).values()))
    percent = t.policy.of_feed("shrink_percent", IN, rules_day(entry, t))
    few = of_i * 100 < (100 - percent) * most
    return f"{IN}: {of_i} rows for {t.insurance_year}, of a year once {most}" if of_i == 0 or few else None


def judge(entry: Entry, t: Terms) -> NotEvaluated | Findings:
    """One rule's findings, or why it was not evaluated."""
    try:
        reason = why_not(entry, t)
        if reason is not None:
            return reason
        p = Values(t.policy, rules_day(entry, t))
        return with_certainty(entry, t, p, entry.answer(t, p))
    except NoValueError as error:
        return NotEvaluated(str(error))


def evaluate(world: World) -> dict[str, NotEvaluated | Findings]:
    """By rule code: its findings, or why it was not evaluated."""
    t = Terms(world)
    return {code: judge(entry, t) for code, entry in RULES.items()}
