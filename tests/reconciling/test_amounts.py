"""What findings come to in yuan, reckoned by hand; a certificate and month counts once."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    payment,
    pid,
    world,
)
from worlds_on_disk import run

from expectations.rule import Rule
from expectations.rules import RULES

DIED = {"person_status": "死亡", "status_date": date(2026, 4, 10)}
OF_MONTHS = ("PY01", "PY02", "PY04", "PY06")


def paid_twice(*amounts: int, **over: str) -> Sequence[Row]:
    """A's item of the autumn term, once a batch."""
    return [education_subsidy(batch_no=f"B{n}", amount=amount, **over) for n, amount in enumerate(amounts)]


def amounts_of(of: World, home: Path, *rules: str) -> Mapping[tuple[str, str], tuple[Decimal | None, str | None]]:
    """Yuan and months by rule and subject."""
    found = run(of, home, rules).findings.to_pylist()
    return {(row["rule"], row["subject_key"]): (row["rule_yuan"], row["rule_months"]) for row in found}


def test_of_a_certificate_and_month_the_rule_whose_turn_is_first_has_the_sum(tmp_path: Path) -> None:
    """C1 is owed March (returned) and April (never tried); C2 stopped in March, its payee died in April."""
    given = world(
        register_households=[household(head_id=pid(2))],
        register_members=[member(person_id=pid(2), **DIED)],
        low_income_households=[
            certificate("C1"),
            certificate("C2", head_id=pid(2), status="停保", end_date=date(2026, 3, 1)),
        ],
        low_income_members=[certificate_member("C1"), certificate_member("C2", pid(2))],
        low_income_payments=[
            payment("C1", "2026-03", payment_status="退回", amount="280.50"),
            payment("C1", "2026-05"),
            payment("C2", "2026-04", payee_id=pid(2), amount=200),
            payment("C2", "2026-05", payee_id=pid(2), amount=100),
            payment("C2", "2026-05", payee_id=pid(2), amount="0.40", batch_no="B2"),
        ],
    )
    assert amounts_of(given, tmp_path, *OF_MONTHS) == {
        ("PY01", "C2"): (Decimal("200.00"), "2026-04"),
        ("PY02", "C1"): (Decimal("300.00"), "2026-04"),
        ("PY04", "C1|2026-03"): (Decimal("280.50"), "2026-03"),
        ("PY06", "C2"): (Decimal("100.40"), "2026-05"),
    }


def test_without_the_register_a_month_counts_for_the_next_in_turn(tmp_path: Path) -> None:
    """PY02 has both months where nothing was returned; a finding whose months all count elsewhere comes to nothing."""
    given = world(
        low_income_households=[certificate("C1"), certificate("C2", head_id=pid(2)), certificate("C3", head_id=pid(3))],
        low_income_members=[certificate_member(f"C{n}", pid(n)) for n in (1, 2, 3)],
        low_income_payments=[
            payment("C1", "2026-04", payment_status="退回", amount=300),
            payment("C1", "2026-05"),
            payment("C3", "2026-04", payee_id=pid(3)),
            payment("C3", "2026-05", payee_id=pid(3)),
        ],
    )
    assert amounts_of(given, tmp_path, "PY02", "PY04") == {
        ("PY02", "C1"): (Decimal("0.00"), None),
        ("PY02", "C2"): (Decimal("600.00"), "2026-04、2026-05"),
        ("PY04", "C1|2026-04"): (Decimal("300.00"), "2026-04"),
    }


def test_a_gap_a_premium_a_grant_and_what_was_paid_twice(tmp_path: Path) -> None:
    """(520 − 300) × 2 − (450 − 30) = 20; 280 − 100 = 180; 35,000 − 20,000.01; 500 + 700 + 400 − 700."""
    gap = certificate(
        benefit_method="补差", persons=2, covered_persons=2, monthly_benefit=450, category_topup=30, monthly_income=300
    )
    given = world(
        low_income_households=[gap],
        low_income_members=[certificate_member()],
        insurance_enrolments=[enrolment(subsidy_amount=100)],
        education_subsidies=paid_twice(500, 700, 400),
        housing_renovations=[
            housing_case(acceptance="合格", completed_on=date(2025, 1, 1), subsidy=35000, paid="20000.01")
        ],
    )
    assert amounts_of(given, tmp_path, "TL07", "CV02", "CV08", "DU04") == {
        ("TL07", "C1"): (Decimal("20.00"), None),
        ("CV02", pid(1)): (Decimal("180.00"), None),
        ("CV08", "X1"): (Decimal("14999.99"), None),
        ("DU04", f"{pid(1)}|2025-2026|秋季|义务教育生活补助"): (Decimal("900.00"), None),
    }


def test_a_rule_whose_facts_say_no_sum_has_none(tmp_path: Path) -> None:
    given = world(register_households=[household(income_current=1)], register_members=[member()])
    assert amounts_of(given, tmp_path, "EX01") == {("EX01", "H1"): (None, None)}


@pytest.mark.parametrize("one", [rule for rule in RULES if rule.amount], ids=lambda rule: rule.code)
def test_months_have_a_turn_each_and_are_told_by_the_certificate(one: Rule) -> None:
    amount = one.amount
    assert amount is not None
    assert amount.how
    assert (amount.turn > 0) == (amount.months is not None)
    assert amount.months is None or "certificate_no" in one.subject.key


def test_the_rules_of_the_contract_have_a_sum_and_their_turns_are_its() -> None:
    told = {rule.code: rule.amount for rule in RULES if rule.amount is not None}
    assert {code: amount.side.label for code, amount in told.items()} == {
        **dict.fromkeys(("TL07", "CV02", "CV08", "PY02", "PY04"), "应补发"),
        **dict.fromkeys(("PY01", "PY06", "DU04"), "应追回"),
    }
    months = {code: amount.turn for code, amount in told.items() if amount.months is not None}
    assert sorted(months, key=months.__getitem__) == ["PY06", "PY01", "PY04", "PY02"]
