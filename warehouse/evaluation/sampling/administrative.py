"""The departments' own data beside a survey: counts, thresholds, and the rules that speak of the same wrongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from expectations.finding import CLOSED_STATES, Certainty
from expectations.rule import Suspicion
from expectations.status import RuleStatus, by_status
from warehouse.evaluation.records import FigureRow
from warehouse.evaluation.sampling.frame import Query
from warehouse.sql import among, bound, literal, outside
from warehouse.tables.dimensions import area_counts
from warehouse.tables.readings import POPULATION


@dataclass(frozen=True)
class Figure:
    """Persons with an open finding of the rules that ask the same, of those they speak of; a reason where unknown."""

    rules: tuple[str, ...]
    persons: int | None
    possible: int | None
    of: int | None
    reason: str | None = None

    @property
    def share(self) -> float | None:
        """The share, where it is known."""
        return None if self.persons is None or not self.of else self.persons / self.of

    def as_row(self) -> FigureRow:
        """Plain values."""
        return {
            "rules": self.rules,
            "persons": self.persons,
            "possible": self.possible,
            "of": self.of,
            "reason": self.reason,
            "share": self.share,
        }


@dataclass(frozen=True)
class Administrative:
    """Figures of a county at D from the published warehouse; None is unknown.

    ``agricultural``: persons of all villages, None where a village has no figure (``villages_without`` of
    ``villages``). ``thresholds``: percent by indicator.
    """

    open_persons: int
    exited_persons: int
    agricultural: int | None
    villages: int
    villages_without: int
    thresholds: Mapping[str, Decimal]
    missed: Figure
    wrong_exits: Figure

    @property
    def unregistered(self) -> int | None:
        """Agricultural persons outside the register."""
        return None if self.agricultural is None else self.agricultural - self.open_persons - self.exited_persons


def read_administrative(query: Query, county: str, as_of: date) -> Administrative:
    """The figures of a county at D."""
    where = bound("county = :county AND as_of = :as_of", county=county, as_of=as_of)
    (persons,) = query(
        f"""SELECT coalesce(sum(registered_members) FILTER (WHERE is_open), 0) AS open_persons,
          coalesce(sum(registered_members) FILTER (WHERE poverty_status = '已脱贫'), 0) AS exited_persons
        FROM warehouse.fact_household_snapshot WHERE {where}"""
    )
    threshold = "threshold."
    policy = query(f"SELECT key, value FROM warehouse.dim_policy WHERE {where}")
    population = query(
        f"SELECT key, number FROM warehouse.dim_policy_reading WHERE {where} AND reading = {literal(POPULATION.name)}"
    )
    known = {row["key"].removeprefix(POPULATION.key): row for row in population}
    villages = {
        row["area_code"]
        for row in query(
            f"SELECT area_code FROM warehouse.dim_area a WHERE county = {literal(county)} AND level = 'village' "
            f"AND {area_counts('a', literal(as_of))}"
        )
    }
    complete = bool(villages) and villages <= known.keys()
    return Administrative(
        open_persons=int(persons["open_persons"]),
        exited_persons=int(persons["exited_persons"]),
        agricultural=sum(int(row["number"]) for row in known.values()) if complete else None,
        villages=len(villages),
        villages_without=len(villages - known.keys()),
        thresholds={
            row["key"].removeprefix(threshold): Decimal(row["value"].strip('"'))
            for row in policy
            if row["key"].startswith(threshold)
        },
        missed=_figure(query, where, _rules_that_suspect(Suspicion.MISSED), _MISSED),
        wrong_exits=_figure(query, where, _rules_that_suspect(Suspicion.WRONG_EXIT), _EXITS),
    )


_MISSED: Final = """SELECT sum(c.persons) AS of_all, sum(c.persons) FILTER (WHERE f.certain) AS certain,
  sum(c.persons) FILTER (WHERE NOT f.certain) AS possible
FROM warehouse.fact_certificate_snapshot c
LEFT JOIN ({findings}) f ON f.subject_key = c.certificate_no
WHERE {where} AND c.in_force AND c.programme IN ('农村低保', '农村特困')
  AND NOT EXISTS (SELECT 1 FROM warehouse.bridge_household_certificate b
    WHERE b.county = c.county AND b.as_of = c.as_of AND b.certificate_no = c.certificate_no)"""

_EXITS: Final = """SELECT sum(h.registered_members) AS of_all,
  sum(h.registered_members) FILTER (WHERE f.certain) AS certain,
  sum(h.registered_members) FILTER (WHERE NOT f.certain) AS possible
FROM warehouse.fact_household_snapshot h
LEFT JOIN ({findings}) f ON f.subject_key = h.household_no
WHERE {where} AND h.poverty_status = '已脱贫'"""


def _rules_that_suspect(what: Suspicion) -> tuple[str, ...]:
    from expectations.rules import RULES  # loads Ibis, which drawing a sample does without

    return tuple(rule.code for rule in RULES if rule.suspects is what)


def _figure(query: Query, where: str, rules: tuple[str, ...], statement: str) -> Figure:
    ran = {
        row["rule"]: RuleStatus(row["status"])
        for row in query(f"SELECT rule, status FROM warehouse.fact_rule_run WHERE {where}")
    }
    silent = by_status((rule, ran.get(rule, RuleStatus.NOT_EVALUATED)) for rule in rules)
    if silent:
        reasons = (f"规则{'、'.join(codes)}{status.label}" for status, codes in silent.items())
        return Figure(rules, None, None, None, "；".join(reasons))
    county = where.partition(" AND ")[0]
    findings = f"""SELECT subject_key, bool_or(certainty = {literal(Certainty.CERTAIN)}) AS certain
      FROM warehouse.fact_finding WHERE {county} AND {among("rule", rules)} AND {outside("state", CLOSED_STATES)}
      GROUP BY subject_key"""
    (row,) = query(statement.format(findings=findings, where=where))
    return Figure(rules, int(row["certain"] or 0), int(row["possible"] or 0), int(row["of_all"] or 0))
