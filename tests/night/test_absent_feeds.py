"""Must show 4: without a feed, the rules that need it are not evaluated, the others say what they said before."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from command_line import call
from long import every
from night.counties import COUNTY, Home, copy_home, judge_home, make_home, verdicts_of
from oracle.evaluate import OVER_WHAT_IS_THERE, UNASKED, evaluate
from oracle.evaluate import RULES as CONTRACT
from oracle.inbox import load_staged
from oracle.verdicts import NotEvaluated

from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from expectations.status import RuleStatus
from pipelines.night.flow import reconcile_county
from pipelines.workshop.demo import summaries_of

D = date(2025, 6, 30)

ASKED = {rule: entry for rule, entry in CONTRACT.items() if rule not in UNASKED}
"""Rules of a county that receives the nine feeds."""

WHOLE_NIGHT = ("register_households", "students")
"""Feeds whose absence is followed through a whole night; for the others the rules are asked."""

OTHER_HALVES = ("register_members", "low_income_members")
"""Feeds that are not there where the other half of their book is not, and are asked for with it."""


def expect_no(feed: str, home: Home) -> None:
    """Let the county's policy say that it is not to receive a feed."""
    (path,) = (home.path / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    owed = [core.name for core in CORE_FEEDS if core.name != feed]
    policy["parameters"]["feeds.expected"] = [{"from": "2020-01-01", "value": owed, "source": "a test"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize("feed", every(3, [f.name for f in CORE_FEEDS if f.name not in WHOLE_NIGHT + OTHER_HALVES]))
def test_exactly_the_rules_that_need_a_feed_are_silent_without_it(feed: str, three_nights: Home) -> None:
    d = max(three_nights.dates())
    said = judge_home(three_nights, d, without=feed)
    truth = three_nights.truths()[d]  # what the rules say with all nine feeds (test_truth.py)
    assert {rule for rule in ASKED if said[rule] is None} == {
        rule for rule, entry in ASKED.items() if feed in entry.needs
    }
    assert all(said[rule] is None for rule in UNASKED)
    for rule, answer in said.items():
        if answer is not None and rule not in OVER_WHAT_IS_THERE:
            assert answer == truth.get(rule, {}), rule
    files = [p for p in (three_nights.path / "archive" / COUNTY).iterdir() if not p.name.startswith(f"{feed}_{COUNTY}")]
    answers = evaluate(load_staged(files, sorted((three_nights.path / "policy").iterdir()), d))
    for rule in OVER_WHAT_IS_THERE:
        expected = answers[rule]
        assert not isinstance(expected, NotEvaluated)
        assert said[rule] == expected, rule


@pytest.mark.parametrize(
    ("feed", "status"),
    [
        ("register_households", RuleStatus.NOT_EVALUATED),
        ("students", RuleStatus.NOT_EVALUATED),
        ("students", RuleStatus.NOT_APPLICABLE),
    ],
)
def test_a_night_without_a_feed_says_so_everywhere_and_ends_with_status_3_where_it_is_owed(
    feed: str, status: RuleStatus, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path / "home", households=60, seed=4, as_of=D)
    (home.sent / f"{feed}_{COUNTY}_{D:%Y%m%d}.csv").unlink()
    if status is RuleStatus.NOT_APPLICABLE:
        expect_no(feed, home)
    home.arrive(D)
    done = call("run", "--as-of", D.isoformat(), home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == (3 if status.is_gap else 0), done.stderr
    silent = {rule for rule, entry in ASKED.items() if feed in entry.needs}
    if status is RuleStatus.NOT_APPLICABLE:
        silent |= UNASKED
    title = FEEDS_BY_NAME[feed].title

    (summary,) = summaries_of(home.path)
    told = {r["rule"]: r for r in summary["rules"]}
    assert {rule for rule, r in told.items() if r["status"] == status} == silent
    findings = verdicts_of(home.dataset("findings", summary["run"]))
    assert {rule: found for rule, found in findings.items() if rule not in OVER_WHAT_IS_THERE} == {
        rule: found for rule, found in home.truths()[D].items() if rule not in silent and rule not in OVER_WHAT_IS_THERE
    }
    for rule in silent:
        assert (title in told[rule]["reason"]) is (rule in ASKED)
        assert not told[rule]["findings"]
    assert summary["warehouse"]["published"]

    page = (home.path / "runs" / summary["run"] / "summary.html").read_text(encoding="utf-8")
    start = 'id="skipped"' if status.is_gap else f'id="{status}"'
    part = page[page.index(start) :].partition("</section>")[0]
    assert {rule for rule in CONTRACT if f"<b>{rule}</b>" in part} == silent
    assert title in part

    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT rule, status, reason, findings FROM evaluation.rule_coverage").fetchall()
        found = {rule for (rule,) in connection.execute("SELECT DISTINCT rule FROM evaluation.findings").fetchall()}
    assert {rule for rule, told_status, _, _ in rows if told_status == status} == silent
    assert {rule for rule, *_ in rows} == set(CONTRACT)
    assert all(
        (title in reason) is (rule in ASKED) and not findings for rule, _, reason, findings in rows if rule in silent
    )
    assert not found & silent
    assert found  # the rest of the night is there
    assert summary["findings"]["new"] == sum(r["findings"] or 0 for r in told.values())


def states_of(home: Home, run: str, without: Collection[str] = ()) -> dict[str, str]:
    """States by finding; what the brake kept back is sent a night later, which says nothing of the finding."""
    rows = home.dataset("ledger", run)
    return {r["finding_id"]: r["state"].replace("待核实", "已派发") for r in rows if r["rule"] not in without}


def test_findings_stay_as_they_were_when_their_feeds_have_gone_stale(three_nights: Home, tmp_path: Path) -> None:
    home = copy_home(three_nights, tmp_path / "home")
    late = max(home.dates()) + timedelta(days=93)
    before = states_of(home, home.runs()[-1].id)
    night = reconcile_county(home.settings(late), COUNTY, late)
    assert {r.rule for r in night.rule_runs if r.status == "evaluated"} == {"TL01"}
    after = states_of(home, night.run.id, without={"TL01"})
    assert after
    assert after == {i: state for i, state in before.items() if i in after}
    assert night.counts["cleared"] == 0


def test_findings_stay_as_they_were_when_their_feed_is_no_longer_expected(three_nights: Home, tmp_path: Path) -> None:
    home = copy_home(three_nights, tmp_path / "home")
    expect_no("students", home)
    late = max(home.dates()) + timedelta(days=93)
    before = states_of(home, home.runs()[-1].id)
    night = reconcile_county(home.settings(late), COUNTY, late)
    unasked = {r.rule for r in night.rule_runs if r.status is RuleStatus.NOT_APPLICABLE}
    assert unasked == {rule for rule, entry in CONTRACT.items() if rule not in ASKED or "students" in entry.needs}
    after = states_of(home, night.run.id, without=set(CONTRACT) - unasked)
    assert after
    assert after == {i: state for i, state in before.items() if i in after}
