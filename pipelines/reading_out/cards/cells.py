"""How a row of a book is told on paper: headings, values as their audience may read them, and where it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from expectations.feed import Column, Feed, problem_column
from expectations.identity import IdentityProblem
from expectations.masks import Audience, mask_of
from pipelines.house.language import say
from pipelines.house.words import english, in_thousands
from warehouse.current import CurrentFeed

Row = Mapping[str, Any]

_PROBLEMS: Final = {problem.value: problem.label for problem in IdentityProblem}


@dataclass(frozen=True)
class Cell:
    """One value with its heading and unit. Empty: the book has nothing there; ``is_asked``: though it ought to."""

    heading: str
    text: str
    unit: str
    is_amount: bool
    is_asked: bool


def feed_name(feed: Feed) -> str:
    """What a book is called, in the language that is spoken."""
    return say(feed.title, english(feed.name))


def heading_of(column: Column, *, with_unit: bool = False) -> str:
    """What a column is called; the department's own heading, or our name for it in English."""
    unit = f"（{column.unit}）" if with_unit and column.unit else ""
    return say(column.title, english(column.name)) + unit


def cells_of(feed: Feed, row: Row, audience: Audience, left_out: Iterable[str] = ()) -> list[Cell]:
    """The values of a row in declared order, but for columns that are told elsewhere."""
    without = set(left_out)
    return [
        Cell(
            heading_of(column),
            told(feed, column, row, audience),
            column.unit,
            is_amount=isinstance(row[column.name], Decimal),
            is_asked=_is_asked(column, row),
        )
        for column in feed.columns
        if column.name not in without
    ]


def _is_asked(column: Column, row: Row) -> bool:
    where = column.required_where
    return where is None or row[where.column] in where.values


def told(feed: Feed, column: Column, row: Row, audience: Audience) -> str:
    """A value as its audience may read it; of a number that is none, why."""
    value = row[column.name]
    if value is None:
        problem = row.get(problem_column(column.name)) if column.is_identity_number else None
        return say(f"（{_PROBLEMS.get(problem, problem)}）", f"({english(problem)})") if problem else ""
    shown = mask_of(feed.name, column.name, audience).python(as_text(value))
    return shown or ""


def as_text(value: Any) -> str:
    """A staged value as people write it."""
    match value:
        case bool():
            return say("是", "yes") if value else say("否", "no")
        case Decimal():
            return f"{value:,.2f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def days_of_deliveries(current: CurrentFeed | None) -> Mapping[str, date]:
    """The as-of of each delivery whose rows count."""
    return {part.delivery: part.as_of for part in current.parts} if current is not None else {}


def sources_of(rows: Sequence[Row], days: Mapping[str, date]) -> list[str]:
    """Where rows stand, a line a file and sheet: its as-of, its name, the rows that the department sees."""

    def place(row: Row) -> tuple[str, str, str]:
        return row["_delivery"], row["_file"], row["_sheet"] or ""

    lines = []
    for (delivery, file, sheet), some in groupby(sorted(rows, key=lambda r: (*place(r), r["_row"])), key=place):
        numbers = _ranges([row["_row"] for row in some])
        where = say(f"工作表“{sheet}”" if sheet else "", f"sheet “{sheet}” " if sheet else "")
        day = days[delivery].isoformat()
        lines.append(say(f"截至{day}，{file} {where}第{numbers}行", f"as of {day}, {file} {where}row {numbers}"))
    return lines


def _ranges(numbers: Iterable[int]) -> str:
    """``3–5、9``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return say("、", ", ").join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def yuan(amount: Decimal) -> str:
    """``1,234.50元``, as it stands in a sentence."""
    whole = in_thousands(int(amount)) if amount == int(amount) else f"{amount:,.2f}"
    return say(f"{whole}元", f"{whole} yuan")
