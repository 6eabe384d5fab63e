"""Expressions that terms and rules are written with: money, months, names, flags and lists."""

from typing import Any

import ibis
from ibis import _
from ibis.expr.types import StringValue, Table

_DOTS_AND_BLANKS = "[·•‧・･.\\s\u3000]"


def name_key(name: StringValue) -> StringValue:
    """A name without its dots and blanks: what names are compared by."""
    return name.re_replace(_DOTS_AND_BLANKS, "")


def money(amount: Any) -> Any:
    """A policy amount as a decimal literal with two decimals."""
    return ibis.literal(amount, type="decimal(18, 2)")


def add_months(day: Any, months: int) -> Any:
    """``day`` + calendar months; 31 January + 1 month is the last day of February."""
    return (day + ibis.interval(months=months)).cast("date")


def with_flag(table: Table, keys: Table, by: str, name: str) -> Table:
    """``table`` with a boolean column that says whether its ``by`` is among ``keys``."""
    marks = keys.select(by).distinct().mutate(**{name: True})
    joined = table.left_join(marks, by).drop(f"{by}_right")
    return joined.mutate(**{name: joined[name].fill_null(False)})


def listed(table: Table, by: str | list[str], value: str, name: str) -> Table:
    """One row a ``by``: the distinct ``value``s of it in order, joined by 、."""
    keys = [by] if isinstance(by, str) else by
    distinct = table.select(*keys, value).distinct()
    return distinct.group_by(keys).agg(**{name: distinct[value].group_concat("、", order_by=distinct[value])})


def commonest(rows: Table, by: str, name: str) -> Table:
    """Of each ``by`` the ``name`` that most rows have, so that one mistyped row renames nobody; ties: the least."""
    counted = rows.group_by([by, name]).agg(_rows=_.count())
    rank = ibis.row_number().over(group_by=by, order_by=[ibis.desc(counted._rows), counted[name]])
    return counted.mutate(_rank=rank).filter(_._rank == 0).select(by, name)


def newest_case(cases: Table, by: str) -> Table:
    """Newest assessed_on; of one day the greatest case_no, as text."""
    ranked = cases.mutate(
        _rank=ibis.row_number().over(group_by=by, order_by=[ibis.desc(cases.assessed_on), ibis.desc(cases.case_no)])
    )
    return ranked.filter(ranked._rank == 0).drop("_rank")
