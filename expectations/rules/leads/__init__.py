"""LD: what other offices know of people who benefit (疑点线索): questions to look into, never findings of fault."""

from expectations.rule import Family

FAMILY = Family("LD", 10, "部门信息线索", "leads from other offices")
