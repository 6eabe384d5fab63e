"""What the rules share, as expressions over one county's current rows.

A :class:`County` holds the current rows of each feed as Ibis tables; its properties are the terms of the contract
(registered, open household, in force, on the roll, linked, assessment …). Each term is made once: the engine's ``keep``
may store it, so that rules that share it do not compute it again. Every module adds the terms of one idea to those that
it rests on: rows, the register, assistance, guarantees, relocation, tallies, leads.
"""

from expectations.terms.assistance import (
    ASSISTANCE_PROGRAMMES,
    DESTITUTE_PROGRAMMES,
    LOW_INCOME_PROGRAMMES,
    MARGINAL,
    RURAL_PROGRAMMES,
    URBAN_PROGRAMMES,
)
from expectations.terms.expressions import add_months, listed, money, name_key, with_flag
from expectations.terms.guarantees import ATTENDING
from expectations.terms.leads import Leads, owner_of_person
from expectations.terms.tallies import MONITORED, REGISTERED, RENOVATED


class County(Leads):
    """One county: its current rows, and every term of the contract."""


__all__ = [
    "ASSISTANCE_PROGRAMMES",
    "ATTENDING",
    "DESTITUTE_PROGRAMMES",
    "LOW_INCOME_PROGRAMMES",
    "MARGINAL",
    "MONITORED",
    "REGISTERED",
    "RENOVATED",
    "RURAL_PROGRAMMES",
    "URBAN_PROGRAMMES",
    "County",
    "add_months",
    "listed",
    "money",
    "name_key",
    "owner_of_person",
    "with_flag",
]
