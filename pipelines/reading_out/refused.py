"""What was refused: rows in quarantine and values left out, of rejected deliveries too. Personal values are masked."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from expectations.reasons import fault_of
from pipelines.house.deliveries import find_named
from pipelines.house.records.findings import ProblemRow, RefusedRow
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title
from pipelines.reading_out.tables import ROWS_SHOWN, make_table, print_counted
from warehouse.books.deliveries import list_deliveries

SCOPES = {"row": "整行", "value": "该值"}
"""What a problem costs: the whole row, or only the value."""


_Shown = Literal["feed_title", "file", "sheet", "row", "heading", "value", "reason_text", "scope", "delivery"]


def list_refused(settings: Settings, delivery: str | None = None, row: int | None = None) -> list[RefusedRow]:
    """One entry a problem, by delivery in order of receipt, then in order of the file's rows.

    ``row`` keeps the problems of one row number. Raises UnknownError for an unknown delivery.
    """
    known = list_deliveries(settings.home.books)
    chosen = [d for d in known if not settings.counties or d.county in settings.counties]
    if delivery is not None:
        chosen = [find_named(settings, delivery)]
    out: list[RefusedRow] = []
    for one in chosen:
        path = settings.home.lake.problems(one.feed, one.county, one.id)
        if not path.exists():
            continue  # rejected before its rows were looked at
        problems = pq.read_table(path)
        if row is not None:
            problems = problems.filter(pc.equal(problems["row"], row))
        title, found = feed_title(one.feed), cast(list[ProblemRow], problems.to_pylist())
        out += [
            {
                **problem,
                "reason_text": fault_of(problem["reason"], problem.get("detail")).label,
                "feed": one.feed,
                "feed_title": title,
                "status": one.status,
            }
            for problem in found
        ]
    return out


def print_refused(rows: Sequence[RefusedRow], console: Console) -> None:
    """A table of the first problems, and how many there are."""
    headings: dict[_Shown, str] = {
        "feed_title": "数据",
        "file": "文件",
        "sheet": "工作表",
        "row": "行",
        "heading": "列",
        "value": "内容",
        "reason_text": "原因",
        "scope": "拒收",
        "delivery": "批次",
    }
    shown = ([_cell(name, problem[name]) for name in headings] for problem in rows[:ROWS_SHOWN])
    print_counted(make_table(list(headings.values()), shown, numbers=("行",)), len(rows), console)


def _cell(name: str, value: Any) -> Any:
    return SCOPES.get(value, value) if name == "scope" else value
