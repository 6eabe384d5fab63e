"""The rule book on a terminal and as data, from the declarations."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from expectations.feeds import FEEDS_BY_NAME
from expectations.rule import Rule
from pipelines.house.language import Language, say, spoken
from pipelines.house.records.rules import RuleBookRow
from pipelines.house.words import department_label, english, policy_title
from pipelines.reading_out.headings import heading
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


def print_rules(rules: Sequence[Rule], console: Console) -> None:
    """A line a rule, in Chinese or English."""
    if spoken() is Language.EN:
        headings = ["rule", "title", "owner", "severity", "needs"]
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
        table = make_table(
            ["rule", "title", "owner", "severity", "subject", "condition"], rows, whole=("rule", "severity")
        )
    print_table(table, console)


def print_rule(rule: Rule, console: Console) -> None:
    """Everything that is declared of one rule."""
    console.print(f"[bold]{rule.code} {escape(rule.name)}[/]{say('', f'  {escape(rule.name_en)}')}")
    for label, text in (
        ("condition", rule.sentence),
        ("owner", department_label(rule.owner)),
        ("how severe", rule.severity.label),
        ("what is looked at", f"{rule.subject.label}（{'|'.join(rule.subject.key)}）"),
        ("needs", "；".join(FEEDS_BY_NAME[feed].title for feed in rule.needs) or say("无", "none")),
        ("period", rule.period.label),
        ("expected", rule.expected),
        ("actual", rule.actual),
        ("explanation", rule.explanation),
        ("how it clears", rule.clears_when),
        (
            "policy values",
            "、".join(f"{policy_title(key, before=key in rule.policy_keys_before)} {key}" for key in rule.policy_keys)
            or say("无", "none"),
        ),
        ("asked at home", rule.visit.ask if rule.visit else say("无", "none")),
        ("legal basis", rule.basis),
    ):
        console.print(f"[bold]{heading(label)}[/]  {escape(text)}")
