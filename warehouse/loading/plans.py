"""How far plans were reached by the books, for every year and target that the newest plan names."""

from collections.abc import Sequence
from typing import Final

import duckdb

from warehouse.loading.load import Check, Load, Scope
from warehouse.loading.ordinary import PART
from warehouse.loading.run import RunToLoad
from warehouse.sql import literal
from warehouse.tables.plans import TARGETS, Target, fact_target_reached

_PLACES: Final = ("register_households", "low_income_households", "housing_renovations")
"""Feeds whose rows lie in a village: of each of these it is said that nothing was reached, where nothing was."""

_NOTHING: Final = "SELECT 0 AS year, '' AS target, '' AS village_code, 0 AS reached WHERE false"

REACHED_LOAD: Final = Load(
    fact_target_reached,
    Scope.AS_OF,
    f"SELECT {PART}, * FROM input_target_reached",
    checks=(
        Check(
            "input_target_reached",
            ("year", "target", "village_code"),
            {"reached": ("sum(reached)", "sum(reached)")},
        ),
    ),
)


def prepare_plans(connection: duckdb.DuckDBPyConnection, run: RunToLoad) -> None:
    """Make ``input_target_reached``: (year, target, village_code, reached); empty where there is no plan.

    Expects ``current_<feed>`` of what is there, and ``certificates_in_force`` where the low-income books are.
    """
    parts = []
    if "work_plans" in run.current:
        if relocations := run.current.get("relocations"):
            connection.execute("SET VARIABLE relocations_day = $1", [relocations.as_of])
        places = [f"SELECT village_code FROM current_{feed}" for feed in _PLACES if feed in run.current]
        parts = [_reached(target, places) for target in TARGETS if set(target.feeds) <= set(run.current)]
    connection.execute(f"CREATE TEMP TABLE input_target_reached AS {' UNION ALL '.join(parts or [_NOTHING])}")


def _reached(target: Target, places: Sequence[str]) -> str:
    """SQL: what was reached in every village, and in none, of every year that has a plan of the target."""
    years = f"SELECT DISTINCT year FROM current_work_plans WHERE target = {literal(target.name)}"
    own = f"SELECT village_code FROM ({target.rows}) t SEMI JOIN ({years}) USING (year)"
    return f"""SELECT p.year, {literal(target.name)} AS target, v.village_code, count(r.year) AS reached
    FROM ({years}) p CROSS JOIN ({" UNION ".join([*places, own])}) v
    LEFT JOIN ({target.rows}) r ON r.year = p.year AND r.village_code = v.village_code
    GROUP BY p.year, v.village_code"""
