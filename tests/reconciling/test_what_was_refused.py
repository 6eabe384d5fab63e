"""What was refused beside findings: every rule is asked, and many rows that concern one finding leave it one."""

from pathlib import Path

from builders import member, open_household, pid, world
from cases.refusals import derived, with_refused
from worlds_on_disk import answers, run

from expectations.rules import RULES_BY_CODE


def test_every_rule_is_asked_beside_something_refused() -> None:
    """But leads, which are in doubt whatever was refused."""
    assert {case.rule for case in derived()} == {code for code, rule in RULES_BY_CODE.items() if not rule.is_lead}


def test_a_finding_stays_one_however_many_refused_rows_concern_it(tmp_path: Path) -> None:
    given = world(register_households=[open_household(income_current=3000)], register_members=[member()])
    for certificate_no in ("C1", "C2", "C3"):
        given = with_refused(given, "low_income_members", {"certificate_no": certificate_no, "person_id": pid(1)})
    assert answers(run(given, tmp_path, ("TL02",)))["TL02"] == {("H1", ""): "possible"}


def test_where_nothing_was_refused_nothing_is_told_of_it(tmp_path: Path) -> None:
    assert run(world(), tmp_path, ("TL02",)).refusals is None
