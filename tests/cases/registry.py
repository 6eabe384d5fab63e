"""All literal cases, in the order of the rules; then which deliveries count, and what each rule needs."""

from cases import coverage, deliveries, duplicates, exits, identity, needs, payments, two_lines
from cases.case import Case

CASES: tuple[Case, ...] = (
    *two_lines.CASES,
    *coverage.CASES,
    *exits.CASES,
    *duplicates.CASES,
    *payments.CASES,
    *identity.CASES,
    *deliveries.CASES,
    *needs.CASES,
)
