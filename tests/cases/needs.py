"""What each rule needs: without one of these feeds, or with a stale one, it is not evaluated, and the others are.

The worlds are empty but for one insured stranger, so that a rule that is evaluated finds nothing: nobody is missing
because a feed is. Cases of one world share it.
"""

from datetime import date, timedelta

from builders import FEED_NAMES, D, World, world
from cases.case import NOT_EVALUATED, Case

REGISTER = ("register_households", "register_members")
LOW_INCOME = ("low_income_households", "low_income_members")
PAYMENTS = ("low_income_payments",)
INSURANCE = ("insurance_enrolments",)
STUDENTS = ("students",)
SUBSIDIES = ("education_subsidies",)
HOUSING = ("housing_renovations",)

NEEDS: dict[str, tuple[str, ...]] = {
    "TL01": (),
    "TL02": REGISTER + LOW_INCOME,
    "TL03": REGISTER + LOW_INCOME,
    "TL04": REGISTER + LOW_INCOME,
    "TL05": LOW_INCOME,
    "TL06": REGISTER + LOW_INCOME,
    "TL07": LOW_INCOME,
    "TL08": REGISTER + LOW_INCOME,
    "TL09": REGISTER + LOW_INCOME,
    "TL10": LOW_INCOME,
    "CV01": REGISTER + INSURANCE,
    "CV02": REGISTER + LOW_INCOME + INSURANCE,
    "CV03": REGISTER + STUDENTS,
    "CV04": REGISTER + LOW_INCOME + STUDENTS + SUBSIDIES,
    "CV05": REGISTER + HOUSING,
    "CV06": REGISTER + HOUSING,
    "CV07": REGISTER + HOUSING,
    "CV08": HOUSING,
    "CV09": REGISTER + LOW_INCOME + INSURANCE + STUDENTS + HOUSING,
    "EX01": REGISTER,
    "EX02": REGISTER + HOUSING,
    "EX03": REGISTER + STUDENTS,
    "EX04": REGISTER + INSURANCE,
    "DU01": REGISTER,
    "DU02": LOW_INCOME,
    "DU03": INSURANCE,
    "DU04": SUBSIDIES,
    "DU05": HOUSING,
    "PY01": LOW_INCOME + PAYMENTS,
    "PY02": LOW_INCOME + PAYMENTS,
    "PY03": LOW_INCOME + PAYMENTS,
    "PY04": LOW_INCOME + PAYMENTS,
    "PY05": LOW_INCOME + PAYMENTS,
    "PY06": REGISTER + LOW_INCOME + PAYMENTS,
    "ID01": (),
    "ID02": (),
    "ID03": REGISTER,
    "ID05": REGISTER + LOW_INCOME,
}
"""Feeds by rule; ID01 and ID02 are evaluated over whatever is there."""


def cases(title: str, over: World, missing: tuple[str, ...]) -> list[Case]:
    """One case a rule: not evaluated where it needs a missing feed, or nothing is there; else nothing found."""
    nothing_there = set(missing) == set(FEED_NAMES)
    return [
        Case(rule, title, over, NOT_EVALUATED if _lacks(rule, needs, missing, nothing_there) else {})
        for rule, needs in NEEDS.items()
    ]


def _lacks(rule: str, needs: tuple[str, ...], missing: tuple[str, ...], nothing_there: bool) -> bool:
    return not set(missing).isdisjoint(needs) or (nothing_there and rule in ("ID01", "ID02"))


def book_of(feed: str) -> tuple[str, ...]:
    """The feed, or both halves of its book: what is not there once it is not."""
    return next((book for book in (REGISTER, LOW_INCOME) if feed in book), (feed,))


def all_delivered(as_of: date) -> World:
    """Every feed as of one day."""
    return world(as_of=dict.fromkeys(FEED_NAMES, as_of))


FRESHEST_STALE = D - timedelta(days=93)

CASES: tuple[Case, ...] = (
    *cases("every feed there and empty", world(), ()),
    *cases("nothing delivered", world(absent=FEED_NAMES), FEED_NAMES),
    *cases("every feed as old as freshness allows", all_delivered(D - timedelta(days=92)), ()),
    *cases("every feed a day older", all_delivered(FRESHEST_STALE), FEED_NAMES),
    *(c for feed in FEED_NAMES for c in cases(f"{feed} never arrived", world(absent=(feed,)), book_of(feed))),
    *(
        c
        for book in dict.fromkeys(book_of(feed) for feed in FEED_NAMES)
        for c in cases(f"{' and '.join(book)} a day too old", world(as_of=dict.fromkeys(book, FRESHEST_STALE)), book)
    ),
)
