"""A whole Airflow at work: files that drop in, processes that are killed, a person who decides."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil
import pytest
from airflows import Local, Postgres, free_port, listening, mailbox, own_postgres, wait_for
from dags.outcome import (
    SINGLES,
    everything_is_accounted_for,
    few_runs_were_made,
    left_below,
    lines_of,
    logs_of,
    names_in,
    newest_day,
    nobody_is_named,
    open_home,
    recorded,
    rules_told,
    text_of,
    the_backfill_found_what_was_found_then,
    the_findings_are_those_of_the_command_line,
)
from dags.scenario import (
    COUNTIES,
    KEY,
    NEEDS_LATE,
    PAST,
    REASON,
    ZONE,
    Departments,
    past_days,
    receive_past,
    run_by_hand,
    run_past_nights,
    today,
)

from pipelines.desk.freezing import list_snapshots
from pipelines.house.settings import Settings
from pipelines.landing import scan_inbox
from pipelines.night import pending
from pipelines.recording.sending import has_undispatched
from warehouse.books.deliveries import list_deliveries

RUNNING = "select pid from task_instance where task_id = '{task}' and state = 'running'"
UNFINISHED = (
    "select count(*) from dag_run where state in ('queued', 'running') "
    "and dag_id in ('ingest', 'reconcile', 'publish', 'report')"
)
READING = 10
"""Seconds that a person reads before answering: an answer in the second of the question fails the attempt that asks."""
WAITING_EVENTS = "select count(*) from asset_dag_run_queue"
BACKFILLED = "select state, logical_date from dag_run where run_type = 'backfill' order by 2"
NIGHTS = "select state, logical_date from dag_run where dag_id = 'reconcile' and run_type = 'scheduled' order by 2"
WOKEN = "select count(*) from dag_run where dag_id = '{dag}' and run_type = 'asset_triggered'"
TOOK_IN = (
    "select r.run_type from task_instance t join dag_run r on r.dag_id = t.dag_id and r.run_id = t.run_id "
    "where t.dag_id = 'ingest' and t.task_id = 'take_in' and t.state = 'success' order by t.end_date desc limit 1"
)
UNFINISHED_TASKS = (
    "select dag_id, run_id, task_id, map_index, state, try_number, queued_dttm, start_date, end_date "
    "from task_instance where state is not null and state not in ('success', 'skipped') order by 1, 2, 3, 4"
)
RUNS = "select dag_id, run_type, state, count(*) from dag_run group by 1, 2, 3 order by 1, 2, 3"


@pytest.mark.first(570)
@pytest.mark.slow
def test_what_arrives_is_found_once_whatever_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """40 files and more, in every way in which they come; in between everything is killed once."""
    monkeypatch.setenv("LIANGXIAN_FINDING_KEY", KEY)
    with listening() as (told, hook), mailbox() as (mails, smtp), own_postgres(free_port()) as database:
        # before Airflow: its night begins as soon as it is there, and is to see all of the past
        home = tmp_path / "local" / "county"
        policy = home / "policy"
        departments = Departments(tmp_path / "departments", home / "inbox")
        files = departments.prepare(policy)
        sent = departments.prepare_past(policy)
        settings = open_home(home, policy, database)
        receive_past(settings, departments, sent)
        local = Local(
            tmp_path / "local",
            free_port(),
            "--no-feed",
            AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=database.metadata,
            LIANGXIAN_DATABASE_URL=database.books,
            AIRFLOW_CONN_ALERT_HOOK=hook,
            LIANGXIAN_ALERT_WEBHOOK="alert_hook",
            AIRFLOW_CONN_SMTP_DEFAULT=smtp,
            LIANGXIAN_ALERT_MAIL="team@example.test",
            LIANGXIAN_FINDING_KEY=KEY,
            LIANGXIAN_SETTLE_SECONDS="0.5",
            # as docker/compose.yaml: LocalExecutor gives no slot back whose worker was killed
            AIRFLOW__CORE__PARALLELISM="8",
            AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL="600",
            AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL="10",
            AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT="60",
            AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL="10",
            AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL="5",
            LIANGXIAN_NIGHT_HOURS="0.0005",
        )
        try:
            local.wait_until_ready()
            wait_for("the DAGs to be there", lambda: len((local.call("GET", "/dags") or {"dags": ()})["dags"]) == 9)
            the_scheduler_has_imported_for_its_tasks(local)
            assert local.passwords.stat().st_mode & 0o777 == 0o600
            a_night_without_a_feed(settings, database, told)
            latencies = drop_one_by_one(departments, settings, database, [departments.late()])
            its_morning(settings, database)
            latencies += drop_one_by_one(departments, settings, database, files[:SINGLES])
            before = len(departments.dropped)
            stopped = drop_in_every_way(departments, settings, local, files[SINGLES:])
            burst = len(departments.dropped) - before
            kill_everything_once(departments, local, database, files)
            wait_until_quiet(settings, database)
            with no_event(local, departments, settings, database, files[0]):
                approve(local, settings, stopped)
                freeze(local, settings)
                run_again(local, database)
            wait_until_quiet(settings, database)
            announce_a_push(local, database)
            wait_for("a deadline to be told", lambda: any("past its deadline" in text for text in told))
            runs = database.rows(RUNS)
        finally:
            status = local.interrupt()
        assert status == 0
        assert left_below(tmp_path) == []
        record_property("median seconds from drop to staged", median(latencies))
        print(f"\nseconds from a drop to staged: {latencies}, median {median(latencies)}; runs {runs}")  # noqa: T201

        everything_is_accounted_for(settings, departments, stopped)
        few_runs_were_made(runs, burst)
        by_hand = run_by_hand(tmp_path / "by_hand", departments, policy, stopped, newest_day(settings))
        the_findings_are_those_of_the_command_line(settings, by_hand)
        the_backfill_found_what_was_found_then(settings, run_past_nights(tmp_path / "then", policy, sent))
        nobody_is_named([*told, *map(text_of, mails), *logs_of(local)], departments)


def the_scheduler_has_imported_for_its_tasks(local: Local) -> None:
    """A task is a fork of it, and finds what would take seconds to import."""
    scheduler = psutil.Process(int((local.folder / "logs" / "scheduler.pid").read_text()))
    assert any("duckdb" in Path(mapped.path).name for mapped in scheduler.memory_maps())


def a_night_without_a_feed(settings: Settings, database: Postgres, told: list[str]) -> None:
    """The scheduler makes the night of 02:00 when it comes up; the pupils of a county have never come until then."""
    wait_for("the night", lambda: [s for s, _ in database.rows(NIGHTS) if s in ("success", "failed")])
    wait_until_quiet(settings, database)
    ((state, at),) = database.rows(NIGHTS)
    (night,) = recorded(settings, PAST)
    assert (state, f"{at.astimezone(ZONE):%H:%M}") == ("success", "02:00")
    assert night.as_of == at.astimezone(ZONE).date()
    assert rules_told(settings, night)[NEEDS_LATE] == "not_evaluated"
    assert sum((night.counts or {}).values()) > 0
    assert not has_undispatched(settings.home.books, settings.home.lake, night)
    assert list(settings.home.lake.home.glob(f"reports/{night.id}/*/*.xlsx"))
    wait_for("the late feed to be told", lambda: [line for line in lines_of(told) if PAST in line and "学籍" in line])
    assert database.rows(WOKEN.format(dag="reconcile")) == [(0,)]


def its_morning(settings: Settings, database: Postgres) -> None:
    """The pupils have come: an event wakes the comparison, and their rules are evaluated at once."""
    wait_until_quiet(settings, database)
    _, morning = recorded(settings, PAST)
    assert rules_told(settings, morning)[NEEDS_LATE] == "evaluated"
    assert database.rows(WOKEN.format(dag="reconcile")) > [(0,)]
    assert len(database.rows(NIGHTS)) == 1


def drop_one_by_one(departments: Departments, settings: Settings, database: Postgres, files: list[Path]) -> list[float]:
    """Single drops, each when the last one has been dealt with; seconds until each was staged."""
    seconds = []
    for path in files:
        wait_until_quiet(settings, database)
        started = time.monotonic()
        name = departments.drop(path)
        wait_for(f"{name} to be staged", lambda name=name: name in names_in(settings))
        seconds.append(round(time.monotonic() - started, 1))
    return seconds


def drop_in_every_way(departments: Departments, settings: Settings, local: Local, files: list[Path]) -> str:
    """Dribbled, at once, in parts, spoiled, and while the watcher is away. Returns the delivery that is stopped."""
    *most, late = [path for path in files if not path.name.startswith("students")]
    first, *students = [path for path in files if path.name.startswith("students")]
    departments.drop_slowly(most[:-5], 0.3)
    for path in most[-5:]:
        departments.drop(path)
    departments.drop_slowly(students[:-1], 0.3)
    (part, name), (other, other_name) = departments.split(students[-1])
    departments.drop(part, name)
    spoiled = departments.drop(departments.spoiled(first, "student_status"))
    local.kill("triggerer")
    departments.drop(late)
    departments.drop(other, other_name)
    wait_for("the late one and the parts", lambda: {late.name, name, other_name, spoiled} <= names_in(settings))
    (stopped,) = [d for d in list_deliveries(settings.home.books) if d.status == "rejected"]
    return stopped.id


def kill_everything_once(departments: Departments, local: Local, database: Postgres, files: list[Path]) -> None:
    """A worker, the scheduler and PostgreSQL (Airflow's and ours), each while a correction is at work."""
    housing = [path for path in files if path.name.startswith("housing_renovations")]
    kills: list[tuple[str, Callable[[int], object]]] = [
        ("reconcile_county", kill_worker),
        ("take_in", lambda _pid: local.kill("scheduler")),
        ("reconcile_county", lambda _pid: database.restart()),
        ("take_in", lambda _pid: database.restart()),
    ]
    for path, (task, kill) in zip(housing, kills, strict=False):
        departments.drop(departments.corrected(path))
        running = RUNNING.format(task=task)
        ((pid,),) = wait_for(f"{task} to run", lambda running=running: database.rows(running)[:1])
        kill(pid)


def kill_worker(pid: int) -> None:
    """``kill -9`` of a worker and of the task in it."""
    task = psutil.Process(pid)
    for process in (task.parent(), task):
        if process is not None:
            process.kill()


def approve(local: Local, settings: Settings, delivery: str) -> None:
    """A person sees the facts and lets the delivery through, with a reason."""
    books = settings.home.books
    body = decide(
        local,
        f"/dags/release/dagRuns/release__{delivery}/taskInstances/approve",
        {"reason": REASON, "instead": ""},  # as the form sends it: Airflow takes all fields or none
        lambda: any(d.id == delivery and d.status == "accepted" for d in list_deliveries(books)),
    )
    assert delivery in body
    assert "隔离" in body


def freeze(local: Local, settings: Settings) -> None:
    """A person freezes the published warehouse, after a look at what it is."""
    conf = {"name": "evaluation", "purpose": "第三方评估"}
    local.call("POST", "/dags/freeze/dagRuns", {"dag_run_id": "by_hand", "logical_date": None, "conf": conf})
    where = "/dags/freeze/dagRuns/by_hand/taskInstances/approve"
    body = decide(local, where, {}, lambda: bool(list_snapshots(settings)))
    assert all(county in body for county in COUNTIES)
    (frozen,) = list_snapshots(settings, look=True)
    assert (frozen.name, frozen.purpose, frozen.who, frozen.found) == ("evaluation", "第三方评估", "admin", "whole")


def decide(local: Local, where: str, reason: dict[str, str], is_done: Callable[[], bool]) -> str:
    """Approve whenever asked, until it is done; returns what the approver read.

    An attempt of the task that dies after the answer asks again: the answer belonged to that attempt.
    """
    read: list[str] = []
    since: list[float] = []  # moments at which the question was seen to wait

    def look() -> bool:
        if is_done():
            return True
        task = local.call("GET", where) or {}
        asked = local.call("GET", f"{where}/-1/hitlDetails") or {}
        waits = task.get("state") == "awaiting_input" and not asked.get("response_received", True)
        if not waits:
            since.clear()
            return False
        since.append(time.monotonic())
        if since[-1] - since[0] > READING:
            since.clear()
            read.append(asked["body"])
            answer = {"chosen_options": ["Approve"], "params_input": reason}
            local.call("PATCH", f"{where}/-1/hitlDetails", answer)
        return False

    wait_for(f"the approval of {where}", look)
    return read[-1]


@contextmanager
def no_event(
    local: Local, departments: Departments, settings: Settings, database: Postgres, path: Path
) -> Iterator[None]:
    """The triggerer hangs while a correction of ``path`` is dropped; what else there is to do is done meanwhile.

    The five-minute sweep takes it in. Afterwards the triggerer is killed, and started again.
    """
    count = len(list_deliveries(settings.home.books))
    woken = database.rows(WOKEN.format(dag="ingest"))
    with local.hanging("triggerer"):
        departments.drop(departments.corrected(path))
        yield
        wait_for("the sweep", lambda: len(list_deliveries(settings.home.books)) > count)
        assert database.rows(WOKEN.format(dag="ingest")) == woken
        wait_for("the sweep to be done", lambda: database.rows(UNFINISHED) == [(0,)])
        assert database.rows(TOOK_IN) == [("scheduled",)]


def run_again(local: Local, database: Postgres) -> None:
    """The three past nights by the command of docs/airflow.md. The ledger has gone on, so they are replays."""
    first, *_, last = past_days()
    local.airflow(
        *("backfill", "create", "--dag-id", "reconcile"),
        *("--from-date", f"{first}T00:00+08:00", "--to-date", f"{last}T23:00+08:00"),
    )
    wait_for("the backfill", lambda: len([s for s, _ in database.rows(BACKFILLED) if s in ("success", "failed")]) == 3)
    nights = [(state, at.astimezone(ZONE).date()) for state, at in database.rows(BACKFILLED)]
    assert nights == [("success", day) for day in past_days()]


def announce_a_push(local: Local, database: Postgres) -> None:
    """What docs/airflow.md tells a department's system to post wakes the intake."""
    (asset,) = [a for a in local.call("GET", "/assets?name_pattern=inbox")["assets"] if a["name"] == "inbox"]
    before = database.rows("select count(*) from dag_run where dag_id = 'ingest' and run_type = 'asset_triggered'")
    body = {"asset_id": asset["id"], "extra": {"county": COUNTIES[0], "from": "民政"}}
    local.call("POST", "/assets/events", body)
    query = "select count(*) from dag_run where dag_id = 'ingest' and run_type = 'asset_triggered'"
    wait_for("the push to wake the intake", lambda: database.rows(query) > before)


def wait_until_quiet(settings: Settings, database: Postgres) -> None:
    """Nothing runs, nothing waits to run, and no county has anything that no run has seen."""

    def what_is_left() -> Iterator[object]:
        yield database.rows(UNFINISHED)
        yield database.rows(WAITING_EVENTS)
        yield scan_inbox(inbox=settings.inbox, now=settings.now()).whole
        yield pending.touched_counties(settings, today())
        yield pending.unreported(settings)

    def quiet() -> bool:
        left = what_is_left()
        return next(left) == next(left) == [(0,)] and not any(left)

    wait_for(
        "Airflow to be quiet",
        quiet,
        tell=lambda: [*what_is_left(), database.rows(RUNS), database.rows(UNFINISHED_TASKS)],
    )
