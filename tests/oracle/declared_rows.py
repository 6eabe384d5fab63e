"""Rows of a feed that no rule of the oracle reads, drawn from its declaration: known as soon as it is declared."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, assert_never

from builders import COUNTY, Row
from hypothesis import strategies as st
from oracle.scenes import CERTIFICATES, HOUSEHOLDS, NAMES, Scene, days_beside, mostly

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
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
    problem_column,
)

SHARED_NUMBERS = {"household_no": (*HOUSEHOLDS, "H9"), "certificate_no": (*CERTIFICATES, "C9")}
"""Numbers by which rows of these feeds speak of the same households and certificates as those of others."""


@st.composite
def rows_as_declared(draw: st.DrawFn, s: Scene, feed: Feed) -> Row:
    """A row about somebody of the scene, as staging lets it through: a number that is null has its problem."""
    number, name = draw(s.who())
    row: Row = {}
    for column in feed.columns:
        given = draw(values(s, column, number, name))
        row[column.name] = given
        if column.is_identity_number:
            row[problem_column(column.name)] = "blank" if given is None else None
    for column in feed.columns:
        if column.at_most and row[column.name] is not None and row[column.at_most] is not None:
            row[column.name] = min(row[column.name], row[column.at_most])
    return row


def values(s: Scene, column: Column, number: str | None, name: str) -> st.SearchStrategy[Any]:
    """What may stand in a column of a row about this person."""
    some = st.sampled_from(_some(s, column, number, name))
    return some if column.must_be_there or column.is_identity_number else mostly_given(some)


def mostly_given(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return mostly([some], [st.none()]).flatmap(lambda strategy: strategy)


def _some(s: Scene, column: Column, number: str | None, name: str) -> list[Any]:
    match column.type:
        case IdentityNumber():
            return [number]
        case Name():
            return [name, name, *NAMES[:2]]
        case Code(codes=codes):
            return list(codes.labels)
        case Money():
            return [Decimal(0), Decimal("0.01"), Decimal(300), Decimal(30000)]
        case Integer(minimum=low, maximum=high):
            return [low, min(low + 1, high), high]
        case Year():
            return [s.d.year - 1, s.d.year, s.d.year + 1]
        case Month():
            return s.months
        case Date():
            return days_beside(s.d, s.d - timedelta(days=365))
        case YesNo():
            return [True, False]
        case VillageCode():
            return [f"{COUNTY}101201", f"{COUNTY}101202"]
        case AreaCode():
            return [COUNTY, f"{COUNTY}101", f"{COUNTY}101201"]
        case CountyCode():
            return [COUNTY, "440106"]
        case SchoolYear():
            return [f"{s.d.year - 1}-{s.d.year}", f"{s.d.year}-{s.d.year + 1}"]
        case Text():
            return list(SHARED_NUMBERS.get(column.name, (f"{column.name} 1", f"{column.name} 2", f"{column.name} 3")))
        case _:
            assert_never(column.type)
