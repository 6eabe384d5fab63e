"""How tables hang together: which columns of one name rows of another. For the picture, and for whoever joins."""

from dataclasses import dataclass

from sqlalchemy import Table

from warehouse.tables import departments as d
from warehouse.tables import dimensions, history, households, people, readings, runs
from warehouse.tables.ordinary import ORDINARY


@dataclass(frozen=True)
class Relation:
    """Each row of ``many`` names rows of ``one`` by ``columns`` (of the same names); ``label`` says how, in Chinese."""

    one: Table
    many: Table
    columns: tuple[str, ...]
    label: str


_PART = ("county", "as_of")

RELATIONS: tuple[Relation, ...] = (
    Relation(history.dim_household, history.bridge_membership, ("household_key",), "户"),
    Relation(history.dim_person, history.bridge_membership, ("person_key",), "人"),
    Relation(history.dim_household, households.fact_household_snapshot, ("county", "household_no"), "每个截止日"),
    Relation(history.dim_person, people.fact_registered_person, ("county", "member_no"), "每个截止日"),
    Relation(households.fact_household_snapshot, people.fact_registered_person, (*_PART, "household_no"), "户内人员"),
    Relation(
        households.fact_household_snapshot,
        households.bridge_household_certificate,
        (*_PART, "household_no"),
        "有共同人员",
    ),
    Relation(
        d.fact_certificate_snapshot, households.bridge_household_certificate, (*_PART, "certificate_no"), "有共同人员"
    ),
    Relation(history.dim_certificate, d.fact_certificate_snapshot, ("county", "certificate_no"), "每个截止日"),
    Relation(history.dim_certificate, d.fact_benefit_month, ("county", "certificate_no"), "每月发放"),
    Relation(ORDINARY["students"], d.fact_education_subsidy, ("county", "student_no"), "资助"),
    Relation(runs.fact_finding, history.fact_finding_event, ("finding_id",), "状态变化"),
    Relation(dimensions.dim_rule, runs.fact_finding, ("rule",), "判定"),
    Relation(dimensions.dim_rule, runs.fact_rule_run, ("rule",), "执行"),
    Relation(runs.fact_load, runs.fact_rule_run, _PART, "同一次比对"),
    Relation(runs.fact_load, dimensions.dim_policy, _PART, "当日有效的值"),
    Relation(runs.fact_load, readings.dim_policy_reading, _PART, "比较所用的值"),
    Relation(runs.fact_load, households.fact_household_snapshot, _PART, "装载"),
    Relation(runs.fact_load, d.fact_certificate_snapshot, _PART, "装载"),
    *(Relation(runs.fact_load, table, _PART, "装载") for table in ORDINARY.values() if "as_of" in table.primary_key),
    Relation(runs.fact_delivery, runs.fact_quality, ("delivery",), "期望"),
    Relation(runs.fact_delivery, history.fact_delivery_event, ("delivery",), "变动"),
)
"""Tables that stand alone: areas by code, days by date, the dictionary; enrolments and housing cases by person."""
