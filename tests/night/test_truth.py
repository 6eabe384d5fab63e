"""Must show 2: what a night finds in a clean county is what is truly wrong in it, key for key, through real staging."""

from datetime import date
from pathlib import Path

import pytest
from long import asked_for
from night.counties import Home, judge_home, make_home, take_in, verdicts_of
from oracle.evaluate import PLANTED, UNASKED

from expectations.rules import RULES
from pipelines.simulator.simulation import OTHER_OFFICES, SIMULATED
from pipelines.workshop.demo import summaries_of

COUNTIES = [
    (60, 2, date(2025, 12, 31)),
    pytest.param(120, 3, date(2026, 2, 15), marks=asked_for),
    pytest.param(3000, 9, date(2026, 6, 30), marks=pytest.mark.slow),
]
WITH_OTHER_OFFICES = [
    (60, 4, date(2026, 6, 30)),
    pytest.param(120, 3, date(2026, 2, 15), marks=asked_for),
    pytest.param(300, 8, date(2025, 12, 31), marks=asked_for),
    pytest.param(3000, 9, date(2026, 6, 30), marks=[pytest.mark.slow, asked_for]),
]


@pytest.mark.parametrize(("households", "seed", "as_of"), WITH_OTHER_OFFICES)
def test_findings_equal_the_truth_of_every_rule_where_other_offices_send(
    households: int, seed: int, as_of: date, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", households=households, seed=seed, as_of=as_of, other_offices=True)
    take_in(home, as_of, [feed.name for feed in (*SIMULATED, *OTHER_OFFICES)])
    truth, found = home.truths()[as_of], judge_home(home, as_of)
    assert {rule: found[rule] for rule in PLANTED} == {rule: truth[rule] for rule in PLANTED}


@pytest.mark.parametrize(("households", "seed", "as_of"), COUNTIES)
def test_findings_equal_the_truth_of_every_rule(households: int, seed: int, as_of: date, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", households=households, seed=seed, as_of=as_of)
    take_in(home, as_of)
    truth = home.truths()[as_of]
    found = judge_home(home, as_of)
    assert set(truth) <= set(found)
    for rule in PLANTED:
        assert found[rule] == (None if rule in UNASKED else truth.get(rule, {})), rule
    if households >= 3000:
        few = {rule for rule in PLANTED - UNASKED if len(truth.get(rule, ())) < 5}
        assert few == {"TL01"}
        assert truth["TL01"]


def test_each_night_of_three_finds_the_truth_of_its_month(three_nights: Home) -> None:
    truths = three_nights.truths()
    summaries = summaries_of(three_nights.path)
    assert [date.fromisoformat(s["as_of"]) for s in summaries] == sorted(truths)
    for summary in summaries:
        truth = truths[date.fromisoformat(summary["as_of"])]
        found = verdicts_of(three_nights.dataset("findings", summary["run"]))
        for rule in PLANTED:
            assert found.get(rule, {}) == truth.get(rule, {}), (rule, summary["as_of"])
        assert {r["rule"]: r["findings"] for r in summary["rules"]} == {
            rule.code: len(found.get(rule.code, ())) for rule in RULES
        }
        waiting = {r["rule"] for r in summary["rules"] if r["status"] == "waiting"}
        assert waiting == ({"CV03", "CV09", "EX03"} if summary["as_of"] < "2025-10-15" else set())
        assert {r["rule"] for r in summary["rules"] if r["status"] == "not_applicable"} == UNASKED
        assert {r["status"] for r in summary["rules"] if r["rule"] not in waiting | UNASKED} == {"evaluated"}
        assert summary["findings"]["new"] + summary["findings"]["still"] + summary["findings"]["reopened"] == sum(
            map(len, found.values())
        )


def test_a_night_over_clean_files_ends_with_status_0(three_nights: Home) -> None:
    assert (three_nights.said / "status.txt").read_text() == "0"
