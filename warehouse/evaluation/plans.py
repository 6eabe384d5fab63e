"""Plans beside what was reached: the view of every planned figure, and an indicator for each target.

What was reached adds up from the villages; what was planned stands where the plan says it, and adds up to nothing.
"""

from typing import Final

from warehouse.evaluation.indicator import Indicator
from warehouse.sql import literal
from warehouse.tables.columns import SCHEMA
from warehouse.tables.ordinary import ORDINARY
from warehouse.tables.plans import TARGETS, Target

_PLANNED: Final = ORDINARY["work_plans"].fullname

PLAN_COLUMNS: Final = (
    ("county", "p.county", "县级行政区划代码（GB/T 2260）"),
    ("as_of", "l.as_of", "数据截止日"),
    ("year", "p.year", "年度"),
    ("area_code", "p.area_code", "区划代码：县6位、乡镇9位、村12位"),
    ("target", "p.target", "项目：" + "、".join(f"{target.name}（{target.how}）" for target in TARGETS)),
    ("planned", "p.planned", "计划数（最新年度计划）"),
    ("reached", "r.reached", "到该数据截止日的达到数（各部门数据）；所需数据不在的为空"),
    (
        "share",
        "CASE WHEN p.planned > 0 THEN CAST(r.reached AS DOUBLE PRECISION) / CAST(p.planned AS DOUBLE PRECISION) END",
        "达到数 ÷ 计划数；计划数为零或达到数未知时为空",
    ),
)
PLAN_SOURCE: Final = f"""{_PLANNED} p
JOIN {SCHEMA}.fact_load l ON l.county = p.county
LEFT JOIN (SELECT t.county, t.as_of, t.year, t.target, substr(t.village_code, 1, d.digits) AS area_code,
    CAST(sum(t.reached) AS BIGINT) AS reached
  FROM {SCHEMA}.fact_target_reached t
  CROSS JOIN (SELECT 6 AS digits UNION ALL SELECT 9 UNION ALL SELECT 12) d
  GROUP BY t.county, t.as_of, t.year, t.target, substr(t.village_code, 1, d.digits)) r
  ON r.county = p.county AND r.as_of = l.as_of AND r.year = p.year AND r.target = p.target
    AND r.area_code = p.area_code"""


def _plan(target: Target) -> Indicator:
    """How much of a plan was reached: of the newest year with a plan that has begun by D."""
    name = literal(target.name)

    def planned(alias: str, digits: int) -> str:
        same = " AND ".join(f"{alias}.{column} = r.{column}" for column in ("county", "as_of", "year", "target"))
        return (
            f"LEFT JOIN evaluation.plans {alias} ON {same}\n"
            f"      AND {alias}.area_code = substr(r.village_code, 1, {digits})"
        )

    return Indicator(
        f"计划完成率：{target.name}",
        target.unit,
        f"达到数 ÷ 计划数（年度计划；到数据截止日所在年为止最近的计划年度）；{target.how}",
        "sum(s.reached)",
        "max(CASE d.digits WHEN 6 THEN s.of_county WHEN 9 THEN s.of_township ELSE s.of_village END)",
        "0",
        f"""(SELECT l.county, l.as_of, coalesce(r.village_code, l.county) AS village_code, r.reached,
      c.planned AS of_county, t.planned AS of_township, v.planned AS of_village
    FROM evaluation.days l
    LEFT JOIN (SELECT county, as_of, max(year) AS year FROM evaluation.target_reached
      WHERE target = {name} AND year <= extract(YEAR FROM as_of) GROUP BY county, as_of) y
      ON y.county = l.county AND y.as_of = l.as_of
    LEFT JOIN evaluation.target_reached r
      ON r.county = l.county AND r.as_of = l.as_of AND r.year = y.year AND r.target = {name}
    {planned("c", 6)}
    {planned("t", 9)}
    {planned("v", 12)}) s""",
        feeds=("work_plans", *target.feeds),
        behind=("coalesce(sum(s.reached), 0)", "0"),
        is_plan=True,
    )


PLANS: Final[tuple[Indicator, ...]] = tuple(map(_plan, TARGETS))
"""In the order of the targets."""
