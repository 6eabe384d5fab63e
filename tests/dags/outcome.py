"""What must hold when the whole Airflow has been at work: nothing lost, nothing twice, nobody named."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from email import message_from_string
from email import policy as policies
from pathlib import Path

import psutil
import pyarrow.parquet as pq
from actors import TESTER
from airflows import Local, Postgres
from dags.scenario import (
    ALL_COUNTIES,
    PAST,
    Departments,
    named_in,
    past_days,
    people_in,
)

from pipelines.house.settings import Settings, open_settings
from pipelines.night import flow
from pipelines.recording.verify import verify_ledger
from warehouse.books.deliveries import list_deliveries
from warehouse.books.runs import Run, list_runs, newest_recorded

SINGLES = 2
"""Single drops besides the one of the morning."""
ALONE = 1 + SINGLES + 4 + 2
"""Occasions on which one delivery comes alone: the morning, the singles, four under kills, the sweep's, the release."""


def everything_is_accounted_for(settings: Settings, departments: Departments, stopped: str) -> None:
    deliveries = list_deliveries(settings.home.books)
    files = Counter(file.name for d in deliveries for file in d.files)
    assert files == Counter(path.name for path in departments.dropped)
    assert not [path for path in settings.inbox.rglob("*") if path.is_file()]
    assert {d.status for d in deliveries} == {"accepted", "superseded"}
    assert stopped in {d.id for d in deliveries}


def few_runs_were_made(runs: list[tuple[str, str, str, int]], burst: int) -> None:
    """One for each single occasion, and of the files that came in a burst one for four at most."""
    made = Counter[str]()
    for dag, kind, _state, count in runs:
        if kind == "asset_triggered":
            made[dag] += count
    assert 0 < made["reconcile"] <= ALONE + burst / 4
    assert not [run for run in runs if run[2] == "failed" and run[0] in ("ingest", "reconcile", "publish", "report")]


def the_findings_are_those_of_the_command_line(there: Settings, here: Settings) -> None:
    """Of each county the same run, over the same deliveries, with the same findings, and a chain that verifies."""
    assert flow.counties_with_data(there) == flow.counties_with_data(here) == ALL_COUNTIES
    for county in ALL_COUNTIES:
        runs = []
        for settings in (there, here):
            with settings.home.books.connect() as connection:
                run = newest_recorded(connection, county)
            assert run is not None
            runs.append(run)
        assert runs[0].deliveries == runs[1].deliveries
        assert runs[0].id == runs[1].id
        findings = [pq.read_table(s.home.lake.findings(runs[0].id)) for s in (there, here)]
        assert findings[0].equals(findings[1])
        assert findings[0].num_rows
        assert verify_ledger(there.home.books, county).is_whole
    recorded = [run.id for run in list_runs(there.home.books) if run.seq is not None]
    assert len(recorded) == len(set(recorded))


def the_backfill_found_what_was_found_then(there: Settings, then: Settings) -> None:
    """Each past night has the same run, so the same deliveries, and the same findings: the pupils came later."""
    runs = {run.as_of: run.id for run in list_runs(there.home.books) if run.county == PAST and run.replay}
    assert runs == {run.as_of: run.id for run in recorded(then, PAST)}
    # they run side by side: which begins first is Airflow's to say
    assert sorted(runs) == past_days()
    for run in runs.values():
        again, once = (pq.read_table(s.home.lake.findings(run)) for s in (there, then))
        assert again.equals(once)
        assert again.num_rows


def lines_of(told: Sequence[str]) -> list[str]:
    """Every line that was sent."""
    return [line for text in told for line in text.splitlines()]


def nobody_is_named(texts: Sequence[str], departments: Departments) -> None:
    """Neither what was sent nor any log holds a name or a number of the three counties."""
    people = people_in(departments.folder / "out")
    assert named_in([departments.late().read_text(encoding="utf-8-sig")], people)
    assert not named_in(texts, people)


def text_of(mail: str) -> str:
    """A mail as its reader sees it."""
    message = message_from_string(mail, policy=policies.default)
    return "\n".join([str(message["Subject"]), *(str(p.get_content()) for p in message.walk() if not p.is_multipart())])


def logs_of(local: Local) -> list[str]:
    """Every log of the tasks, and of the components."""
    tasks = list((local.folder / "airflow" / "logs").rglob("*task_id=*/**/*.log"))
    assert len(tasks) > len(ALL_COUNTIES)
    return [path.read_text(encoding="utf-8") for path in (local.said, *tasks, *(local.folder / "logs").glob("*.log"))]


def newest_day(settings: Settings) -> date:
    """D of the newest recorded run."""
    return max(run.as_of for run in list_runs(settings.home.books) if run.seq is not None)


def names_in(settings: Settings) -> set[str]:
    """Names of the files of all deliveries."""
    return {file.name for d in list_deliveries(settings.home.books) for file in d.files}


def recorded(settings: Settings, county: str) -> list[Run]:
    """A county's recorded runs, in order."""
    runs = [run for run in list_runs(settings.home.books) if run.county == county and run.seq is not None]
    return sorted(runs, key=lambda run: run.seq or 0)


def rules_told(settings: Settings, run: Run) -> dict[str, str]:
    """What the summary of a run says of each rule."""
    summary = json.loads((settings.home.lake.run_folder(run.id) / "summary.json").read_text(encoding="utf-8"))
    return {row["rule"]: row["status"] for row in summary["rules"]}


def open_home(home: Path, policy: Path, database: Postgres) -> Settings:
    """Our house, opened beside Airflow: its books lie on PostgreSQL."""
    return open_settings(
        home, inbox=None, policy=policy, actor=TESTER, now=lambda: datetime.now(UTC), database_url=database.books
    )


def left_below(folder: Path) -> list[str]:
    """Processes that still work in the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.environ().get("AIRFLOW_HOME", ""):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
