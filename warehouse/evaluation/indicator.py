"""What an indicator is: one declaration, and the query that it stands for."""

from dataclasses import dataclass

from warehouse.sql import literal


@dataclass(frozen=True)
class Indicator:
    """One rate. ``numerator``, ``denominator``, ``unknown``: SQL sums over ``source``, which brings county, as_of and
    village_code; ``of`` says in Chinese what is divided by what. ``at_least``: more is better. ``adds_up``: townships
    are the sum of their villages; what does not is the county's own, whose code then stands for the village's.

    ``rule``: whose run says why nothing can be judged; ``feeds``, ``policy``: what must come so that something can.
    ``standard``: the indicator whose threshold counts where it has none of its own.

    ``behind``: SQL counts of the persons or households behind numerator and rest, where these count something else;
    ``divides``: what is divided, where several indicators divide the same persons; ``unknown_persons``: whether those
    whom nobody can judge are persons or households.

    ``is_sum``: its numerator is what is certain, the rest what is possible: both are told, and not their ratio.
    ``is_plan``: its denominator is what a plan says of an area, which no other areas add up to.
    """

    name: str
    unit: str
    of: str
    numerator: str
    denominator: str
    unknown: str
    source: str
    at_least: bool = True
    adds_up: bool = True
    rule: str = ""
    feeds: tuple[str, ...] = ()
    policy: str = ""
    standard: str = ""
    behind: tuple[str, str] | None = None
    divides: str = ""
    unknown_persons: bool = True
    is_sum: bool = False
    is_plan: bool = False

    @property
    def counted(self) -> tuple[str, str]:
        """SQL: how many persons or households are behind numerator and rest; of whatever has none, nobody is."""
        if not self.adds_up:
            return "0", "0"
        return self.behind or (self.numerator, f"({self.denominator}) - ({self.numerator})")


def count_of(condition: str) -> str:
    """SQL: how many rows of the source meet a condition."""
    return f"count(*) FILTER (WHERE {condition})"


def statement(indicator: Indicator) -> str:
    """The query behind an indicator: one row an area and as-of; DuckDB and PostgreSQL both run it."""
    counted = indicator.counted
    return f"""SELECT s.county, s.as_of, substr(s.village_code, 1, d.digits) AS area_code,
    {literal(indicator.name)} AS indicator, {literal(indicator.unit)} AS unit,
    CAST({indicator.numerator} AS DECIMAL(18, 2)) AS numerator,
    CAST({indicator.denominator} AS DECIMAL(18, 2)) AS denominator,
    CAST({indicator.unknown} AS BIGINT) AS unknown,
    CAST(coalesce({counted[0]}, 0) AS BIGINT) AS numerator_persons,
    CAST(coalesce({counted[1]}, 0) AS BIGINT) AS rest_persons,
    {literal(indicator.standard or indicator.name)} AS standard,
    {literal(indicator.of)} AS definition, {"true" if indicator.at_least else "false"} AS at_least
  FROM {indicator.source}
  JOIN (SELECT 6 AS digits UNION ALL SELECT 9 UNION ALL SELECT 12) d ON d.digits <= length(s.village_code)
  GROUP BY s.county, s.as_of, substr(s.village_code, 1, d.digits)"""
