"""Example rows of a feed: valid by its declaration, and of nobody alive."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, assert_never

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    Personal,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from expectations.identity import check_character

EXAMPLE_COUNTY: Final = "522601"
_BORN = date(1900, 1, 1)  # nobody who was born then is alive: a number made from it can be shown
_FIRST_DAY = date(2024, 9, 1)
_TEXTS: Final = {
    "household_no": "户{n:04d}",
    "member_no": "人{n:04d}",
    "certificate_no": "低保证{n:04d}",
    "case_no": "档案{n:04d}",
    "batch_no": "批次{n:02d}",
    "township": "示例镇",
    "village": "示例村",
    "school": "示例小学",
    "grade": "{n}年级",
    "ethnicity": "汉族",
}
"""Texts that read well; any other text column shows its own title."""


def example_rows(feed: Feed, count: int) -> list[dict[str, Any]]:
    """``count`` rows of typed values by canonical name; columns that another column's value asks for follow it."""
    rows = []
    for n in range(1, count + 1):
        row = {c.name: _value(c, n) for c in feed.columns}
        for column in feed.columns:
            asked = column.required_where
            if asked is not None and row[asked.column] not in asked.values:
                row[column.name] = None
            if column.at_most is not None:
                row[column.name] = min(row[column.name], row[column.at_most])
        rows.append(row)
    return rows


def _value(column: Column, n: int) -> Any:
    if column.personal is Personal.PHONE:
        return f"1380000{n:04d}"
    if column.personal is Personal.STUDENT_NO:
        return "G" + _identity_number(n)
    match column.type:
        case IdentityNumber():
            return _identity_number(n)
        case Name():
            return "示例" + "甲乙丙丁戊己庚辛壬癸"[(n - 1) % 10]
        case Code(codes=codes):
            return codes.labels[(n - 1) % len(codes.labels)]
        case Money():
            return Decimal(400 + 20 * n)
        case Integer(minimum=low, maximum=high):
            return min(low + n, high)
        case Year(minimum=low):
            return max(low, 2020 + n)
        case Month():
            return f"2025-{n:02d}"
        case Date():
            return _BORN if column.name == "birth_date" else _FIRST_DAY + timedelta(days=n)
        case YesNo():
            return n % 2 == 1
        case VillageCode():
            return f"{EXAMPLE_COUNTY}{100:03d}{200 + n}"
        case AreaCode():
            return f"{EXAMPLE_COUNTY}{99 + n:03d}"
        case CountyCode():
            return EXAMPLE_COUNTY
        case SchoolYear():
            return f"{2023 + n}-{2024 + n}"
        case Text():
            return _TEXTS.get(column.name, f"{column.title}{{n}}").format(n=n)
        case never:
            assert_never(never)


def _identity_number(n: int) -> str:
    first = f"{EXAMPLE_COUNTY}{_BORN:%Y%m%d}{n:03d}"
    return first + check_character(first)
