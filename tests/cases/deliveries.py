"""Which deliveries count: freshness, corrections, late arrivals, halves of a book, feeds that accumulate."""

from datetime import date, timedelta
from typing import Any

from builders import (
    COUNTY,
    FEED_NAMES,
    D,
    Delivery,
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    household,
    housing_case,
    member,
    open_household,
    payment,
    pid,
    world,
)
from cases.case import Case, Of

A = pid(1)


def days_before(days: int) -> date:
    """So many days before D."""
    return D - timedelta(days=days)


# One feed, by CV08: a house whose subsidy is owed

cv08 = Of("CV08")


def owed(as_of: date, *case_nos: str) -> Delivery:
    """Housing cases that CV08 finds."""
    done = {"acceptance": "合格", "completed_on": date(2024, 1, 1), "subsidy": 1}
    return deliver("housing_renovations", as_of, [housing_case(no, **done) for no in case_nos])


def arrived(*deliveries: Delivery, **more: Any) -> World:
    """These deliveries in the order of their receipt, and of no other feed."""
    return world(absent=FEED_NAMES, before=deliveries, **more)


OWN_FRESHNESS = {"freshness_days.housing_renovations": 30}
OTHER_FRESHNESS = {"freshness_days.students": 30}
FRESHNESS_CHANGES = {"freshness_days": [(date(2020, 1, 1), 92), (D, 30)]}

ONE_FEED = (
    cv08.not_evaluated("no delivery", arrived()),
    cv08.broken_by("delivered at D", arrived(owed(D, "X1")), "X1"),
    cv08.broken_by("as old as freshness allows", arrived(owed(days_before(92), "X1")), "X1"),
    cv08.not_evaluated("a day older", arrived(owed(days_before(93), "X1"))),
    cv08.not_evaluated("only after D", arrived(owed(D + timedelta(days=1), "X1"))),
    cv08.broken_by("after D does not count", arrived(owed(D, "X1"), owed(D + timedelta(days=1), "X2")), "X1"),
    cv08.not_evaluated(
        "stale, and a newer one after D", arrived(owed(days_before(93), "X1"), owed(D + timedelta(days=1), "X2"))
    ),
    cv08.broken_by("the feed's own freshness", arrived(owed(days_before(30), "X1"), policy=OWN_FRESHNESS), "X1"),
    cv08.not_evaluated(
        "a day older than the feed's own freshness", arrived(owed(days_before(31), "X1"), policy=OWN_FRESHNESS)
    ),
    cv08.broken_by(
        "another feed's freshness does not matter", arrived(owed(days_before(92), "X1"), policy=OTHER_FRESHNESS), "X1"
    ),
    cv08.not_evaluated("freshness in force at D", arrived(owed(days_before(31), "X1"), policy=FRESHNESS_CHANGES)),
    cv08.broken_by("the newest as-of counts alone", arrived(owed(days_before(30), "X1"), owed(D, "X2")), "X2"),
    cv08.broken_by(
        "an older as-of that arrives later changes nothing", arrived(owed(D, "X2"), owed(days_before(30), "X1")), "X2"
    ),
    cv08.broken_by("a correction supersedes", arrived(owed(D, "X1"), owed(D, "X2")), "X2"),
    cv08.broken_by("the last correction counts", arrived(owed(D, "X1"), owed(D, "X2"), owed(D, "X3")), "X3"),
    cv08.broken_by(
        "a correction of an older as-of changes nothing",
        arrived(owed(days_before(30), "X1"), owed(D, "X2"), owed(days_before(30), "X3")),
        "X2",
    ),
    cv08.holds_for("a correction that is empty", arrived(owed(D, "X1"), owed(D))),
)

# A book of two halves, by TL05: certificates above the standard

tl05 = Of("TL05")


def upper(as_of: date, *certificate_nos: str) -> Delivery:
    """The half that has certificates, all above the standard."""
    rows = [certificate(no, monthly_income=900) for no in certificate_nos]
    return deliver("low_income_households", as_of, rows)


def lower(as_of: date, *certificate_nos: str, unknown: bool = False) -> Delivery:
    """The half that has members, one a certificate, with or without a valid number."""
    rows = [certificate_member(no, None if unknown else pid(i)) for i, no in enumerate(certificate_nos, 1)]
    return deliver("low_income_members", as_of, rows)


MAY = date(2026, 5, 31)

BOOK = (
    tl05.broken_by("both halves at D", arrived(upper(D, "C1"), lower(D, "C1")), "C1"),
    tl05.not_evaluated("the upper half alone", arrived(upper(D, "C1"))),
    tl05.not_evaluated("the lower half alone", arrived(lower(D, "C1"))),
    tl05.not_evaluated("halves of different days", arrived(upper(D, "C1"), lower(days_before(1), "C1"))),
    tl05.broken_by(
        "the newest day that both halves have",
        arrived(upper(MAY, "C1"), lower(MAY, "C1"), upper(D, "C2")),
        "C1",
    ),
    tl05.broken_by(
        "the newest day that both halves have, the lower one ahead",
        arrived(upper(MAY, "C1"), lower(MAY, "C1"), lower(D, "C1", unknown=True)),
        "C1",
    ),
    tl05.broken_by(
        "the missing half arrives",
        arrived(upper(MAY, "C1"), lower(MAY, "C1"), upper(D, "C2"), lower(D, "C2")),
        "C2",
    ),
    tl05.perhaps_broken_by(
        "a correction of one half",
        arrived(upper(D, "C1"), lower(D, "C1"), lower(D, "C1", unknown=True)),
        "C1",
    ),
    tl05.broken_by(
        "the common day is as old as freshness allows",
        arrived(upper(days_before(92), "C1"), lower(days_before(92), "C1"), upper(D, "C2")),
        "C1",
    ),
    tl05.not_evaluated(
        "the common day is stale, though each half has a newer one",
        arrived(
            upper(days_before(93), "C1"), lower(days_before(93), "C1"), upper(D, "C2"), lower(days_before(1), "C2")
        ),
    ),
    tl05.not_evaluated("the other half comes after D", arrived(upper(D, "C1"), lower(D + timedelta(days=1), "C1"))),
)

# Hidden names are looked for in the half that is read, by TL02

tl02 = Of("TL02")


def poor(*deliveries: Delivery) -> World:
    """H1, open and poor, with 李明; and deliveries of certificates."""
    return world(
        absent=("low_income_households", "low_income_members"),
        register_households=[open_household(income_current=0)],
        register_members=[member(name="李明")],
        before=deliveries,
    )


def nameless(as_of: date, *quarantined: Row) -> list[Delivery]:
    """Both halves, empty, with rows that were refused."""
    return [upper(as_of), deliver("low_income_members", as_of, (), quarantined)]


HIDDEN = (
    tl02.perhaps_broken_by(
        "a namesake refused in the half that is read",
        poor(*nameless(MAY, {"name": "李明"}), deliver("low_income_members", D)),
        "H1",
    ),
    tl02.broken_by(
        "a namesake refused in a newer half that is not read",
        poor(*nameless(MAY), deliver("low_income_members", D, (), [{"name": "李明"}])),
        "H1",
    ),
    tl02.broken_by(
        "a namesake refused in a delivery that was corrected",
        poor(*nameless(D, {"name": "李明"}), deliver("low_income_members", D)),
        "H1",
    ),
)

# Feeds that accumulate, by PY04 (months) and DU04 (terms)

py04 = Of("PY04")
du04 = Of("DU04")


def returned(*deliveries: Delivery) -> World:
    """C1 with member A, and deliveries of payments."""
    return world(
        absent=("low_income_payments",),
        low_income_households=[certificate()],
        low_income_members=[certificate_member()],
        before=deliveries,
    )


def back(as_of: date, *months: str, status: str = "退回") -> Delivery:
    """C1's payments of these months, returned."""
    return deliver("low_income_payments", as_of, [payment(month=m, payment_status=status) for m in months])


def twice(as_of: date, *terms: tuple[str, str], times: int = 2) -> Delivery:
    """A's subsidy of these terms, paid so many times."""
    rows = [
        education_subsidy(A, school_year=year, term=term, batch_no=f"B{i}")
        for year, term in terms
        for i in range(times)
    ]
    return deliver("education_subsidies", as_of, rows)


AUTUMN, SPRING = ("2025-2026", "秋季"), ("2025-2026", "春季")


def subsidies(*deliveries: Delivery) -> World:
    """Deliveries of subsidies."""
    return world(absent=("education_subsidies",), before=deliveries)


ACCUMULATING = (
    py04.broken_by(
        "months of two deliveries", returned(back(MAY, "2026-04"), back(D, "2026-05")), "C1|2026-04", "C1|2026-05"
    ),
    py04.broken_by(
        "a month of a delivery older than freshness allows, which a fresh one has not",
        returned(back(date(2025, 12, 31), "2025-11"), back(D, "2026-05")),
        "C1|2025-11",
        "C1|2026-05",
    ),
    py04.not_evaluated("only a stale delivery", returned(back(days_before(93), "2026-02"))),
    py04.holds_for(
        "a month is taken whole from the newest delivery that has it",
        returned(back(MAY, "2026-04"), back(D, "2026-04", status="成功")),
    ),
    py04.broken_by(
        "an older as-of that arrives later does not take a month back",
        returned(back(D, "2026-04"), back(MAY, "2026-04", status="成功")),
        "C1|2026-04",
    ),
    py04.broken_by(
        "an older as-of that arrives later adds the months that are missing",
        returned(back(D, "2026-05"), back(MAY, "2026-04", "2026-05", status="退回")),
        "C1|2026-04",
        "C1|2026-05",
    ),
    py04.broken_by(
        "of an older delivery, only the months that no newer one has",
        returned(back(MAY, "2026-04", "2026-05", status="成功"), back(D, "2026-05")),
        "C1|2026-05",
    ),
    py04.holds_for(
        "a correction of the newest delivery", returned(back(D, "2026-05"), back(D, "2026-05", status="成功"))
    ),
    py04.broken_by(
        "a month that a correction no longer has is superseded with it",
        returned(back(D, "2026-04", "2026-05"), back(D, "2026-05")),
        "C1|2026-05",
    ),
    py04.broken_by(
        "a month that a correction no longer has falls back to the older delivery",
        returned(back(MAY, "2026-04"), back(D, "2026-04", status="成功"), back(D, "2026-05")),
        "C1|2026-04",
        "C1|2026-05",
    ),
    py04.holds_for("a delivery after D", returned(back(D), back(D + timedelta(days=1), "2026-05"))),
    du04.broken_by(
        "terms of two deliveries",
        subsidies(twice(MAY, AUTUMN), twice(D, SPRING)),
        f"{A}|2025-2026|秋季|义务教育生活补助",
        f"{A}|2025-2026|春季|义务教育生活补助",
    ),
    du04.holds_for(
        "a term is taken whole from the newest delivery that has it",
        subsidies(twice(MAY, AUTUMN), twice(D, AUTUMN, times=1)),
    ),
    du04.holds_for(
        "autumn of another school year is another term",
        subsidies(twice(MAY, ("2024-2025", "秋季"), times=1), twice(D, AUTUMN, times=1)),
    ),
)

# Feeds of an evaluation are taken in like the others, and no rule speaks of them

id01, id02 = Of("ID01"), Of("ID02")


def roster(**over: Any) -> dict[str, Any]:
    """The household of a village roster whose head has no valid number, and a name of his own for a number."""
    row: Row = {
        "village_code": f"{COUNTY}101201",
        "roster_no": "1",
        "township": "三棵树镇",
        "village": "朗利村",
        "head_name": "李明",
        "head_id": None,
        "head_id_problem": "malformed",
        "persons": 1,
        "household_no": "H1",
    }
    return {"village_rosters": [row | over]}


TWO_FEEDS = (
    id01.broken_by(
        "two feeds are there and no other",
        world(
            absent=FEED_NAMES[2:],
            fillers=False,
            register_households=[household(head_id=None)],
            register_members=[member(person_id=None)],
        ),
        "register_households|head_id|H1",
        "register_members|person_id|M1",
    ),
)

OF_AN_EVALUATION = (
    id01.holds_for("a roster's head without a valid number is nobody's finding", world(**roster())),
    id01.not_evaluated("a roster alone is no feed that is asked about", world(absent=FEED_NAMES, **roster())),
    id02.holds_for(
        "a roster calls a registered person otherwise",
        world(register_members=[member("M1", "H1", A)], **roster(head_id=A, head_id_problem=None)),
    ),
    id02.not_evaluated("a roster alone names nobody", world(absent=FEED_NAMES, **roster(head_id=A))),
)

CASES: tuple[Case, ...] = (*ONE_FEED, *BOOK, *HIDDEN, *ACCUMULATING, *TWO_FEEDS, *OF_AN_EVALUATION)
