"""One finding of each rule as people read it, from a literal case: sentences, and the rows that stand behind them.

``PYTHONPATH=tests python tests/reconciling/golden_findings.py`` writes tests/golden/findings.md anew.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cases.case import CERTAIN, POSSIBLE, Case
from cases.registry import CASES
from worlds_on_disk import run

from expectations.rules import RULES, RULES_BY_CODE

GOLDEN = Path(__file__).parents[1] / "golden" / "findings.md"
HEAD = """# One finding of each rule, as people read it

From the literal case of each rule that has the most rows: what does not belong to the finding must not be among its
evidence. Personal values are masked as they are in lists. `tests/reconciling/golden_findings.py` writes this page.
"""


def said_of(rule: str) -> str:
    """How certain the finding that is shown: of leads all are only possible."""
    return POSSIBLE if RULES_BY_CODE[rule].is_lead else CERTAIN


def case_of(rule: str) -> Case:
    """The case with a certain finding (of a lead: any) whose world has the most rows; of several the first."""
    broken = [case for case in CASES if case.rule == rule and said_of(rule) in (case.findings or {}).values()]
    return max(broken, key=lambda case: sum(len(delivery.rows) for delivery in case.world.deliveries))


def section(rule: str, home: Path) -> str:
    """What the rule's finding says; of several the first by subject and period."""
    case = case_of(rule)
    found = run(case.world, home, (rule,)).findings.to_pylist()
    row = min(
        (row for row in found if row["certainty"] == said_of(rule)), key=lambda row: (row["subject_key"], row["period"])
    )
    told = {"对象": "subject_key", "期间": "period", "应为": "expected", "实为": "actual", "说明": "explanation"}
    told["核实时限"] = "verify_by"
    said = {title: row.get(f"{name}_masked", row[name]) for title, name in told.items()}
    lines = [f"## {rule} {row['rule_name']}", "", f"{case.title}（{len(found)}条）", ""]
    lines += [f"- {title}：{text}" for title, text in said.items() if text]
    lines += [f"- 依据：{_told(item)}" for item in json.loads(row["evidence_masked"])]
    return "\n".join(lines) + "\n"


def _told(item: Mapping[str, Any]) -> str:
    if "policy" in item:
        read = f"（{item['on']}时）" if "on" in item else ""
        return f"政策 {item['policy']} = {item['value']}{read}，自{item['from']}"
    row = f"第{item['row']}行" if item["row"] else "查找或清点"
    others = {name: value for name, value in item.items() if name not in ("feed", "delivery", "file", "sheet", "row")}
    return f"{item['feed']} {row} {json.dumps(others, ensure_ascii=False)}"


def page() -> str:
    """The whole page."""
    with TemporaryDirectory() as folder:
        return "\n".join([HEAD, *(section(rule.code, Path(folder) / rule.code) for rule in RULES)])


if __name__ == "__main__":
    GOLDEN.write_text(page(), encoding="utf-8")
