"""Of a feed that a county is not to receive nobody misses what is not there: its rules do not apply."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from builders import FEED_NAMES, household, member, pid, world
from worlds_on_disk import run

from expectations.status import RuleStatus

CHILD = pid(2, date(2015, 3, 1))
REGISTER = {"register_households": [household()], "register_members": [member(person_id=CHILD)]}
UNASKED = "（不在本县应报送的数据之列）"


def became(
    home: Path, code: str, *, unexpected: Sequence[str], absent: Sequence[str] = (), stale: Sequence[str] = ()
) -> tuple[str, str, int]:
    """Status, reason and findings of one rule, in a county with a child whom no pupils' list has."""
    expected = [feed for feed in FEED_NAMES if feed not in unexpected]
    of = world(
        absent=absent,
        as_of=dict.fromkeys(stale, date(2026, 1, 1)),
        policy={"feeds.expected": expected},
        **REGISTER,
    )
    (ran,) = run(of, home, (code,)).rule_runs
    return ran.status, ran.reason or "", ran.findings


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ("absent", "没有已接收的数据"),
        ("stale", "最新数据截止2026-01-01，早于92天的时效"),
    ],
)
def test_without_an_unexpected_feed_a_rule_does_not_apply(gone: str, why: str, tmp_path: Path) -> None:
    told = became(tmp_path, "CV03", unexpected=["students"], **{gone: ["students"]})
    assert told == (RuleStatus.NOT_APPLICABLE, f"学籍（students）{why}{UNASKED}", 0)


def test_an_unexpected_feed_that_is_there_is_judged_by_like_any_other(tmp_path: Path) -> None:
    assert became(tmp_path, "CV03", unexpected=["students"]) == (RuleStatus.EVALUATED, "", 1)


def test_a_feed_that_nobody_asked_for_outweighs_one_that_is_owed(tmp_path: Path) -> None:
    told = became(tmp_path, "CV09", unexpected=["students"], absent=["students", "insurance_enrolments"])
    assert told == (RuleStatus.NOT_APPLICABLE, "学籍（students）没有已接收的数据" + UNASKED, 0)
    owed = became(tmp_path, "CV09", unexpected=["students"], absent=["insurance_enrolments"])
    assert owed[0] is RuleStatus.NOT_EVALUATED


def test_a_rule_over_what_is_there_applies_while_one_of_its_feeds_is_owed_or_there(tmp_path: Path) -> None:
    all_but = [feed for feed in FEED_NAMES if feed != "students"]
    assert became(tmp_path, "ID01", unexpected=all_but, stale=all_but)[0] is RuleStatus.EVALUATED
    assert became(tmp_path, "ID01", unexpected=all_but, stale=FEED_NAMES)[0] is RuleStatus.NOT_EVALUATED
