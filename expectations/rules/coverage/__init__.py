"""CV: guarantees that should reach a person or household and do not."""

from expectations.rules.coverage import hardships, housing, insurance, schooling

RULES = (*insurance.RULES, *schooling.RULES, *housing.RULES, *hardships.RULES)
