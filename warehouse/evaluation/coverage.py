"""What stands behind the views ``coverage``, ``quality`` and the ledger's days; SQL that both stores run."""

from typing import Final

from warehouse.sql import literal
from warehouse.tables.households import counts_as_household
from warehouse.tables.readings import HOUSES, LINE

_SCHEMA: Final = "warehouse"
_RENOVATE: Final = HOUSES.sql("h", "value")
_LINE: Final = LINE.sql("h")
_DANGEROUS: Final = (
    f"coalesce(h.housing_acceptance <> '合格' AND {_RENOVATE} LIKE '%\"' || h.housing_grade || '\"%', false)"
)


def _met(lacking: str, unknown: str) -> str:
    """False where somebody lacks it, null where somebody might, else true."""
    return f"CASE WHEN {lacking} > 0 THEN false WHEN {lacking} IS NULL OR {unknown} > 0 THEN NULL ELSE true END"


_GUARANTEES: Final = (
    ("收入", "1", f"CASE WHEN h.income_current >= {_LINE} THEN 1 ELSE 0 END", "0", f"h.income_current >= {_LINE}"),
    (
        "基本医疗",
        "h.insured_members + h.uninsured_members",
        "h.insured_members",
        "h.members_without_number",
        _met("h.uninsured_members", "h.members_without_number"),
    ),
    (
        "义务教育",
        "h.school_age_children",
        "h.school_age_children - h.out_of_school_children",
        "h.members_without_number",
        _met("h.out_of_school_children", "h.members_without_number"),
    ),
    (
        "住房安全",
        "1",
        f"CASE WHEN h.housing_safe AND NOT {_DANGEROUS} THEN 1 ELSE 0 END",
        "CASE WHEN h.housing_cases IS NULL THEN 1 ELSE 0 END",
        f"CASE WHEN NOT h.housing_safe OR {_DANGEROUS} THEN false WHEN h.housing_cases IS NOT NULL THEN true END",
    ),
    (
        "饮水安全",
        "1",
        "CASE WHEN h.water_safe THEN 1 ELSE 0 END",
        "CASE WHEN h.water_safe IS NULL THEN 1 ELSE 0 END",
        "h.water_safe",
    ),
)
"""Guarantee, due, covered, unknown, whether it is met."""

COVERAGE_COLUMNS: Final = (
    ("county", "g.county", "县级行政区划代码（GB/T 2260）"),
    ("as_of", "g.as_of", "数据截止日"),
    ("household_no", "g.household_no", "户编号"),
    ("village_code", "g.village_code", "行政区划代码（村级12位）"),
    ("township", "g.township", "乡镇"),
    ("village", "g.village", "行政村"),
    ("poverty_status", "g.poverty_status", "脱贫属性：未脱贫、已脱贫、返贫"),
    ("guarantee", "g.guarantee", "保障：收入、基本医疗、义务教育、住房安全、饮水安全"),
    ("due", "g.due", "应保障的人数（收入、住房、饮水为1户）；不能判断时为空"),
    ("covered", "g.covered", "其中已保障的；不能判断时为空"),
    ("unknown", "g.unknown", "不能判断的人数（没有有效证件号码；住房、饮水为1户）"),
    ("is_met", "g.is_met", "该户该项保障是否达标；不能判断时为空，不是否"),
)
COVERAGE_SOURCE: Final = (
    "("
    + "\n  UNION ALL\n  ".join(
        f"""SELECT h.county, h.as_of, h.household_no, h.village_code, h.township, h.village, h.poverty_status,
    {literal(name)} AS guarantee,
    {due} AS due, {covered} AS covered, {unknown} AS unknown, {met} AS is_met
  FROM {_SCHEMA}.fact_household_snapshot h WHERE {counts_as_household("h")}"""
        for name, due, covered, unknown, met in _GUARANTEES
    )
    + ") g"
)

QUALITY_COLUMNS: Final = (
    ("county", "d.county", "县级行政区划代码（GB/T 2260）"),
    ("feed", "d.feed", "数据"),
    ("feed_title", "d.feed_title", "数据名称"),
    ("delivery", "d.delivery", "报送批次编号"),
    ("as_of", "d.as_of", "数据截止日"),
    ("status", "d.status", "状态"),
    ("in_force", "d.in_force", "最近一次比对是否采用"),
    ("rows_read", "d.rows_read", "读到的行数"),
    ("rows_quarantined", "d.rows_quarantined", "隔离的行数"),
    (
        "quarantined_share",
        "CAST(d.rows_quarantined AS DOUBLE PRECISION)"
        " / CAST(nullif(d.rows_read - d.rows_totals_or_blank, 0) AS DOUBLE PRECISION)",
        "隔离行占数据行的比例（0–1）；没有数据行时为空",
    ),
    ("values_refused", "d.values_refused", "未采用的值数"),
    (
        "match_rate",
        f"(SELECT min(CAST(q.observed AS DOUBLE PRECISION)) FROM {_SCHEMA}.fact_quality q"
        " WHERE q.county = d.county AND q.delivery = d.delivery AND q.expectation LIKE 'known_share%')",
        "匹配率（0–1）：各关联列的值在被关联数据中找得到的比例，取最低的；没有关联列或没有可比数据时为空",
    ),
    ("days_old", "l.as_of - d.as_of", "到最近一次比对的天数"),
)
_NEWEST: Final = f"(SELECT county, max(as_of) AS as_of FROM {_SCHEMA}.fact_load GROUP BY county) l"
QUALITY_SOURCE: Final = f"{_SCHEMA}.fact_delivery d\nJOIN {_NEWEST} ON l.county = d.county"

EVENT_DAYS: Final = f"""(SELECT county, finding_id,
    min(happened_on) FILTER (WHERE to_state = '已派发') AS sent_on,
    min(happened_on) FILTER (WHERE to_state IN ('属实', '不属实')) AS verified_on,
    min(happened_on) FILTER (WHERE to_state = '销号') AS closed_on,
    bool_or(to_state = '重开') AS was_reopened
  FROM {_SCHEMA}.fact_finding_event v WHERE NOT EXISTS (
    SELECT 1 FROM {_SCHEMA}.fact_finding_event u WHERE u.county = v.county AND u.finding_id = v.finding_id
      AND u.run = v.run AND u.seq > v.seq AND u.why LIKE '撤销比对%')
  GROUP BY county, finding_id) e"""
"""When each finding was sent out, verified and closed for the first time, and whether it was ever reopened; what an
undone run did was never done."""


def median_days(day: str) -> str:
    """Median of the days from sending out (else first sight) to ``day``."""
    return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY e.{day} - coalesce(e.sent_on, f.first_seen))"
