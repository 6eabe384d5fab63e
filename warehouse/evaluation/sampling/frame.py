"""The frame: every household that can be drawn, with its group and village, read off the published warehouse."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from warehouse.sql import bound
from warehouse.tables.dimensions import area_counts
from warehouse.tables.households import counts_as_household

Query = Callable[[str], Sequence[Mapping[str, Any]]]
"""Runs one SQL statement and gives its rows by column name; the SQL keeps to what DuckDB and PostgreSQL share."""


class Group(StrEnum):
    """Groups of households, each drawn by itself within a village."""

    OPEN = "open"
    EXITED = "exited"
    LOW_INCOME = "low_income"
    GENERAL = "general"

    @property
    def label(self) -> str:
        """Chinese name, as it stands on the forms."""
        return _TITLES[self]

    @property
    def letter(self) -> str:
        """What a unit's number has for the group."""
        return _LETTERS[self]


_TITLES = {
    Group.OPEN: "在册未脱贫户",
    Group.EXITED: "已脱贫户",
    Group.LOW_INCOME: "低保未建档户",
    Group.GENERAL: "一般农户",
}
_LETTERS = {Group.OPEN: "A", Group.EXITED: "B", Group.LOW_INCOME: "C", Group.GENERAL: "D"}


@dataclass(frozen=True, order=True)
class FrameUnit:
    """One household of the frame: its number in the book that its group comes from, its village, its persons."""

    group: Group
    key: str
    village_code: str
    persons: int

    @property
    def township_code(self) -> str:
        """First nine digits of the village's code."""
        return self.village_code[:9]


@dataclass(frozen=True)
class Frame:
    """The units of a county at D in the order of their keys, whatever order they came in.

    ``names``: area code -> name. ``roster_villages``: villages that a roster covers. ``households_without_members``:
    households of the register in which nobody is registered: they are no units.
    """

    county: str
    as_of: date
    units: tuple[FrameUnit, ...]
    names: Mapping[str, str]
    roster_villages: frozenset[str]
    households_without_members: int = 0

    @cached_property
    def sha256(self) -> str:
        """Hash of what the draw depends on."""
        lines = [f"{self.county} {self.as_of}"]
        lines += [f"{u.group}\x1f{u.key}\x1f{u.village_code}\x1f{u.persons}" for u in self.units]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def village_sizes(self) -> Mapping[str, int]:
        """Households of the frame by village."""
        return Counter(unit.village_code for unit in self.units)

    @cached_property
    def by_village(self) -> Mapping[str, Mapping[Group, tuple[str, ...]]]:
        """Keys of the units by village and group."""
        found: dict[str, dict[Group, list[str]]] = {}
        for unit in self.units:
            found.setdefault(unit.village_code, {}).setdefault(unit.group, []).append(unit.key)
        return {
            village: {group: tuple(groups[group]) for group in Group if group in groups}
            for village, groups in sorted(found.items())
        }

    @cached_property
    def households(self) -> Mapping[Group, int]:
        """Households of each group that has one."""
        count = Counter(unit.group for unit in self.units)
        return {group: count[group] for group in Group if group in count}

    @cached_property
    def persons(self) -> Mapping[Group, int]:
        """Persons of each group that has a household."""
        return {group: sum(u.persons for u in self.units if u.group is group) for group in self.households}

    @property
    def uncovered_villages(self) -> int:
        """Villages of the frame without a roster; while there are any, the general population has no frame."""
        return len(self.village_sizes.keys() - self.roster_villages)


_REGISTER = f"""SELECT CASE WHEN h.is_open THEN 'open' ELSE 'exited' END AS unit_group, h.household_no AS unit_key,
  h.village_code, h.registered_members AS persons
FROM warehouse.fact_household_snapshot h
WHERE h.county = :county AND h.as_of = :as_of AND {counts_as_household("h")}
  AND (h.is_open OR h.poverty_status = '已脱贫')"""

_WITHOUT_MEMBERS = f"""SELECT count(*) AS households FROM warehouse.fact_household_snapshot h
WHERE h.county = :county AND h.as_of = :as_of AND NOT {counts_as_household("h")}"""

_LOW_INCOME = """SELECT 'low_income' AS unit_group, c.certificate_no AS unit_key, c.village_code, c.persons
FROM warehouse.fact_certificate_snapshot c
WHERE c.county = :county AND c.as_of = :as_of AND c.in_force AND c.programme IN ('农村低保', '农村特困')
  AND NOT EXISTS (SELECT 1 FROM warehouse.bridge_household_certificate b
    WHERE b.county = c.county AND b.as_of = c.as_of AND b.certificate_no = c.certificate_no)"""

_GENERAL = """SELECT 'general' AS unit_group, r.village_code || '-' || r.roster_no AS unit_key,
  r.village_code, r.persons
FROM warehouse.fact_roster_household r
WHERE r.county = :county
  AND NOT EXISTS (SELECT 1 FROM warehouse.fact_household_snapshot h
    WHERE h.county = r.county AND h.as_of = :as_of AND h.household_no = r.household_no)
  AND NOT EXISTS (SELECT 1 FROM warehouse.fact_household_snapshot h
    WHERE h.county = r.county AND h.as_of = :as_of AND h.head_id = r.head_id)
  AND NOT EXISTS (SELECT 1 FROM warehouse.fact_registered_person p
    WHERE p.county = r.county AND p.as_of = :as_of AND p.counts AND p.person_id = r.head_id)
  AND NOT EXISTS (SELECT 1 FROM warehouse.fact_certificate_snapshot c
    WHERE c.county = r.county AND c.as_of = :as_of AND c.in_force AND c.head_id = r.head_id)"""


_NAMES = f"""SELECT area_code, name FROM warehouse.dim_area a
WHERE county = :county AND name IS NOT NULL AND {area_counts("a", ":as_of")}"""

_ROSTERS = "SELECT DISTINCT village_code FROM warehouse.fact_roster_household WHERE county = :county"


def read_frame(query: Query, county: str, as_of: date) -> Frame:
    """The frame of a county at D.

    A roster household belongs to the general group where neither its 户编号 nor its
    head's number stands in the register (as anybody's), nor heads a certificate in force; one without either cannot be
    told apart and counts there.
    """
    rows = [
        row for part in (_REGISTER, _LOW_INCOME, _GENERAL) for row in query(bound(part, county=county, as_of=as_of))
    ]
    units = {FrameUnit(Group(r["unit_group"]), r["unit_key"], r["village_code"], int(r["persons"])) for r in rows}
    names = query(bound(_NAMES, county=county, as_of=as_of))
    rosters = query(bound(_ROSTERS, county=county))
    (without,) = query(bound(_WITHOUT_MEMBERS, county=county, as_of=as_of))
    return Frame(
        county,
        as_of,
        tuple(sorted(units)),
        {row["area_code"]: row["name"] for row in names},
        frozenset(row["village_code"] for row in rosters),
        int(without["households"]),
    )
