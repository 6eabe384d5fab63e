"""Policy values as figures compare with them: each read at the day of the books that it is compared with."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Date, Numeric, String, Text

from expectations.feeds import BOOKS
from warehouse.sql import literal
from warehouse.tables.columns import SCHEMA, county_columns, make_column, make_table


@dataclass(frozen=True)
class PolicyReading:
    """A value that figures compare with: of ``key``, or of every key that begins so where it ends in a dot.

    Read on the day on which ``rule`` reads it; where no rule does, on the least day of those of ``feeds`` that are
    there.
    """

    name: str
    key: str
    rule: str = ""
    feeds: tuple[str, ...] = ()

    def reads(self, key: str) -> bool:
        """Whether it is a value of this key."""
        return key.startswith(self.key) if self.key.endswith(".") else key == self.key

    def sql(self, alias: str, column: str = "number", table: str = f"{SCHEMA}.dim_policy_reading") -> str:
        """The value of its one key beside a row that has county and as_of; null where nobody can say."""
        return (
            f"(SELECT p.{column} FROM {table} p WHERE p.county = {alias}.county "
            f"AND p.as_of = {alias}.as_of AND p.reading = {literal(self.name)} AND p.key = {literal(self.key)})"
        )


LINE: Final = PolicyReading("户收入与扶贫标准", "poverty_line", rule="EX01")
STANDARD: Final = PolicyReading("户收入与低保标准", "low_income_standard.rural", rule="TL02")
HOUSES: Final = PolicyReading("户住房与应改造等级", "housing.grades_to_renovate", rule="EX02")
CASES: Final = PolicyReading("危改档案与应改造等级", "housing.grades_to_renovate", feeds=("housing_renovations",))
POPULATION: Final = PolicyReading("在册人口与农业户籍人口", "agricultural_population.", feeds=BOOKS["register"])

READINGS: Final = (LINE, STANDARD, HOUSES, CASES, POPULATION)
"""Every comparison that views make beside the rules."""

dim_policy_reading = make_table(
    "dim_policy_reading",
    "比较所用政策参数：每县、每个数据截止日、每项比较、每个参数一行，为所用数据的截止日（不是比对日）有效的值",
    *county_columns(as_of=True),
    make_column("reading", String(32), "比较：" + "、".join(one.name for one in READINGS), key=True),
    make_column("key", String(80), "参数键", key=True),
    make_column("read_on", Date(), "读取该参数的日期：所用各部门数据的截止日中最早的", required=True),
    make_column("value", Text(), "参数值（JSON）", required=True),
    make_column("number", Numeric(18, 2), "参数值为数时的数值，否则为空"),
)
