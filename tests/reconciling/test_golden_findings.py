"""Each rule's sentences and evidence are what tests/golden/findings.md shows: a change of either is looked at."""

from pathlib import Path

import pytest
from reconciling.golden_findings import GOLDEN, HEAD, section

from expectations.rules import RULES

PAGE = GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_finding_reads_as_it_did(rule, tmp_path: Path) -> None:
    shown = [f"## {part}".rstrip() for part in PAGE.split("\n## ")[1:]]
    (mine,) = [part for part in shown if part.startswith(f"## {rule.code} ")]
    assert section(rule.code, tmp_path).rstrip() == mine


def test_the_page_has_a_finding_of_every_rule_in_their_order() -> None:
    assert PAGE.startswith(HEAD)
    codes = [line.split()[1] for line in PAGE.splitlines() if line.startswith("## ")]
    assert codes == [rule.code for rule in RULES]
