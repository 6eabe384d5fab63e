"""What the departments together say of each person of the register, over the same terms as the rules.

A guarantee that cannot be judged (no valid number, feed not there, year or term not in it) is null, never false.
"""

from collections.abc import Callable

import duckdb
from ibis import _
from ibis.expr.types import Table

from expectations.calendar import settled_date
from expectations.feeds import BOOKS
from expectations.policy import PolicyError
from expectations.rules.coverage import enrolments_with_premium_due, entitled_items, pupils_without_item
from expectations.terms import County
from warehouse.loading.run import RunToLoad

Keep = Callable[[str, Table], Table]
"""Stores an expression as a temporary table under a name."""


def prepare_people(connection: duckdb.DuckDBPyConnection, county: County, run: RunToLoad, keep: Keep) -> None:
    """Make the temporary table ``registered_people``: one row a member. Expects both register feeds."""
    known = {
        **_roll(county, keep),
        **_insurance(county, keep),
        **_school(county, run, keep),
        **_education(county, keep),
    }
    columns = [
        f"CASE WHEN m.person_status = '正常' THEN {known.get(name, f'CAST(NULL AS {type_})')} END AS {name}"
        for name, type_ in _COLUMNS.items()
    ]
    connection.execute(
        f"""CREATE TEMP TABLE registered_people AS
        SELECT m.member_no, m.household_no, m.person_id, h.village_code, m.person_status, m.status_date,
          h.poverty_status <> '已脱贫' AS is_open, h.cause,
          m.person_status = '正常' AND row_number() OVER (PARTITION BY coalesce(m.person_id, m.member_no)
            ORDER BY m.person_status <> '正常', h.poverty_status = '已脱贫', m.household_no, m.member_no) = 1 AS counts,
          try_strptime(m.person_id[7:14], '%Y%m%d')::DATE AS born_on,
          {", ".join(columns)}
        FROM current_register_members m JOIN current_register_households h USING (household_no)"""
    )


_COLUMNS = {
    "on_roll": "BOOLEAN",
    "insured": "BOOLEAN",
    "premium_class": "VARCHAR",
    "premium_yuan_due": "DECIMAL(18, 2)",
    "premium_yuan_paid": "DECIMAL(18, 2)",
    "of_school_age": "BOOLEAN",
    "at_school": "BOOLEAN",
    "stage": "VARCHAR",
    "items_due": "INTEGER",
    "items_received": "INTEGER",
}


def _within(table: str) -> str:
    """Whether the person is in a table of numbers; null without a number."""
    return f"CASE WHEN m.person_id IS NOT NULL THEN m.person_id IN (SELECT person_id FROM {table}) END"


def _of(table: str, column: str) -> str:
    """The person's value in a table with one row a person; null for those who have none."""
    return f"(SELECT t.{column} FROM {table} t WHERE t.person_id = m.person_id)"


def _count(table: str, column: str) -> str:
    """The person's count; 0 for those who have none, null without a number."""
    return f"CASE WHEN m.person_id IS NOT NULL THEN coalesce({_of(table, column)}, 0) END"


def _roll(county: County, keep: Keep) -> dict[str, str]:
    if not all(county.has(feed) for feed in BOOKS["low_income"]):
        return {}
    keep("people_on_roll", county.registered_on_roll.select("person_id").distinct())
    return {"on_roll": _within("people_on_roll")}


def _insurance(county: County, keep: Keep) -> dict[str, str]:
    if not county.has("insurance_enrolments"):
        return {}
    enrolments = county.rows["insurance_enrolments"]
    if not _any(enrolments.filter(enrolments.year == county.insurance_year)):
        return {}
    keep("people_insured", county.insured.select("person_id"))
    found = {"insured": _within("people_insured")}
    if not all(county.has(feed) for feed in BOOKS["low_income"]):
        return found
    try:
        due = enrolments_with_premium_due(county, county.policy)
    except PolicyError:
        return found  # of the year before, and the books keep the values in force at D only
    premiums = due.group_by("person_id").agg(
        premium_class=_.subsidy_class_due.min(),
        premium_yuan_due=_.subsidy_due.min(),
        premium_yuan_paid=_.subsidy_amount.min(),
    )
    keep("people_premiums", premiums)
    return found | {column: _of("people_premiums", column) for column in premiums.columns if column != "person_id"}


def _school(county: County, run: RunToLoad, keep: Keep) -> dict[str, str]:
    settled = settled_date(county.school_year_start, str(county.policy["school.settled_on"]))
    if not county.has("students") or run.current["students"].as_of < settled:
        return {}
    keep("people_of_school_age", county.of_school_age(county.registered_persons).select("person_id"))
    keep("people_at_school", county.attending.select("person_id"))
    return {"of_school_age": _within("people_of_school_age"), "at_school": _within("people_at_school")}


def _education(county: County, keep: Keep) -> dict[str, str]:
    needed = ("students", "education_subsidies", *BOOKS["low_income"])
    if not all(county.has(feed) for feed in needed):
        return {}
    term, paid = county.term, county.rows["education_subsidies"]
    if not _any(paid.filter(paid.school_year == term.school_year, paid.term == term.term)):
        return {}
    due = entitled_items(county).select("person_id", "stage", "item").distinct()
    missing = pupils_without_item(county).select("person_id", "item").distinct()
    keep("people_items_due", due.group_by("person_id").agg(stage=_.stage.min(), items_due=_.item.nunique()))
    received = due.anti_join(missing, ["person_id", "item"])
    keep("people_items_received", received.group_by("person_id").agg(items_received=_.item.nunique()))
    return {
        "stage": _of("people_items_due", "stage"),
        "items_due": _count("people_items_due", "items_due"),
        "items_received": _count("people_items_received", "items_received"),
    }


def _any(table: Table) -> bool:
    return bool(table.limit(1).count().execute())
