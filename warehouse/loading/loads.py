"""What fills each table: one declaration a table, with the checks that its audit makes against the inputs.

``current_<feed>`` are the current rows, ``input_<what>`` the other inputs, ``getvariable('county')`` and ``('as_of')``
the run; ``certificates_in_force``, ``linked_certificates`` and ``household_measures`` come from households.py.
"""

from sqlalchemy import Table

from expectations.codes import PAYMENT_STATUS
from expectations.feeds import BOOKS, FEEDS, FEEDS_BY_NAME
from warehouse.loading.load import Check, Load, Scope
from warehouse.loading.ordinary import COUNTY, ORDINARY_LOADS, PART, SOURCE, rows_of, same_rows
from warehouse.loading.plans import REACHED_LOAD
from warehouse.sql import literal
from warehouse.tables import departments, dimensions, people, readings, runs
from warehouse.tables.columns import feed_columns
from warehouse.tables.households import bridge_household_certificate, fact_household_snapshot

_REGISTER = BOOKS["register"]
_LOW_INCOME = BOOKS["low_income"]


def _payments(feed_name: str, table: Table, keys: tuple[str, ...]) -> Load:
    """A table that sums the payments of a feed by state."""
    grain = ", ".join(keys)
    amounts = {
        state: f"coalesce(sum(amount) FILTER (payment_status = {literal(state)}), 0)" for state in PAYMENT_STATUS.labels
    }
    return Load(
        table,
        Scope.COUNTY,
        f"""SELECT {COUNTY}, {grain},
          {amounts["成功"]} AS yuan_paid,
          {amounts["退回"]} AS yuan_returned,
          {amounts["待发"]} AS yuan_pending,
          count(*) AS payments,
          count(*) FILTER (payment_status = '成功') AS payments_made
        FROM current_{feed_name} GROUP BY {grain}""",
        (feed_name,),
        (
            Check(
                f"current_{feed_name}",
                keys,
                {
                    "rows": ("count(*)", "sum(payments)"),
                    "amount": ("sum(amount)", "sum(yuan_paid + yuan_returned + yuan_pending)"),
                },
                grouped=True,
            ),
        ),
    )


_CERTIFICATE_EXTRA = """
  certificate_no IN (SELECT certificate_no FROM certificates_in_force) AS in_force,
  (SELECT count(*) FROM current_low_income_members m
    WHERE m.certificate_no = current_low_income_households.certificate_no) AS member_rows,
  (SELECT count(*) FROM current_low_income_members m
    WHERE m.certificate_no = current_low_income_households.certificate_no AND m.covered) AS covered_member_rows,
"""

_AREAS = """
SELECT getvariable('county') AS county, area_code,
  CASE length(area_code) WHEN 6 THEN 'county' WHEN 9 THEN 'township' ELSE 'village' END AS level,
  CASE length(area_code) WHEN 6 THEN NULL WHEN 9 THEN area_code[:6] ELSE area_code[:9] END AS parent_code,
  name, valid_from, valid_to
FROM area_history
"""

_ALL_ROWS = {"rows": ("count(*)", "count(*)")}

_BY_MONTH = ("certificate_no", "month")
_BY_ITEM = ("student_no", "school_year", "term", "item")

_HOUSEHOLD = ", ".join(
    f"current_register_households.{column.name}" for column in feed_columns(FEEDS_BY_NAME["register_households"])
)

_OF_FEEDS = ORDINARY_LOADS | {
    "register_households": Load(
        fact_household_snapshot,
        Scope.AS_OF,
        f"""SELECT {PART}, {_HOUSEHOLD},
          household_measures.* EXCLUDE (household_no), {SOURCE}
        FROM current_register_households JOIN household_measures USING (household_no)
        ORDER BY village_code""",
        _REGISTER,
        (
            same_rows(FEEDS_BY_NAME["register_households"]),
            Check(
                "(FROM current_register_members SEMI JOIN current_register_households USING (household_no) "
                "WHERE person_status = '正常')",
                sums={"registered members": ("count(*)", "sum(registered_members)")},
                label="current_register_members",
            ),
        ),
    ),
    "register_members": Load(
        people.fact_registered_person,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM registered_people",
        _REGISTER,
        (
            Check(
                "(FROM current_register_members SEMI JOIN current_register_households USING (household_no))",
                ("member_no", "person_status"),
                _ALL_ROWS,
                label="current_register_members",
            ),
        ),
    ),
    "low_income_households": rows_of(
        FEEDS_BY_NAME["low_income_households"],
        departments.fact_certificate_snapshot,
        snapshots=True,
        needs=_LOW_INCOME,
        extra=_CERTIFICATE_EXTRA,
    ),
    "low_income_payments": _payments("low_income_payments", departments.fact_benefit_month, _BY_MONTH),
    "education_subsidies": _payments("education_subsidies", departments.fact_education_subsidy, _BY_ITEM),
}
"""What fills the table that has a feed's rows, or groups of them, for its grain."""

LOADS: tuple[Load, ...] = (
    Load(
        dimensions.dim_area,
        Scope.COUNTY,
        _AREAS,
        ("register_households",),
        (Check("area_history", ("area_code", "valid_from"), _ALL_ROWS),),
    ),
    Load(
        dimensions.dim_rule,
        Scope.RULES,
        "SELECT * FROM input_rules",
        checks=(Check("input_rules", ("rule",), _ALL_ROWS),),
    ),
    Load(
        dimensions.dim_policy,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM input_policy",
        checks=(Check("input_policy", ("key", "value"), _ALL_ROWS),),
    ),
    Load(
        readings.dim_policy_reading,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM input_policy_readings",
        checks=(Check("input_policy_readings", ("reading", "key", "value"), _ALL_ROWS),),
    ),
    Load(
        bridge_household_certificate,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM linked_certificates",
        (*_REGISTER, *_LOW_INCOME),
        (Check("linked_certificates", ("household_no", "certificate_no"), _ALL_ROWS),),
    ),
    *(_OF_FEEDS[feed.name] for feed in FEEDS if feed.name in _OF_FEEDS),
    Load(
        departments.fact_payment_month,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM input_payment_months",
        checks=(Check("input_payment_months", ("month",), _ALL_ROWS),),
    ),
    REACHED_LOAD,
    Load(
        runs.fact_finding,
        Scope.COUNTY,
        f"SELECT {', '.join(c.name for c in runs.fact_finding.c)} FROM input_ledger",
        checks=(Check("input_ledger", ("finding_id", "state"), _ALL_ROWS),),
    ),
    Load(
        runs.fact_delivery,
        Scope.COUNTY,
        "SELECT * FROM input_deliveries",
        checks=(
            Check(
                "input_deliveries",
                ("delivery", "status"),
                _ALL_ROWS | {n: (f"sum({n})", f"sum({n})") for n in ("rows_read", "rows_staged", "rows_quarantined")},
            ),
        ),
    ),
    Load(
        runs.fact_quality,
        Scope.COUNTY,
        f"SELECT {COUNTY}, * FROM input_quality",
        checks=(Check("input_quality", ("delivery", "expectation"), _ALL_ROWS),),
    ),
    Load(
        runs.fact_rule_run,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM input_rule_runs",
        checks=(Check("input_rule_runs", ("rule", "status"), _ALL_ROWS | {"findings": ("sum(findings)",) * 2}),),
    ),
    Load(
        runs.fact_load,
        Scope.AS_OF,
        f"SELECT {PART}, * FROM input_load",
        checks=(Check("input_load", ("digest",), _ALL_ROWS),),
    ),
)
"""Every table but the data dictionary, which is made with the file."""
