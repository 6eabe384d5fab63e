"""All literal cases: those of each rule; then which deliveries count, what each rule needs, what was refused."""

from cases import deliveries, needs, refusals
from cases.case import Case
from listing import modules_below

OF_RULES: tuple[Case, ...] = tuple(case for module in modules_below("cases/rules") for case in module.CASES)
"""What each rule says."""

CASES: tuple[Case, ...] = (*OF_RULES, *deliveries.CASES, *needs.CASES, *refusals.CASES)
