"""Every query that we document, in one place: the questions, the indicators' own, the report's, the dictionary's.

They name views of ``evaluation`` alone. What a recipient's file holds is derived from here (``documented_views``), so
that a query that comes later finds its tables there too.
"""

import re
from collections.abc import Mapping
from typing import Final

from warehouse.evaluation.indicators import INDICATORS, statement
from warehouse.evaluation.questions import QUESTIONS

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

FLOW_HOUSEHOLDS: Final = (
    "SELECT household_no, poverty_status FROM evaluation.household_card WHERE county = :county AND as_of = :as_of"
)
FLOW_MEMBERS: Final = (
    "SELECT member_no, household_no, person_status, is_open FROM evaluation.people "
    "WHERE county = :county AND as_of = :as_of"
)
DICTIONARY: Final = "SELECT * FROM evaluation.data_dictionary"

_VIEW: Final = re.compile(r"\bevaluation\.(\w+)")


def documented_queries() -> Mapping[str, str]:
    """Name -> query; ``:county``, ``:as_of``, ``:other_day``, ``:household_no`` and ``:level`` are to be bound."""
    found = {f"question {question.slug}": question.sql for question in QUESTIONS}
    found |= {f"indicator {indicator.name}": statement(indicator) for indicator in INDICATORS}
    return found | {
        "days": DAYS,
        "indicators of a level": LEVEL,
        "report: indicators": REPORT_INDICATORS,
        "report: rules": REPORT_RULES,
        "flow: households": FLOW_HOUSEHOLDS,
        "flow: members": FLOW_MEMBERS,
        "data dictionary": DICTIONARY,
    }


def documented_views() -> frozenset[str]:
    """Views of ``evaluation`` that a documented query names."""
    return frozenset(name for query in documented_queries().values() for name in _VIEW.findall(query))
