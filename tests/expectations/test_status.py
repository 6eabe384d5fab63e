"""What became of a rule is said by one enum, of which only "not evaluated" asks somebody to act."""

import pytest

from expectations.status import SILENT, RuleStatus, by_status, legend
from pipelines.commands.nights import is_incomplete
from pipelines.reporting.wording import SILENCES


def test_every_status_has_words_of_its_own_and_every_silent_one_its_headings() -> None:
    assert len({status.label for status in RuleStatus}) == len(RuleStatus)
    assert tuple(SILENCES) == SILENT
    headings = [said for silence in SILENCES.values() for said in (silence.title, silence.in_workbook, silence.reasons)]
    assert len(set(headings)) == len(headings)
    assert all(f"{status} {status.label}" in legend() for status in RuleStatus)


@pytest.mark.parametrize("status", RuleStatus)
def test_only_a_rule_that_could_not_be_evaluated_ends_a_night_with_status_3(status: RuleStatus) -> None:
    summary = {"expected": [], "deliveries": [], "rules": [{"rule": "TL02", "status": status.value}]}
    assert is_incomplete(summary) == (status == "not_evaluated")


def test_silent_rules_stand_under_their_status_in_order() -> None:
    became = [("A", RuleStatus.WAITING), ("B", RuleStatus.EVALUATED), ("C", RuleStatus.NOT_EVALUATED)]
    assert list(by_status(became).items()) == [(RuleStatus.NOT_EVALUATED, ["C"]), (RuleStatus.WAITING, ["A"])]
