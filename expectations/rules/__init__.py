"""The rule book, explicit and in its order. Importing this loads Ibis; the command line does so only where it must."""

from expectations.rule import Rule
from expectations.rules import coverage, duplicates, exits, identity, payments, two_lines

RULES: tuple[Rule, ...] = (
    *two_lines.RULES,
    *coverage.RULES,
    *exits.RULES,
    *duplicates.RULES,
    *payments.RULES,
    *identity.RULES,
)

RULES_BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
