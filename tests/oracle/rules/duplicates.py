"""DU01–DU05: the same person twice."""

from collections import Counter
from itertools import combinations

from oracle.entry import ED, HO, IN, LOW_INCOME_BOOK, REGISTER_BOOK, answers
from oracle.terms import LOW_INCOME, Terms
from oracle.verdicts import CERTAIN, Findings


@answers("DU01", needs=REGISTER_BOOK)
def du01(t: Terms) -> Findings:
    """Registered in two or more households."""
    return {
        (person, ""): CERTAIN for person, rows in t.registered.items() if len({r["household_no"] for r in rows}) >= 2
    }


@answers("DU02", needs=LOW_INCOME_BOOK)
def du02(t: Terms) -> Findings:
    """On the roll under two or more 低保 certificates."""
    return {(person, ""): CERTAIN for person in t.on_the_roll if len(t.covered_under(person, LOW_INCOME)) >= 2}


@answers("DU03", needs=(IN,), asks_insurance_year=True)
def du03(t: Terms) -> Findings:
    """正常参保 for I in both schemes."""
    return {
        (person, str(t.insurance_year)): CERTAIN
        for person, rows in t.enrolled.items()
        if {"城乡居民", "职工"} <= {row["scheme"] for row in rows}
    }


@answers("DU04", needs=(ED,))
def du04(t: Terms) -> Findings:
    """Two or more 成功 rows of a person, school year, term and item."""
    received = Counter(
        f"{row['person_id']}|{row['school_year']}|{row['term']}|{row['item']}"
        for row in t.rows("education_subsidies")
        if row["payment_status"] == "成功" and row["person_id"] is not None
    )
    return {(key, ""): CERTAIN for key, times in received.items() if times >= 2}


@answers("DU05", needs=(HO,))
def du05(t: Terms) -> Findings:
    """Two cases of a head with money paid, whose plan years lie too close."""
    years = t.policy["housing.repeat_years"]
    found = {}
    for person, cases in t.cases_by_head.items():
        planned = [case["plan_year"] for case in cases if case["paid"] > 0 and case["plan_year"] is not None]
        if any(abs(a - b) < years for a, b in combinations(planned, 2)):
            found[person, ""] = CERTAIN
    return found
