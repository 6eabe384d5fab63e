"""CV: guarantees that should reach a person or household and do not."""

from expectations.rule import Family

FAMILY = Family("CV", 2, "应享未享", "missing coverage")
