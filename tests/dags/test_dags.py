"""The DAGs as Airflow loads them, and a night of them beside a night of the command line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from airflows import DAGS, run_airflow
from dags.scenario import write
from homes import AS_OF, COUNTY, REJECTED, fill_inbox, settings_of
from sharing import folder_of_all, made_once

from expectations.feeds import CORE_FEEDS, FEEDS, FEEDS_BY_NAME
from warehouse.books.deliveries import list_deliveries
from warehouse.books.runs import list_runs
from warehouse.keys import bear
from warehouse.lake import Lake

ARROWS = {
    "ingest": {
        "scan": ["take_in"],
        "take_in": ["list_stopped"],
        "list_stopped": ["ask_for_release"],
        "ask_for_release": [],
    },
    "pull": {
        "list_configurations": ["pull_database"],
        "pull_database": ["list_stopped", "name_failed"],
        "list_stopped": ["ask_for_release"],
        "ask_for_release": [],
        "name_failed": [],
    },
    "reconcile": {
        "choose_counties": ["reconcile_county"],
        "reconcile_county": ["announce", "tell_failure"],
        "announce": [],
        "tell_failure": [],
    },
    "publish": {"publish_warehouse": []},
    "report": {"list_unreported": ["write_report"], "write_report": []},
    "release": {"gather_facts": ["approve"], "approve": ["let_through"], "let_through": []},
    "freeze": {"gather_facts": ["approve"], "approve": ["freeze_snapshot"], "freeze_snapshot": []},
    "escalate": {"write_escalations": ["send_digest"], "send_digest": []},
    "housekeeping": {"keep_house": []},
}

WAKES_ON = {
    "ingest": ["inbox"],
    "pull": ["pull_call"],
    "reconcile": sorted(f"staged_{feed.name}" for feed in FEEDS),
    "publish": ["findings"],
    "report": ["warehouse"],
}

CRON = {
    "ingest": "*/5 * * * *",
    "pull": "0 1 * * *",
    "reconcile": "0 2 * * *",
    "escalate": "30 2 * * *",
    "housekeeping": "0 4 * * *",
}

UPDATES = {
    ("ingest", "take_in"): ["staged"],
    ("pull", "pull_database"): ["staged"],
    ("release", "let_through"): ["staged"],
    ("reconcile", "announce"): ["findings"],
    ("publish", "publish_warehouse"): ["warehouse"],
}


OF_AN_EVALUATION = {
    "village_rosters": {
        "village_code": f"{COUNTY}001201",
        "roster_no": "1",
        "township": "大十字街道",
        "village": "清泉村",
        "head_name": "张三",
        "head_id": "522601198001011239",
        "persons": "4",
    },
    "survey_results": {
        "sample_id": "s1",
        "unit_no": "1",
        "village_code": f"{COUNTY}001201",
        "outcome": "完成",
        "visited_on": f"{AS_OF}",
        "persons": "4",
        "verdict": "符合",
        "satisfaction": "认可",
    },
}
"""A row of each feed that comes once there is an evaluation."""

HELD_DAY = date(2026, 7, 1)
"""As-of date of a file without rows."""

STEPS = [
    {"run": "ingest", "dag": "ingest"},
    {"run": "reconcile", "dag": "reconcile", "conf": {"as_of": AS_OF.isoformat(), "dispatch": True}},
    {"run": "publish", "dag": "publish"},
    {"run": "report", "dag": "report"},
]


@dataclass(frozen=True)
class Walk:
    """What Airflow told of the DAGs, and the home that their tasks worked in."""

    told: Mapping[str, Any]
    home: Path


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory, worker_id: str, night_home: Path) -> Walk:
    """The DAGs loaded, and run over the inbox that ``night_home`` was made from."""

    def make(folder: Path) -> None:
        fill_inbox(folder / "home")
        bear(Lake(folder / "home").finding_key, Lake(night_home).finding_key.read_text())
        sent = [write_delivery(folder, feed, row) for feed, row in OF_AN_EVALUATION.items()]
        sent.append(write_delivery(folder, "students", None, HELD_DAY))
        moves = [{"move": str(path), "to": str(folder / "home" / "inbox" / path.name)} for path in sent]
        steps = [*STEPS, *moves, {"run": "evaluation", "dag": "ingest"}]
        run_airflow(folder, folder / "home", steps)

    folder = made_once(folder_of_all(tmp_path_factory, worker_id) / "walk", make)
    return Walk(json.loads((folder / "told.json").read_text(encoding="utf-8")), folder / "home")


def write_delivery(folder: Path, feed: str, row: Mapping[str, str] | None, as_of: date = AS_OF) -> Path:
    """A file of one row, or of headings alone, as a department names it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{feed}_{COUNTY}_{as_of:%Y%m%d}.csv"
    columns = row or [column.name for column in FEEDS_BY_NAME[feed].columns]
    write(path, [[FEEDS_BY_NAME[feed][column].title for column in columns], *([list(row.values())] if row else [])])
    return path


def test_every_dag_is_imported_without_a_warning(walk: Walk) -> None:
    assert walk.told["errors"] == {}
    assert walk.told["warnings"] == {}
    assert set(walk.told["dags"]) == set(ARROWS)


def test_the_arrows_are_the_ones_that_we_mean(walk: Walk) -> None:
    assert {name: dag["arrows"] for name, dag in walk.told["dags"].items()} == ARROWS


def test_events_and_the_clock_wake_what_they_should(walk: Walk) -> None:
    dags = walk.told["dags"]
    assert {name: dag["wakes_on"] for name, dag in dags.items() if dag["wakes_on"]} == WAKES_ON
    assert {name: dag["cron"] for name, dag in dags.items() if dag["cron"]} == CRON
    outlets = {(d, t): task["outlets"] for d, dag in dags.items() for t, task in dag["tasks"].items()}
    assert {place: found for place, found in outlets.items() if found} == UPDATES


def test_every_dag_is_described_in_both_languages_and_tagged(walk: Walk) -> None:
    for name, dag in walk.told["dags"].items():
        for text in (dag["doc"], dag["description"], " ".join(dag["tags"])):
            assert any("一" <= letter <= "鿿" for letter in text), name
            assert any("a" <= letter <= "z" for letter in text), name
        assert not dag["catchup"], name


def test_every_task_is_tried_again_and_ends(walk: Walk) -> None:
    """Approvals wait for a person, not for a clock of ours; what tells of a failure is tried once."""
    for name, dag in walk.told["dags"].items():
        for task, about in dag["tasks"].items():
            assert about["retries"] == (0 if task == "tell_failure" else 3), (name, task)
            assert about["backoff"] == 2, (name, task)
            assert (about["timeout"] is None) == (task == "approve"), (name, task)


def test_every_pool_is_declared(walk: Walk) -> None:
    declared = set(json.loads((DAGS / "pools.json").read_text(encoding="utf-8")))
    used = {task["pool"] for dag in walk.told["dags"].values() for task in dag["tasks"].values()}
    assert used - {"default_pool"} == declared


def test_the_night_has_a_deadline(walk: Walk) -> None:
    assert walk.told["dags"]["reconcile"]["deadline"]


def test_a_walk_through_the_dags_succeeds_and_updates_the_assets(walk: Walk) -> None:
    assert {name: run["state"] for name, run in walk.told["runs"].items()} == dict.fromkeys(
        ("ingest", "reconcile", "publish", "report", "evaluation"), "success"
    )
    night = [*(f"staged_{feed.name}" for feed in CORE_FEEDS), "findings", "warehouse"]
    assert walk.told["events"] == [*night, *(f"staged_{feed}" for feed in OF_AN_EVALUATION)]


def test_the_walk_finds_what_the_command_line_finds(walk: Walk, night_home: Path) -> None:
    """The same deliveries, run and ledger, column by column."""
    there, here = settings_of(walk.home), settings_of(night_home)
    (run,) = [r for r in list_runs(there.home.books) if r.seq is not None]
    assert [r.id for r in list_runs(here.home.books)] == [run.id]
    assert pq.read_table(there.home.lake.ledger(run.id)).equals(pq.read_table(here.home.lake.ledger(run.id)))
    books = [
        {
            d.id: (d.status, d.accounting)
            for d in list_deliveries(s.home.books)
            if d.feed not in OF_AN_EVALUATION and d.as_of != HELD_DAY
        }
        for s in (there, here)
    ]
    assert books[0] == books[1]
    assert run.as_of == AS_OF
    assert run.county == COUNTY


def test_the_feeds_of_an_evaluation_are_taken_in_like_any_other(walk: Walk) -> None:
    """Each has its staged asset: without one the task that took it in failed."""
    found = [d for d in list_deliveries(settings_of(walk.home).home.books) if d.feed in OF_AN_EVALUATION]
    assert sorted((d.feed, d.status, d.accounting and d.accounting.staged) for d in found) == [
        (feed, "accepted", 1) for feed in sorted(OF_AN_EVALUATION)
    ]


def test_the_walk_writes_the_workbooks_and_the_summary(walk: Walk, night_home: Path) -> None:
    for pattern in ("reports/*/*/*.xlsx", "runs/*/summary.html"):
        written = {path.relative_to(walk.home) for path in walk.home.glob(pattern)}
        assert written == {path.relative_to(night_home) for path in night_home.glob(pattern)}
        assert written


def test_a_delivery_that_is_held_asks_for_a_person(walk: Walk) -> None:
    held = [d for d in list_deliveries(settings_of(walk.home).home.books) if d.status == "held"]
    assert [(d.feed, d.as_of) for d in held] == [("students", HELD_DAY)]
    states = {task: state for task, _, state in walk.told["runs"]["evaluation"]["tasks"]}
    assert states["ask_for_release"] == "success"


def test_a_delivery_that_was_stopped_asks_for_a_person(walk: Walk) -> None:
    stopped = [d.id for d in list_deliveries(settings_of(walk.home).home.books) if d.status == "rejected"]
    assert [d.rpartition("_")[0] for d in stopped] == [REJECTED.removesuffix(".csv")]
    states = {task: state for task, _, state in walk.told["runs"]["ingest"]["tasks"]}
    assert states["ask_for_release"] == "success"
