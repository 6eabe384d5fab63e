"""Feeds by the short names that the rule book uses, so that ``needs`` reads like the contract's table."""

from typing import Final

RH: Final = "register_households"
RM: Final = "register_members"
LH: Final = "low_income_households"
LM: Final = "low_income_members"
LP: Final = "low_income_payments"
IN: Final = "insurance_enrolments"
ST: Final = "students"
ED: Final = "education_subsidies"
HO: Final = "housing_renovations"
RE: Final = "relocations"
RT: Final = "reported_totals"

REGISTER: Final = (RH, RM)
LOW_INCOME: Final = (LH, LM)
