"""What people read back: findings, one finding explained, what was refused, the rule book, policy and deliveries."""

from pipelines.reading_out.explaining import explain_finding, print_explanation
from pipelines.reading_out.lists import print_deliveries, print_policy
from pipelines.reading_out.refused import list_refused
from pipelines.reading_out.rule_book import print_rule, print_rules, rule_row

__all__ = [
    "explain_finding",
    "list_refused",
    "print_deliveries",
    "print_explanation",
    "print_policy",
    "print_rule",
    "print_rules",
    "rule_row",
]
