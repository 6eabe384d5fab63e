"""Escalation: findings that a township or department left past its deadline, told to the county (督办). Counts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from expectations.departments import Department
from pipelines.house.counties import county_name
from pipelines.house.language import say
from pipelines.house.records.desk import EscalationRow
from pipelines.house.records.night import OverdueCount
from pipelines.house.settings import Settings
from pipelines.house.words import WHOLE_COUNTY, day_in_chinese
from pipelines.reporting.counts import count_overdue
from pipelines.reporting.rendering import render
from warehouse.books.datasets import ledger_of
from warehouse.books.runs import Run, newest_recorded_by_county
from warehouse.books.schema import findings
from warehouse.lake import Lake, write_text

DEADLINES = {"verify": "核实", "rectify": "整改"}


@dataclass(frozen=True)
class Escalation:
    """What is overdue in one county at D.

    ``rows``: owner, township_code, township (both "" for the whole county), deadline (verify, rectify), findings,
    oldest (the earliest due day, ISO). ``titles``: what the county's offices are called at D. ``page`` is the county's
    督办单, relative to the home; None where nothing is overdue.
    """

    county: str
    as_of: date
    rows: tuple[OverdueCount, ...]
    titles: Mapping[Department, str]
    page: Path | None = None

    @property
    def findings(self) -> int:
        """How many findings are overdue."""
        return sum(row["findings"] for row in self.rows)

    def told(self) -> list[dict[str, str]]:
        """The rows in words: owner, township, deadline, findings, oldest."""
        return [
            {
                "owner": self.titles[Department(row["owner"])],
                "township": row["township"] or WHOLE_COUNTY,
                "deadline": DEADLINES[row["deadline"]],
                "findings": f"{row['findings']:,}",
                "oldest": row["oldest"],
            }
            for row in self.rows
        ]

    def as_dict(self) -> EscalationRow:
        """Plain values."""
        return {
            "county": self.county,
            "as_of": self.as_of.isoformat(),
            "findings": self.findings,
            "overdue": list(self.rows),
            "page": self.page.as_posix() if self.page else None,
        }


def overdue(settings: Settings, as_of: date) -> list[Escalation]:
    """What is overdue at D in each county that has a ledger (of those asked for), as the books stand now."""
    last = newest_recorded_by_county(settings.home.books)
    wanted = [run for county, run in sorted(last.items()) if not settings.counties or county in settings.counties]
    return [
        Escalation(
            run.county,
            as_of,
            tuple(count_overdue(_standing(settings, run), as_of)),
            settings.policies.at(run.county, as_of).titles(),
        )
        for run in wanted
    ]


def escalate(settings: Settings, as_of: date) -> list[Escalation]:
    """What is overdue, and each county's 督办单 written to ``HOME/reports/escalations``; the same D, the same bytes."""
    return [_write(settings, found) if found.rows else found for found in overdue(settings, as_of)]


def _standing(settings: Settings, run: Run) -> pa.Table:
    """The county's findings with owner and township from the newest run, state and deadline from the books."""
    home = settings.home
    where = pq.read_table(
        ledger_of(home.books, home.lake, run.id), columns=["finding_id", "owner", "township_code", "township"]
    )
    query = select(findings.c.finding_id, findings.c.state, findings.c.due_on).where(findings.c.county == run.county)
    with home.books.connect() as connection:
        now = {row.finding_id: (row.state, row.due_on) for row in connection.execute(query)}
    standing = [now.get(finding, (None, None)) for finding in where["finding_id"].to_pylist()]
    with_state = where.append_column("state", pa.array([state for state, _ in standing], pa.string()))
    return with_state.append_column("due_on", pa.array([due for _, due in standing], pa.date32()))


def _write(settings: Settings, found: Escalation) -> Escalation:
    lake = settings.home.lake
    path = lake.escalation(found.county, found.as_of)
    view = {
        "county_name": county_name(found.county),
        "as_of": found.as_of.isoformat(),
        "until": day_in_chinese(found.as_of),
        "findings": found.findings,
        "rows": found.told(),
    }
    write_text(path, render("escalation", **view) + "\n")
    return replace(found, page=path.relative_to(lake.home))


def describe(found: Sequence[Escalation], lake: Lake) -> list[str]:
    """Lines for a person; pages by where they lie from here."""
    lines = []
    for one in found:
        about, count = f"{one.county} {county_name(one.county)}", f"{one.findings:,}"
        lines.append(say(f"{about}：超期未办结{count}条", f"{about}: {count} findings past their deadline"))
        for row in one.told():
            who, count, oldest = f"  {row['owner']} {row['township']} {row['deadline']}", row["findings"], row["oldest"]
            lines.append(
                say(f"{who}超期{count}条，最早应于{oldest}办结", f"{who}: {count} overdue, oldest due {oldest}")
            )
        if one.page is not None:
            page = (lake.home / one.page).as_posix()
            lines.append(say(f"  督办单：{page}", f"  reminder (督办单): {page}"))
    return lines
