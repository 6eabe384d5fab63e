"""The warehouse's tables, explicit and in order: dimensions, bridges, facts. Comments come from the declarations."""

from sqlalchemy import Table

from warehouse.tables.columns import SCHEMA, metadata
from warehouse.tables.departments import (
    fact_benefit_month,
    fact_certificate_snapshot,
    fact_education_subsidy,
    fact_enrolment,
    fact_housing_case,
    fact_student,
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
from warehouse.tables.people import fact_registered_person
from warehouse.tables.runs import fact_delivery, fact_finding, fact_load, fact_quality, fact_rule_run
from warehouse.tables.surveys import fact_roster_household, fact_survey_result

TABLES: tuple[Table, ...] = (
    dim_date,
    dim_area,
    dim_rule,
    dim_policy,
    dim_column,
    dim_household,
    dim_person,
    dim_certificate,
    bridge_membership,
    bridge_household_certificate,
    fact_household_snapshot,
    fact_registered_person,
    fact_certificate_snapshot,
    fact_benefit_month,
    fact_enrolment,
    fact_student,
    fact_education_subsidy,
    fact_housing_case,
    fact_roster_household,
    fact_survey_result,
    fact_finding,
    fact_finding_event,
    fact_delivery,
    fact_delivery_event,
    fact_quality,
    fact_rule_run,
    fact_load,
)

__all__ = ["SCHEMA", "TABLES", "metadata"]
