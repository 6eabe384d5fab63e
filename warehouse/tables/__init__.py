"""The warehouse's tables, explicit and in order: dimensions, bridges, facts. Comments come from the declarations."""

from sqlalchemy import Table

from expectations.feeds import FEEDS
from warehouse.tables.columns import SCHEMA, metadata
from warehouse.tables.departments import (
    fact_benefit_month,
    fact_certificate_snapshot,
    fact_education_subsidy,
    fact_payment_month,
)
from warehouse.tables.dimensions import dim_area, dim_column, dim_date, dim_policy, dim_rule
from warehouse.tables.history import (
    bridge_membership,
    dim_certificate,
    dim_household,
    dim_person,
    fact_delivery_event,
    fact_finding_event,
)
from warehouse.tables.households import bridge_household_certificate, fact_household_snapshot
from warehouse.tables.ordinary import ORDINARY
from warehouse.tables.people import fact_registered_person
from warehouse.tables.plans import fact_target_reached
from warehouse.tables.readings import dim_policy_reading
from warehouse.tables.runs import fact_delivery, fact_finding, fact_load, fact_quality, fact_rule_run

_OF_FEEDS = ORDINARY | {
    "register_households": fact_household_snapshot,
    "register_members": fact_registered_person,
    "low_income_households": fact_certificate_snapshot,
    "low_income_payments": fact_benefit_month,
    "education_subsidies": fact_education_subsidy,
}
"""The table of facts that has a row, or a group of rows, of a feed for its grain."""

TABLES: tuple[Table, ...] = (
    dim_date,
    dim_area,
    dim_rule,
    dim_policy,
    dim_policy_reading,
    dim_column,
    dim_household,
    dim_person,
    dim_certificate,
    bridge_membership,
    bridge_household_certificate,
    *(_OF_FEEDS[feed.name] for feed in FEEDS if feed.name in _OF_FEEDS),
    fact_payment_month,
    fact_target_reached,
    fact_finding,
    fact_finding_event,
    fact_delivery,
    fact_delivery_event,
    fact_quality,
    fact_rule_run,
    fact_load,
)

__all__ = ["SCHEMA", "TABLES", "metadata"]
