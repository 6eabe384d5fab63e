"""The county as it is, whatever the books say: people, households, certificates, houses, with the dates of change."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pipelines.simulator.areas import Areas
from pipelines.simulator.arrays import Bools, Days, Ints
from pipelines.simulator.people import People

OFF, LOW_INCOME, DESTITUTE, WAS_ON = range(4)
"""A register household's standing with the roll; WAS_ON has a certificate that was stopped."""

RURAL, URBAN, EDGE, STOPPED, RURAL_DESTITUTE = range(5)
"""Kinds of certificates outside the register."""


@dataclass
class Table:
    """Arrays of one length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def append(self, **columns: Any) -> Ints:
        """Add rows (all fields must be given); returns their indexes."""
        start = len(self)
        for field in fields(self):
            old = getattr(self, field.name)
            setattr(self, field.name, np.concatenate([old, np.asarray(columns[field.name], dtype=old.dtype)]))
        return np.arange(start, len(self), dtype=np.int64)


@dataclass
class Households(Table):
    """Register households; the head is the first of ``size`` persons."""

    first: Ints
    size: Ints
    village: Ints
    roll: Ints
    certificate: Ints
    """NONE where there never was one."""
    listed_on: Days
    exit_on: Days
    """When it left poverty; NaT where it has not."""
    returned: Bools
    income_now: Ints
    """fen a person and year."""
    income_before: Ints
    planted: Bools
    """Reserved for a mistake: nothing else happens to it."""


@dataclass
class Certificates(Table):
    """Certificates of civil affairs."""

    household: Ints
    """Register household, NONE outside the register."""
    head: Ints
    village: Ints
    programme: Ints
    tier: Ints
    method: Ints
    persons: Ints
    income: Ints
    """fen a person and month."""
    benefit: Ints
    """fen a household and month, top-up included."""
    topup: Ints
    start: Days
    end: Days
    planted: Bools


@dataclass
class Belonging(Table):
    """Who belongs to which certificate."""

    certificate: Ints
    person: Ints
    relation: Ints
    covered: Ints


@dataclass
class Cases(Table):
    """Housing cases, with the days on which work starts and ends (NaT where nothing is to be done)."""

    head: Ints
    village: Ints
    grade: Ints
    method: Ints
    assessed_on: Days
    start: Days
    end: Days
    subsidy: Ints


@dataclass
class World:
    """Persons are numbered: register members (household by household), then certificates' members, pupils, others."""

    county: str
    areas: Areas
    people: People
    households: Households
    household: Ints
    """Of each register member."""
    relation: Ints
    gone_on: Days
    """Of each person: the day of death or departure; NaT for most."""
    gone_how: Ints
    """Index in PERSON_STATUS."""
    quiet: Bools
    """Of each person: reserved for a mistake, so nothing unusual may befall them by chance."""
    certificates: Certificates
    belonging: Belonging
    cases: Cases
    outside: Ints
    """Certificates outside the register, by their place in the plan."""
    pupils: slice
    others: slice
    residence: Ints
    """Village of each person."""

    def members(self, households: Ints, place: int) -> Ints:
        """The person at a place of each household's family (families.HEAD …)."""
        result: Ints = self.households.first[households] + place
        return result

    def relatives(self, certificates: Ints, place: int) -> Ints:
        """The person at a place of the family of each certificate outside the register."""
        result: Ints = self.certificates.head[certificates] + place
        return result
