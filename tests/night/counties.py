"""Counties that are simulated and then run night by night, made once for all workers and copied by whoever writes."""

import csv
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import homes
import pyarrow.parquet as pq
from actors import TESTER
from sharing import made_once

from expectations.feeds import CORE_FEEDS
from pipelines.conforming import conform
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.reconcile import judge
from pipelines.simulator import simulate
from pipelines.simulator.inbox_months import months_of
from warehouse.books.deliveries import in_force
from warehouse.books.runs import Run, list_runs
from warehouse.keys import bear
from warehouse.lake import Lake

COUNTY = "522601"
KEY = "5a" * 32
"""Key of finding ids, so that homes can be compared."""

Verdicts = Mapping[str, Mapping[tuple[str, str], str] | None]
"""By rule: {(subject_key, period): certainty}; None: not evaluated."""


@dataclass(frozen=True)
class Home:
    """A home folder; beside its files lie ``sent`` (what has not arrived yet), ``truth.csv`` and ``said`` (outputs)."""

    path: Path

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def sent(self) -> Path:
        return self.path / "sent"

    @property
    def said(self) -> Path:
        """What commands printed."""
        return self.path / "said"

    def settings(self, d: date) -> Settings:
        """Opened as the command line does, on the morning after ``d``."""
        morning = datetime(d.year, d.month, d.day, 2, tzinfo=UTC) + timedelta(days=1)
        return open_settings(self.path, inbox=None, policy=None, actor=TESTER, now=lambda: morning)

    def dates(self) -> list[date]:
        """As-of dates of the simulation."""
        return sorted(self.truths())

    def arrive(self, d: date) -> None:
        """Move what was sent as of ``d`` into the inbox."""
        self.inbox.mkdir(exist_ok=True)
        for path in months_of(self.sent)[d]:
            shutil.move(path, self.inbox / path.name)

    def truths(self) -> dict[date, dict[str, dict[tuple[str, str], str]]]:
        """What was planted: as-of, rule, (subject_key, period): certainty."""
        found: dict[date, dict[str, dict[tuple[str, str], str]]] = defaultdict(lambda: defaultdict(dict))
        with (self.path / "truth.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                of_rule = found[date.fromisoformat(row["as_of"])][row["rule"]]
                of_rule[row["subject_key"], row["period"]] = row["certainty"]
        return found

    def runs(self) -> list[Run]:
        """Runs of the books, in the order in which they were begun."""
        return list_runs(self.settings(date(2026, 1, 1)).home.books)

    def dataset(self, kind: str, run: str) -> list[dict[str, Any]]:
        """Rows of ``findings`` or ``ledger`` of a run."""
        return list(pq.read_table(self.path / "lake" / kind / f"{run}.parquet").to_pylist())

    def liangxian(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command as one would type it; ``--home`` is given."""
        return subprocess.run(
            [Path(sys.executable).with_name("liangxian"), *arguments, "--home", self.path],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )


def make_home(
    path: Path,
    *,
    households: int,
    seed: int,
    as_of: date,
    months: int = 1,
    dirt: str = "none",
    other_offices: bool = False,
) -> Home:
    """A home with a policy and nothing in its inbox; the files of each month lie in ``sent``."""
    simulate(
        county=COUNTY,
        as_of=as_of,
        households=households,
        seed=seed,
        months=months,
        dirt="real" if dirt == "real" else "none",
        out=path / "sent",
        policy=path / "policy",
        truth=path / "truth.csv",
        other_offices=other_offices,
    )
    bear(Lake(path).finding_key, KEY)
    return Home(path)


def copy_home(home: Home, target: Path) -> Home:
    """A copy to write in (tests/homes.py)."""
    return Home(homes.copy_home(home.path, target))


def share(folder: Path, name: str, make: Callable[[Path], Home]) -> Home:
    """The home of that name under the folder of all workers: whoever comes first makes it."""
    return Home(made_once(folder / name, make))


def take_in(home: Home, d: date, feeds: Sequence[str] = tuple(feed.name for feed in CORE_FEEDS)) -> None:
    """Let what was sent as of ``d`` arrive and stage it: one delivery of each of these feeds."""
    home.arrive(d)
    intake = ingest(home.settings(d), d)
    assert [x.status for x in intake.deliveries] == ["accepted"] * len(intake.deliveries)
    assert {x.feed for x in intake.deliveries} == set(feeds)


def judge_home(home: Home, d: date, without: str | None = None) -> Verdicts:
    """What the rules say of what the home has staged, at D, as if one feed had never arrived."""
    settings = home.settings(d)
    policy = settings.policies.at(COUNTY, d)
    there = [x for x in in_force(settings.home.books, COUNTY) if x.feed != without]
    conformed = conform(settings.home.lake, there, COUNTY, d, policy)
    with DuckdbEngine(settings.home.lake.spill, threads=1, plans=settings.home.lake.plans) as engine:
        (said,) = judge(engine, [Asked(conformed, policy)])
    return said


def verdicts_of(rows: list[dict[str, Any]]) -> dict[str, dict[tuple[str, str], str]]:
    """Findings of a dataset by rule."""
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in rows:
        key = (row["subject_key"], row["period"])
        assert key not in found[row["rule"]], f"{row['rule']}: one finding twice"
        found[row["rule"]][key] = row["certainty"]
    return found
