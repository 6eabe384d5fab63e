"""The rule book, explicit and in its order: family by family, each by its codes.

Importing this loads Ibis; the command line does so only where it must.
"""

from expectations.rule import Rule
from expectations.rules import coverage, duplicates, exits, identity, payments, two_lines

FAMILIES = (two_lines, coverage, exits, duplicates, payments, identity)
"""Each a module, or a package of modules, with its RULES."""

RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in sorted(family.RULES, key=lambda one: one.code))

RULES_BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
