"""Every query that we document, in one place: the questions, the indicators' own, the report's, the dictionary's.

They name views of ``evaluation`` alone. What a recipient's file holds is derived from here (``documented_views``), so
that a query that comes later finds its tables there too.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from expectations.finding import CLOSED_STATES, Certainty
from warehouse.evaluation.indicator import statement
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.questions import QUESTIONS
from warehouse.sql import among, literal, outside
from warehouse.tables.dimensions import area_counts
from warehouse.tables.readings import POPULATION

DAYS: Final = "SELECT county, as_of FROM evaluation.days"
"""What the warehouse holds: the counties and their days."""

LEVEL: Final = (
    "SELECT * FROM evaluation.indicators WHERE county = :county AND as_of = :as_of AND level = :level "
    "ORDER BY area_code"
)
"""What ``indicators`` prints."""

REPORT_INDICATORS: Final = (
    "SELECT * FROM evaluation.indicators WHERE county = :county AND as_of = :as_of AND level <> 'village' "
    "ORDER BY area_code"
)
REPORT_RULES: Final = (
    "SELECT rule, name, status, reason FROM evaluation.rule_coverage WHERE county = :county AND as_of = :as_of "
    "ORDER BY rule"
)
"""What the report was not told, and why."""

REPORT_PERSONS: Final = """SELECT coalesce(sum(registered_members) FILTER (WHERE is_open), 0) AS open_persons,
  coalesce(sum(registered_members) FILTER (WHERE poverty_status = '已脱贫'), 0) AS exited_persons
FROM evaluation.household_card WHERE county = :county AND as_of = :as_of"""
REPORT_POLICY: Final = "SELECT key, value FROM evaluation.policy WHERE county = :county AND as_of = :as_of"
REPORT_POPULATION: Final = f"""SELECT key, number FROM evaluation.policy_readings
WHERE county = :county AND as_of = :as_of AND reading = {literal(POPULATION.name)}"""
REPORT_VILLAGES: Final = f"""SELECT area_code FROM evaluation.areas a
WHERE county = :county AND level = 'village' AND {area_counts("a", ":as_of")}"""
_MISSED: Final = """SELECT sum(c.persons) AS of_all, sum(c.persons) FILTER (WHERE f.certain) AS certain,
  sum(c.persons) FILTER (WHERE NOT f.certain) AS possible
FROM evaluation.certificates c
LEFT JOIN ({suspected}) f ON f.certificate_no = c.certificate_no
WHERE c.county = :county AND c.as_of = :as_of AND c.in_force AND c.programme IN ('农村低保', '农村特困')
  AND NOT EXISTS (SELECT 1 FROM evaluation.household_certificates b
    WHERE b.county = c.county AND b.as_of = c.as_of AND b.certificate_no = c.certificate_no)"""
_EXITS: Final = """SELECT sum(h.registered_members) AS of_all,
  sum(h.registered_members) FILTER (WHERE f.certain) AS certain,
  sum(h.registered_members) FILTER (WHERE NOT f.certain) AS possible
FROM evaluation.household_card h
LEFT JOIN ({suspected}) f ON f.household_no = h.household_no
WHERE h.county = :county AND h.as_of = :as_of AND h.poverty_status = '已脱贫'"""

FLOW_HOUSEHOLDS: Final = (
    "SELECT household_no, poverty_status, village_code FROM evaluation.household_card "
    "WHERE county = :county AND as_of = :as_of"
)
FLOW_MEMBERS: Final = (
    "SELECT member_no, household_no, person_status, is_open FROM evaluation.people "
    "WHERE county = :county AND as_of = :as_of"
)
FLOW_AREAS: Final = f"""SELECT area_code, name FROM evaluation.areas a
WHERE county = :county AND name IS NOT NULL AND {area_counts("a", ":as_of")}"""
DICTIONARY: Final = "SELECT * FROM evaluation.data_dictionary"

_VIEW: Final = re.compile(r"\bevaluation\.(\w+)")


def missed_query(rules: Sequence[str]) -> str:
    """Persons of rural certificates outside the register, and of those whom ``rules`` suspect to be missed."""
    return _MISSED.format(suspected=_suspected("certificate_no", rules))


def exits_query(rules: Sequence[str]) -> str:
    """Persons of exited households, and of those whom ``rules`` suspect to have exited wrongly."""
    return _EXITS.format(suspected=_suspected("household_no", rules))


def _suspected(subject: str, rules: Sequence[str]) -> str:
    """Subjects of open findings of ``rules``, and whether one of them is certain."""
    return f"""SELECT {subject}, bool_or(certainty = {literal(Certainty.CERTAIN)}) AS certain
    FROM evaluation.findings WHERE county = :county AND {among("rule", rules)} AND {outside("state", CLOSED_STATES)}
    GROUP BY {subject}"""


def documented_queries(missed: Sequence[str] = (), exits: Sequence[str] = ()) -> Mapping[str, str]:
    """Name -> query; ``:county``, ``:as_of``, ``:other_day``, ``:household_no`` and ``:level`` are to be bound.

    ``missed``, ``exits``: the rules that suspect either, whose findings the report counts.
    """
    found = {f"question {question.slug}": question.sql for question in QUESTIONS}
    found |= {f"indicator {indicator.name}": statement(indicator) for indicator in INDICATORS}
    return found | {
        "days": DAYS,
        "indicators of a level": LEVEL,
        "report: indicators": REPORT_INDICATORS,
        "report: rules": REPORT_RULES,
        "report: persons": REPORT_PERSONS,
        "report: policy": REPORT_POLICY,
        "report: population": REPORT_POPULATION,
        "report: villages": REPORT_VILLAGES,
        "report: missed": missed_query(missed),
        "report: wrong exits": exits_query(exits),
        "flow: households": FLOW_HOUSEHOLDS,
        "flow: members": FLOW_MEMBERS,
        "flow: areas": FLOW_AREAS,
        "data dictionary": DICTIONARY,
    }


def documented_views() -> frozenset[str]:
    """Views of ``evaluation`` that a documented query names."""
    return frozenset(name for query in documented_queries().values() for name in _VIEW.findall(query))
