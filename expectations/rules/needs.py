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
DE: Final = "deaths"
VE: Final = "vehicles"
RS: Final = "real_estate"
BL: Final = "business_licences"
PP: Final = "public_payroll"
PE: Final = "pensions"
DI: Final = "disabilities"
MC: Final = "medical_costs"
OL: Final = "outside_leads"

REGISTER: Final = (RH, RM)
LOW_INCOME: Final = (LH, LM)
