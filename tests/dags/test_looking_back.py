"""Nights of the past by Airflow, and a feed that came late."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from actors import TESTER
from airflows import listening, run_airflow
from dags.scenario import named_in, people_in
from long import asked_for
from sharing import folder_of_all, made_once

from pipelines.house.settings import Settings, open_settings
from pipelines.night.backfilling import backfill
from pipelines.recording.verify import verify_ledger
from pipelines.simulator import simulate
from pipelines.simulator.inbox_months import months_of
from warehouse.books.runs import Run, list_runs, rule_runs_of
from warehouse.keys import bear
from warehouse.lake import Lake

COUNTY = "522601"
LAST = date(2026, 6, 30)
KEY = "5a" * 32
LATE = "students"
NEEDS_LATE = "CV03"

pytestmark = asked_for
"""The live test (test_live.py) looks back too, by the command of docs/airflow.md."""


@pytest.fixture(scope="session")
def looked_back(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Three months without the pupils, run night by night by Airflow; the pupils of the last month come afterwards."""

    def make(folder: Path) -> None:
        days = fill(folder / "home", folder / "held")
        held = folder / "held" / f"{LATE}_{COUNTY}_{LAST:%Y%m%d}.csv"
        with listening() as (told, hook):
            alerts = {"AIRFLOW_CONN_ALERT_HOOK": hook, "LIANGXIAN_ALERT_WEBHOOK": "alert_hook"}
            steps = steps_of(days, held, folder / "home" / "inbox" / held.name)
            bear(Lake(folder / "home").finding_key, KEY)
            run_airflow(folder, folder / "home", steps, **alerts)
        (folder / "sent.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    return made_once(folder_of_all(tmp_path_factory, worker_id) / "looked_back", make)


def steps_of(days: list[date], held: Path, target: Path) -> list[dict[str, Any]]:
    """The nights over what was received today, the digest of the last; the late delivery, and its morning."""
    last = {"as_of": days[-1].isoformat()}
    return [
        {"run": "history", "dag": "ingest"},
        *({"run": f"{d}", "dag": "reconcile", "conf": {"as_of": d.isoformat(), "known_at": "now"}} for d in days),
        {"run": "digest", "dag": "escalate", "conf": last},
        {"move": str(held), "to": str(target)},
        {"run": "late", "dag": "ingest"},
        {"run": "morning", "dag": "reconcile", "conf": last},
        {"run": "house", "dag": "housekeeping", "conf": last},
    ]


def fill(home: Path, held: Path) -> list[date]:
    """A home with three months in its inbox, one feed held back; the days of its nights."""
    inbox = home / "inbox"
    simulate(county=COUNTY, as_of=LAST, households=20, seed=3, months=3, out=inbox, policy=home / "policy")
    days = list(months_of(inbox))
    held.mkdir(parents=True)
    for path in inbox.glob(f"{LATE}_*"):
        path.rename(held / path.name)
    return days


def open_home(home: Path) -> Settings:
    return open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: datetime.now(UTC), dispatch=False)


def recorded(settings: Settings) -> list[Run]:
    found = [run for run in list_runs(settings.home.books) if run.seq is not None]
    return sorted(found, key=lambda run: run.seq or 0)


def status_of(settings: Settings, run: Run, rule: str) -> str:
    return next(row["status"] for row in rule_runs_of(settings.home.books, run.id) if row["rule"] == rule)


def test_every_run_succeeds(looked_back: Path) -> None:
    told = json.loads((looked_back / "told.json").read_text(encoding="utf-8"))
    assert {name: run["state"] for name, run in told["runs"].items()} == dict.fromkeys(told["runs"], "success")


def test_backfilled_nights_are_those_of_the_command_line(
    looked_back: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same runs, recorded in order of D, with the same findings and ledger."""
    monkeypatch.setenv("LIANGXIAN_FINDING_KEY", KEY)
    days = fill(tmp_path / "home", tmp_path / "held")
    here, there = open_home(tmp_path / "home"), open_home(looked_back / "home")
    backfill(here, days[0], days[-1])
    by_hand, by_airflow = recorded(here), recorded(there)
    assert [run.as_of for run in by_hand] == days
    assert [run.id for run in by_airflow[:3]] == [run.id for run in by_hand]
    for run in by_hand:
        for place in (here.home.lake.findings, here.home.lake.ledger):
            path = place(run.id).relative_to(here.home.lake.home)
            assert pq.read_table(here.home.lake.home / path).equals(pq.read_table(there.home.lake.home / path))


def test_a_night_without_a_feed_says_so_and_its_morning_evaluates_the_rules(looked_back: Path) -> None:
    settings = open_home(looked_back / "home")
    *nights, morning = recorded(settings)
    assert [status_of(settings, run, NEEDS_LATE) for run in nights] == ["not_evaluated"] * 3
    assert status_of(settings, morning, NEEDS_LATE) == "evaluated"
    assert morning.as_of == nights[-1].as_of == LAST
    assert verify_ledger(settings.home.books, COUNTY).is_whole


def test_the_late_feed_is_told_of_once_without_naming_anybody(looked_back: Path, tmp_path: Path) -> None:
    (sent,) = json.loads((looked_back / "sent.json").read_text(encoding="utf-8"))
    assert "学籍" in sent
    assert NEEDS_LATE in sent
    fill(tmp_path / "home", tmp_path / "held")
    assert not named_in([sent], people_in(tmp_path))
