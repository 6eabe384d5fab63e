"""The truth is what the rules find: every rule, key for key, with certainty and period, by an independent oracle."""

from datetime import date

import pytest
from long import asked_for
from oracle.evaluate import PLANTED, UNASKED, evaluate
from oracle.verdicts import NotEvaluated

DEMO = date(2026, 6, 30)
CASES = [
    (60, 1, DEMO, 1),
    (60, 2, date(2026, 2, 15), 2),
    (300, 3, date(2025, 12, 31), 1),
    (300, 4, date(2026, 10, 20), 1),
    (300, 5, date(2024, 2, 29), 1),
    (300, 6, date(2019, 1, 31), 1),
    (300, 7, date(2026, 10, 31), 3),
    pytest.param(300, 8, date(2026, 3, 31), 4, marks=asked_for),
    pytest.param(3000, 9, DEMO, 3, marks=[pytest.mark.slow, asked_for]),
    pytest.param(1000, 10, date(2027, 1, 15), 2, marks=[pytest.mark.slow, asked_for]),
]
WITH_OTHER_OFFICES = [
    (60, 2, date(2026, 2, 15), 2),
    (300, 8, date(2026, 3, 31), 4),
    pytest.param(300, 3, date(2025, 12, 31), 1, marks=asked_for),
    pytest.param(300, 6, date(2019, 1, 31), 1, marks=asked_for),
    pytest.param(300, 7, date(2026, 10, 31), 3, marks=asked_for),
    pytest.param(3000, 9, DEMO, 3, marks=[pytest.mark.slow, asked_for]),
    pytest.param(1000, 9, DEMO, 1, marks=pytest.mark.slow),
    pytest.param(1000, 10, date(2027, 1, 15), 2, marks=asked_for),
]


@pytest.mark.parametrize(("households", "seed", "as_of", "months"), CASES)
def test_the_truth_equals_the_findings_of_every_rule(simulated, households, seed, as_of, months):
    assert_truth(simulated(households, seed, as_of, months), months)


@pytest.mark.parametrize(("households", "seed", "as_of", "months"), WITH_OTHER_OFFICES)
def test_the_truth_equals_the_findings_of_every_rule_where_other_offices_send(
    simulated, households, seed, as_of, months
):
    assert_truth(simulated(households, seed, as_of, months, other_offices=True), months)


def assert_truth(county, months):
    truth = county.truth()
    assert len(truth) == months
    for d, planted in truth.items():
        verdicts = evaluate(county.world(d))
        assert set(planted) <= set(verdicts)
        for rule, found in verdicts.items():
            if rule in PLANTED:
                shown = {} if isinstance(found, NotEvaluated) else found
                assert shown == planted.get(rule, {}), f"{rule} as of {d}"


@pytest.mark.parametrize("months", [1, 3])
def test_every_rule_that_is_planted_has_at_least_five_findings_in_a_county_of_3000_households(simulated, months):
    planted = simulated(3000, 9, DEMO, months).truth()[DEMO]
    few = {rule: len(planted.get(rule, ())) for rule in PLANTED - UNASKED if len(planted.get(rule, ())) < 5}
    assert few == {"TL01": 1}


@pytest.mark.parametrize("months", [1, 3])
def test_every_rule_over_other_offices_has_at_least_five_findings_in_a_county_of_1000_households(simulated, months):
    planted = simulated(1000, 9, DEMO, months, other_offices=True).truth()[DEMO]
    assert UNASKED <= PLANTED
    assert {rule: len(planted[rule]) for rule in UNASKED if len(planted[rule]) < 5} == {}


def test_rules_have_doubtful_findings_wherever_the_contract_knows_of_doubt(simulated):
    planted = simulated(3000, 9, DEMO, 1).truth()[DEMO]
    doubtful = {rule for rule, found in planted.items() if "possible" in found.values()}
    assert doubtful == {
        *(f"TL0{n}" for n in range(2, 10)),
        *("CV01", "CV03", "CV04", "CV05", "CV06", "CV07", "CV09", "CO04"),
        *("EX01", "EX02", "EX03", "EX04"),
        *("PY01", "PY02", "PY03", "PY04", "PY05"),
    }
    for rule in doubtful:
        assert "certain" in planted[rule].values(), rule


def test_some_mistakes_are_put_right_and_some_are_new_in_the_last_month(simulated):
    county = simulated(3000, 9, DEMO, 3).truth()
    first, _, last = (set(keys) for _, keys in sorted((d, frozenset(p["TL02"])) for d, p in county.items()))
    assert first - last
    assert last - first
    assert first & last
