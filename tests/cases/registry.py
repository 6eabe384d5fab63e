"""All literal cases: those of each rule; then which deliveries count, and what each rule needs."""

from cases import deliveries, duplicates, exits, identity, needs, payments
from cases.case import Case
from cases.coverage import hardships, housing, insurance, schooling
from cases.two_lines import agreement, roll, standards

MODULES = (
    standards,
    roll,
    agreement,
    insurance,
    schooling,
    housing,
    hardships,
    exits,
    duplicates,
    payments,
    identity,
)

OF_RULES: tuple[Case, ...] = tuple(case for module in MODULES for case in module.CASES)
"""What each rule says, in the order of the rules."""

CASES: tuple[Case, ...] = (*OF_RULES, *deliveries.CASES, *needs.CASES)
