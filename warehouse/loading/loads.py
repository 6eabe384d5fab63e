"""What fills each table: one declaration a table, with the checks that its audit makes against the inputs.

``current_<feed>`` are the current rows, ``input_<what>`` the other inputs, ``getvariable('county')`` and ``('as_of')``
the run; ``certificates_in_force``, ``linked_certificates`` and ``household_measures`` come from households.py.
"""

from sqlalchemy import Table

from expectations.feed import Money
from expectations.feeds import BOOKS, FEEDS_BY_NAME
from warehouse.loading.load import Check, Load, Scope
from warehouse.tables import columns, departments, dimensions, people, runs, surveys
from warehouse.tables.households import bridge_household_certificate, fact_household_snapshot

_REGISTER = BOOKS["register"]
_LOW_INCOME = BOOKS["low_income"]

_COUNTY = "getvariable('county') AS county"
_PART = f"{_COUNTY}, getvariable('as_of') AS as_of"
_SOURCE = "_delivery AS source_delivery, _file AS source_file, coalesce(_sheet, '') AS source_sheet, _row AS source_row"


def _rows(feed_name: str, scope: Scope, table: Table, needs: tuple[str, ...] = (), extra: str = "") -> Load:
    """A table with one row for each current row of a feed."""
    feed = FEEDS_BY_NAME[feed_name]
    names = [column.name for column in columns.feed_columns(feed)]
    where = _PART if scope is Scope.AS_OF else _COUNTY
    return Load(
        table,
        scope,
        f"SELECT {where}, {', '.join(names)}, {extra}{_SOURCE} FROM current_{feed_name}",
        needs or (feed_name,),
        (_same_rows(feed_name),),
    )


def _same_rows(feed_name: str) -> Check:
    """Row count, key set and the sum of every amount."""
    feed = FEEDS_BY_NAME[feed_name]
    amounts = [column.name for column in feed.columns if isinstance(column.type, Money)]
    sums = {"rows": ("count(*)", "count(*)")} | {name: (f"sum({name})", f"sum({name})") for name in amounts}
    return Check(f"current_{feed_name}", feed.key, sums)


def _payments(feed_name: str, table: Table, keys: tuple[str, ...]) -> Load:
    """A table that sums the payments of a feed by state."""
    grain = ", ".join(keys)
    amount = "coalesce(sum(amount) FILTER (payment_status = '{state}'), 0)"
    return Load(
        table,
        Scope.COUNTY,
        f"""SELECT {_COUNTY}, {grain},
          {amount.format(state="成功")} AS yuan_paid,
          {amount.format(state="退回")} AS yuan_returned,
          {amount.format(state="待发")} AS yuan_pending,
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
        f"SELECT {_PART}, * FROM input_policy",
        checks=(Check("input_policy", ("key", "value"), _ALL_ROWS),),
    ),
    Load(
        bridge_household_certificate,
        Scope.AS_OF,
        f"SELECT {_PART}, * FROM linked_certificates",
        (*_REGISTER, *_LOW_INCOME),
        (Check("linked_certificates", ("household_no", "certificate_no"), _ALL_ROWS),),
    ),
    Load(
        fact_household_snapshot,
        Scope.AS_OF,
        f"""SELECT {_PART}, current_register_households.* EXCLUDE (phone, _delivery, _file, _sheet, _row),
          household_measures.* EXCLUDE (household_no), {_SOURCE}
        FROM current_register_households JOIN household_measures USING (household_no)
        ORDER BY village_code""",
        _REGISTER,
        (
            _same_rows("register_households"),
            Check(
                "(FROM current_register_members SEMI JOIN current_register_households USING (household_no) "
                "WHERE person_status = '正常')",
                sums={"registered members": ("count(*)", "sum(registered_members)")},
                label="current_register_members",
            ),
        ),
    ),
    Load(
        people.fact_registered_person,
        Scope.AS_OF,
        f"SELECT {_PART}, * FROM registered_people",
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
    _rows("low_income_households", Scope.AS_OF, departments.fact_certificate_snapshot, _LOW_INCOME, _CERTIFICATE_EXTRA),
    _payments("low_income_payments", departments.fact_benefit_month, ("certificate_no", "month")),
    _rows("insurance_enrolments", Scope.COUNTY, departments.fact_enrolment),
    _rows("students", Scope.AS_OF, departments.fact_student),
    _payments(
        "education_subsidies",
        departments.fact_education_subsidy,
        ("student_no", "school_year", "term", "item"),
    ),
    _rows("housing_renovations", Scope.COUNTY, departments.fact_housing_case),
    _rows("village_rosters", Scope.COUNTY, surveys.fact_roster_household),
    _rows("survey_results", Scope.COUNTY, surveys.fact_survey_result),
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
        f"SELECT {_COUNTY}, * FROM input_quality",
        checks=(Check("input_quality", ("delivery", "expectation"), _ALL_ROWS),),
    ),
    Load(
        runs.fact_rule_run,
        Scope.AS_OF,
        f"SELECT {_PART}, * FROM input_rule_runs",
        checks=(Check("input_rule_runs", ("rule", "status"), _ALL_ROWS | {"findings": ("sum(findings)",) * 2}),),
    ),
    Load(
        runs.fact_load,
        Scope.AS_OF,
        f"SELECT {_PART}, * FROM input_load",
        checks=(Check("input_load", ("digest",), _ALL_ROWS),),
    ),
)
"""Every table but the data dictionary, which is made with the file."""
