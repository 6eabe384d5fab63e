"""All literal cases: those of each rule; then which deliveries count, and what each rule needs."""

from cases import deliveries, needs
from cases.case import Case
from listing import modules_below

OF_RULES: tuple[Case, ...] = tuple(case for module in modules_below("cases/rules") for case in module.CASES)
"""What each rule says."""

CASES: tuple[Case, ...] = (*OF_RULES, *deliveries.CASES, *needs.CASES)
