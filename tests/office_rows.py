"""Staged rows of feeds of other offices, as the builders of builders.py make those of the nine."""

from datetime import date
from typing import Any

from builders import Row, name_of, pid, staged_row
from feed_tables import rows_of

from expectations.feed import Money
from expectations.feeds import FEEDS_BY_NAME


def row_of(feed: str, n: int = 0, /, **over: Any) -> Row:
    """The n-th valid row of any feed, by its declaration: for feeds that have no builder of their own above."""
    declared = FEEDS_BY_NAME[feed]
    (row,) = rows_of(declared, 1, start=n)
    money = [column.name for column in declared.columns if isinstance(column.type, Money)]
    return staged_row(row, over, money=money, identity=declared.identity_columns)


def relocation(relocation_no: str = "R1", head_id: str | None = pid(1), **over: Any) -> Row:
    """A household that moved in May 2025, planned for that year, its old house demolished."""
    given: Row = {
        "relocation_no": relocation_no,
        "household_no": None,
        "head_name": name_of(head_id),
        "head_id": head_id,
        "head_id_problem": "blank" if head_id is None else None,
        "persons": 1,
        "resettlement": "集中安置",
        "plan_year": 2025,
        "completed_on": date(2025, 4, 1),
        "moved_in_on": date(2025, 5, 1),
        "old_house_demolished": True,
    }
    return row_of("relocations", **given | over)
