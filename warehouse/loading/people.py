"""What the departments together say of each person of the register, over the same terms as the rules.

A guarantee that cannot be judged (no valid number, feed not there, year or term not in it) is null, never false.
"""

from ibis import _

from expectations.feeds import BOOKS
from expectations.policy import PolicyError
from expectations.rules import RULES_BY_CODE
from expectations.rules.coverage.insurance import enrolments_with_premium_due
from expectations.rules.coverage.schooling import entitled_items, pupils_without_item
from expectations.terms import County
from warehouse.loading.known import Known
from warehouse.planning.planner import Planner


def prepare_people(planner: Planner, county: County, known: Known) -> None:
    """Make the temporary table ``registered_people``: one row a member. Expects both register feeds."""
    told = {
        **_roll(county, planner),
        **(_insurance(county, planner) if known.insurance_year else {}),
        **(_school(county, planner) if known.school_year else {}),
        **(_education(county, planner) if known.education_term else {}),
    }
    columns = [
        f"CASE WHEN m.person_status = '正常' THEN {told.get(name, f'CAST(NULL AS {type_})')} END AS {name}"
        for name, type_ in _COLUMNS.items()
    ]
    planner.statement(
        "registered_people",
        f"""SELECT m.member_no, m.household_no, m.person_id, h.village_code, m.person_status, m.status_date,
          h.poverty_status <> '已脱贫' AS is_open, h.cause,
          m.person_status = '正常' AND row_number() OVER (PARTITION BY coalesce(m.person_id, m.member_no)
            ORDER BY m.person_status <> '正常', h.poverty_status = '已脱贫', m.household_no, m.member_no) = 1 AS counts,
          try_strptime(m.person_id[7:14], '%Y%m%d')::DATE AS born_on,
          {", ".join(columns)}
        FROM current_register_members m JOIN current_register_households h USING (household_no)""",
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


def _roll(county: County, planner: Planner) -> dict[str, str]:
    if not all(county.has(feed) for feed in BOOKS["low_income"]):
        return {}
    planner.relation("people_on_roll", county.registered_on_roll.select("person_id").distinct())
    return {"on_roll": _within("people_on_roll")}


def _insurance(county: County, planner: Planner) -> dict[str, str]:
    planner.relation("people_insured", county.insured.select("person_id"))
    found = {"insured": _within("people_insured")}
    if not all(county.has(feed) for feed in BOOKS["low_income"]):
        return found
    try:
        due = enrolments_with_premium_due(county, county.values.of(*RULES_BY_CODE["CV02"].needs))
    except PolicyError:
        return found  # of a run that was recorded with the values in force at D only
    premiums = due.group_by("person_id").agg(
        premium_class=_.subsidy_class_due.min(),
        premium_yuan_due=_.subsidy_due.min(),
        premium_yuan_paid=_.subsidy_amount.min(),
    )
    planner.relation("people_premiums", premiums)
    return found | {column: _of("people_premiums", column) for column in premiums.columns if column != "person_id"}


def _school(county: County, planner: Planner) -> dict[str, str]:
    values = county.values.of(*BOOKS["register"], "students")
    children = county.of_school_age(county.registered_persons, values)
    planner.relation("people_of_school_age", children.select("person_id"))
    planner.relation("people_at_school", county.attending.select("person_id"))
    return {"of_school_age": _within("people_of_school_age"), "at_school": _within("people_at_school")}


def _education(county: County, planner: Planner) -> dict[str, str]:
    if not all(county.has(feed) for feed in ("students", *BOOKS["low_income"])):
        return {}
    due = entitled_items(county).select("person_id", "stage", "item").distinct()
    missing = pupils_without_item(county).select("person_id", "item").distinct()
    planner.relation("people_items_due", due.group_by("person_id").agg(stage=_.stage.min(), items_due=_.item.nunique()))
    received = due.anti_join(missing, ["person_id", "item"])
    planner.relation("people_items_received", received.group_by("person_id").agg(items_received=_.item.nunique()))
    return {
        "stage": _of("people_items_due", "stage"),
        "items_due": _count("people_items_due", "items_due"),
        "items_received": _count("people_items_received", "items_received"),
    }
