"""TL: the low-income line and the poverty line as one (两线合一)."""

from expectations.rules.two_lines import agreement, roll, standards

RULES = (*standards.RULES, *roll.RULES, *agreement.RULES)
