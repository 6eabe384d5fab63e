"""The rule book on a terminal and as data, from the declarations."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from expectations.feeds import FEEDS_BY_NAME
from expectations.rule import Rule
from pipelines.house.records.rules import RuleBookRow
from pipelines.house.words import department_label, english, policy_title
from pipelines.reading_out.tables import make_table, print_table


def rule_row(rule: Rule) -> RuleBookRow:
    """A rule as plain values."""
    return {
        "code": rule.code,
        "name": rule.name,
        "name_en": rule.name_en,
        "owner": rule.owner.value if rule.owner else None,
        "severity": rule.severity.value,
        "subject_kind": rule.subject.kind,
        "subject_key": list(rule.subject.key),
        "needs": list(rule.needs),
        "sentence": rule.sentence,
        "expected": rule.expected,
        "actual": rule.actual,
        "explanation": rule.explanation,
        "clears_when": rule.clears_when,
        "period": rule.period.value,
        "policy_keys": list(rule.policy_keys),
        "basis": rule.basis,
    }


def print_rules(rules: Sequence[Rule], console: Console, lang: str = "zh") -> None:
    """A line a rule, in Chinese or English."""
    if lang == "en":
        headings = ["rule", "name", "owner", "severity", "needs"]
        rows = [
            [
                rule.code,
                rule.name_en,
                english(rule.owner.value) if rule.owner else "the feed's",
                rule.severity.value,
                ", ".join(rule.needs),
            ]
            for rule in rules
        ]
        table = make_table(headings, rows, whole=("rule", "severity"))
    else:
        rows = [
            [r.code, r.name, department_label(r.owner), r.severity.label, r.subject.label, r.sentence] for r in rules
        ]
        table = make_table(["规则", "名称", "责任单位", "程度", "对象", "判定条件"], rows, whole=("规则", "程度"))
    print_table(table, console)


def print_rule(rule: Rule, console: Console) -> None:
    """Everything that is declared of one rule."""
    console.print(f"[bold]{rule.code} {escape(rule.name)}[/]  {escape(rule.name_en)}")
    for label, text in (
        ("判定条件", rule.sentence),
        ("责任单位", department_label(rule.owner)),
        ("严重程度", rule.severity.label),
        ("问题对象", f"{rule.subject.label}（{'|'.join(rule.subject.key)}）"),
        ("所需数据", "；".join(FEEDS_BY_NAME[feed].title for feed in rule.needs) or "无"),
        ("所属期间", rule.period.label),
        ("应有情况", rule.expected),
        ("实际情况", rule.actual),
        ("问题描述", rule.explanation),
        ("如何消除", rule.clears_when),
        (
            "政策参数",
            "、".join(f"{policy_title(key, before=key in rule.policy_keys_before)} {key}" for key in rule.policy_keys)
            or "无",
        ),
        ("入户问什么", rule.visit.ask if rule.visit else "无"),
        ("政策依据", rule.basis),
    ):
        console.print(f"[bold]{label}[/]  {escape(text)}")
