"""DU01–DU05: the same person twice."""

from collections import Counter
from itertools import combinations

from oracle.entry import ED, HO, IN, LOW_INCOME_BOOK, REGISTER_BOOK, Subject, answers
from oracle.policy import Values
from oracle.terms import LOW_INCOME, Terms
from oracle.verdicts import Found, Founds


@answers("DU01", Subject.PERSON, needs=REGISTER_BOOK, rests_on_rows=True)
def du01(t: Terms, p: Values) -> Founds:
    """Registered in two or more households."""
    return {
        (person, ""): Found() for person, rows in t.registered.items() if len({r["household_no"] for r in rows}) >= 2
    }


@answers("DU02", Subject.PERSON, needs=LOW_INCOME_BOOK, rests_on_rows=True)
def du02(t: Terms, p: Values) -> Founds:
    """On the roll under two or more 低保 certificates."""
    return {(person, ""): Found() for person in t.on_the_roll if len(t.covered_under(person, LOW_INCOME)) >= 2}


@answers("DU03", Subject.PERSON, needs=(IN,), asks_insurance_year=True, rests_on_rows=True)
def du03(t: Terms, p: Values) -> Founds:
    """正常参保 for I in both schemes."""
    return {
        (person, str(t.insurance_year)): Found()
        for person, rows in t.enrolled.items()
        if {"城乡居民", "职工"} <= {row["scheme"] for row in rows}
    }


@answers("DU04", Subject.PERSON_AND_ITEM, needs=(ED,), rests_on_rows=True)
def du04(t: Terms, p: Values) -> Founds:
    """Two or more 成功 rows of a person, school year, term and item, in the same words; 其他 is passed over."""
    received = Counter(
        (f"{row['person_id']}|{row['school_year']}|{row['term']}|{row['item']}", row.get("item_sent") or row["item"])
        for row in t.rows("education_subsidies")
        if row["payment_status"] == "成功" and row["person_id"] is not None and row["item"] != "其他"
    )
    return {(key, ""): Found() for (key, _), times in received.items() if times >= 2}


@answers("DU05", Subject.PERSON, needs=(HO,), rests_on_rows=True)
def du05(t: Terms, p: Values) -> Founds:
    """Two cases of a head with money paid, whose plan years lie too close."""
    years = p["housing.repeat_years"]
    found = {}
    for person, cases in t.cases_by_head.items():
        planned = [case["plan_year"] for case in cases if case["paid"] > 0 and case["plan_year"] is not None]
        if any(abs(a - b) < years for a, b in combinations(planned, 2)):
            found[person, ""] = Found()
    return found
