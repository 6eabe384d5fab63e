"""What a year's plan counts, and how far the books say it was reached: by village, which areas add up from."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, String

from expectations.feeds import BOOKS
from warehouse.sql import literal
from warehouse.tables.columns import county_columns, make_column, make_table
from warehouse.tables.dimensions import NOWHERE


@dataclass(frozen=True)
class Target:
    """One of the targets of work_plans: what counts for it, in Chinese, and in which books.

    ``rows``: SQL over ``current_<feed>``, one row of (village_code, year) for each household or person that counts.
    """

    name: str
    unit: str
    how: str
    feeds: tuple[str, ...]
    rows: str


_EXITED: Final = "h.poverty_status = '已脱贫' AND m.person_status = '正常'"

TARGETS: Final = (
    Target(
        "脱贫户数",
        "户",
        "脱贫年度为该年的已脱贫户（有在册人员的）",
        BOOKS["register"],
        f"""SELECT DISTINCT ON (h.household_no) h.village_code, h.exit_year AS year
        FROM current_register_households h JOIN current_register_members m USING (household_no) WHERE {_EXITED}""",
    ),
    Target(
        "脱贫人数",
        "人",
        "脱贫年度为该年的已脱贫户的在册人员",
        BOOKS["register"],
        f"""SELECT h.village_code, h.exit_year AS year
        FROM current_register_households h JOIN current_register_members m USING (household_no) WHERE {_EXITED}""",
    ),
    Target(
        "危改竣工户数",
        "户",
        "计划年度为该年、验收合格的危改档案",
        ("housing_renovations",),
        """SELECT village_code, plan_year AS year FROM current_housing_renovations WHERE acceptance = '合格'""",
    ),
    Target(
        "搬迁入住户数",
        "户",
        "计划年度为该年、到搬迁数据截止日已入住的搬迁户；村为户编号所指的户，否则户主所在的户的；都不在册的只计入全县",
        ("relocations", *BOOKS["register"]),
        f"""SELECT r.plan_year AS year,
          coalesce(h.village_code, o.village_code, getvariable('county') || {literal(NOWHERE)}) AS village_code
        FROM current_relocations r
        LEFT JOIN current_register_households h ON h.household_no = r.household_no
        LEFT JOIN (SELECT m.person_id, min_by(x.village_code, x.household_no) AS village_code
          FROM current_register_members m JOIN current_register_households x USING (household_no)
          WHERE m.person_status = '正常' GROUP BY m.person_id) o ON o.person_id = r.head_id
        WHERE r.moved_in_on <= getvariable('relocations_day')""",
    ),
    Target(
        "新增低保户数",
        "户",
        "该年起保、有效的农村低保、城市低保证",
        BOOKS["low_income"],
        """SELECT village_code, year(start_date) AS year FROM current_low_income_households
        WHERE programme IN ('农村低保', '城市低保')
          AND certificate_no IN (SELECT certificate_no FROM certificates_in_force)""",
    ),
)
"""In the order of the feed's code list."""

fact_target_reached = make_table(
    "fact_target_reached",
    "年度计划达到数：每县、每个数据截止日、每个有计划的年度和项目、每村一行；所需数据不在的项目没有",
    *county_columns(as_of=True),
    make_column("year", Integer(), "年度", key=True),
    make_column("target", String(32), "项目：" + "、".join(target.name for target in TARGETS), key=True),
    make_column("village_code", String(12), "行政区划代码（村级12位；不在任何村的为县代码加000000）", key=True),
    make_column("reached", Integer(), "各部门数据中的达到数（户、人）", required=True),
)
