"""Near misses lie exactly on their boundary: a rule that is off by one would find them."""

from datetime import date
from decimal import Decimal

import pytest
from oracle.months import add_months

D = date(2026, 6, 30)


@pytest.fixture(scope="module")
def county(simulated):
    found = simulated(3000, 9, D, 1)
    return found.world(D), {rule: {key for key, _ in keys} for rule, keys in found.truth()[D].items()}


def rows(world, feed):
    return next(d.rows for d in world.deliveries if d.feed == feed)


def value(world, key):
    return max(v for v in world.policy[key] if v[0] <= world.d)[1]


def test_incomes_stand_exactly_at_the_standard_and_at_the_line(county):
    world, found = county
    standard, line = value(world, "low_income_standard.rural") * 12, value(world, "poverty_line")
    households = rows(world, "register_households")
    at_standard = [h for h in households if h["income_current"] == standard and h["poverty_status"] != "已脱贫"]
    at_line = [h for h in households if h["income_current"] == line and h["poverty_status"] == "已脱贫"]
    assert at_standard
    assert not {h["household_no"] for h in at_standard} & found["TL02"]
    assert at_line
    assert not {h["household_no"] for h in at_line} & found["EX01"]


def test_certificates_stand_exactly_at_standard_and_tolerance(county):
    world, found = county
    limit = value(world, "low_income_standard.rural") + value(world, "income_tolerance")
    certificates = rows(world, "low_income_households")
    at = {c["certificate_no"] for c in certificates if c["monthly_income"] == limit and c["programme"] == "农村低保"}
    assert at
    assert not at & found["TL05"]


def test_grace_and_the_terms_of_houses_end_exactly_on_the_day(county):
    world, found = county
    grace = value(world, "grace_months")
    ends = {
        c["certificate_no"]: add_months(c["grace_start"], grace)
        for c in rows(world, "low_income_households")
        if c["grace_start"]
    }
    assert {no for no, end in ends.items() if end == D}
    assert not {no for no, end in ends.items() if end == D} & found["TL05"]
    assert {no for no, end in ends.items() if (D - end).days == 1} & found["TL05"]
    cases = rows(world, "housing_renovations")
    months = value(world, "housing.pay_within_months")
    owed = [c for c in cases if c["acceptance"] == "合格" and c["completed_on"] and c["paid"] < c["subsidy"]]
    due_today = {c["case_no"] for c in owed if add_months(c["completed_on"], months) == D}
    assert due_today
    assert not due_today & found["CV08"]
    assert found["CV08"] <= {c["case_no"] for c in owed}
    late = value(world, "housing.complete_within_months")
    unfinished = [c for c in cases if c["started_on"] and c["grade"] in "CD" and c["acceptance"] != "合格"]
    assert any(add_months(c["started_on"], late) == D for c in unfinished)
    assert any((D - add_months(c["started_on"], late)).days == 1 for c in unfinished)


def test_payments_differ_exactly_by_the_tolerance_and_are_paid_in_two_batches(county):
    world, found = county
    tolerance = value(world, "benefit_tolerance")
    benefit = {c["certificate_no"]: c["monthly_benefit"] for c in rows(world, "low_income_households")}
    paid: dict[str, list[Decimal]] = {}
    for payment in rows(world, "low_income_payments"):
        if payment["month"] == "2026-05" and payment["payment_status"] == "成功":
            paid.setdefault(payment["certificate_no"], []).append(payment["amount"])
    at = {no for no, amounts in paid.items() if abs(sum(amounts) - benefit[no]) == tolerance}
    assert at
    assert not at & found["PY03"]
    twice = {no for no, amounts in paid.items() if len(amounts) == 2}
    assert twice
    assert not twice & found["PY03"]


def test_paid_houses_lie_exactly_as_many_years_apart_as_asked_for(county):
    world, found = county
    years: dict[str, list[int]] = {}
    for case in rows(world, "housing_renovations"):
        if case["paid"] > 0 and case["plan_year"] and case["head_id"]:
            years.setdefault(case["head_id"], []).append(case["plan_year"])
    apart = {
        head for head, y in years.items() if len(y) > 1 and max(y) - min(y) == value(world, "housing.repeat_years")
    }
    assert apart
    assert not apart & found["DU05"]


def test_children_who_are_taught_in_other_ways_are_at_school(county):
    world, found = county
    taught = {
        s["student_status"]: s["person_id"]
        for s in rows(world, "students")
        if s["student_status"] in ("休学", "送教上门", "延缓入学", "县外就读")
    }
    assert len(taught) == 4
    assert not set(taught.values()) & found["CV03"]
