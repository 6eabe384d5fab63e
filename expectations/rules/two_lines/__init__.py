"""TL: the low-income line and the poverty line as one (两线合一)."""

from expectations.rule import Family

FAMILY = Family("TL", 1, "两线合一", "two lines")
