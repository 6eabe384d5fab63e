"""The one command that shows Airflow: what it feeds, what it serves, and that nothing outlives it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import date
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from types import ModuleType

import psutil
import pytest
from airflows import DAGS, free_port, import_run_local, wait_for

from expectations.feeds import CORE_FEEDS
from pipelines.reading.names import parse_file_name


@pytest.fixture(scope="session")
def run_local() -> ModuleType:
    return import_run_local()


def test_it_feeds_whole_files_month_by_month(run_local: ModuleType, tmp_path: Path) -> None:
    run_local.feed(tmp_path, 20, 0.02, threading.Event())
    inbox = tmp_path / "county" / "inbox"
    files = sorted(inbox.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    says = [parse_file_name(path.name) for path in files]
    assert all(says)
    days = [one.as_of or date.min for one in says if one is not None]
    assert days == sorted(days)
    assert len(set(days)) == run_local.MONTHS
    assert {one.feed for one in says if one is not None} <= {feed.name for feed in CORE_FEEDS}
    assert list((tmp_path / "county" / "policy").iterdir())


def test_it_stops_feeding_when_it_is_told_to(run_local: ModuleType, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    run_local.feed(tmp_path, 20, 0, stop)
    assert not list((tmp_path / "county" / "inbox").iterdir())


def test_a_process_that_ends_while_it_is_looked_at_is_not_waited_for(run_local: ModuleType) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        seen = psutil.Process(process.pid)
        assert run_local.is_at_work(seen)
    assert not run_local.is_at_work(seen)


def test_a_scheduler_that_gives_no_sign_of_life_is_started_again(
    run_local: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow's page calls it unhealthy, and it is there all the same: here a process that only sleeps."""
    monkeypatch.setattr(run_local, "LOOK_SECONDS", 0)
    monkeypatch.setattr(run_local, "HANGING_SECONDS", 0)
    page = tmp_path / "api" / "v2" / "monitor" / "health"
    page.parent.mkdir(parents=True)
    page.write_text('{"scheduler": {"status": "unhealthy"}}')
    components = run_local.Components(tmp_path / "logs", os.environ)
    components.commands = {"scheduler": ["sleep", "600"]}
    components._start_one("scheduler")
    first = components.running["scheduler"]
    stop = threading.Event()
    with HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        watching = threading.Thread(
            target=run_local.watch, args=(tmp_path, server.server_port, components, time.monotonic(), stop)
        )
        watching.start()
        wait_for("another scheduler", lambda: components.running["scheduler"].pid != first.pid, patience=60)
        stop.set()
        watching.join()
        server.shutdown()
    assert first.returncode == -signal.SIGKILL
    second = components.running["scheduler"]
    second.kill()
    second.wait()


def test_it_knows_the_first_findings(run_local: ModuleType, night_home: Path, tmp_path: Path) -> None:
    run, count = run_local.first_findings(night_home)
    summary = json.loads((night_home / "runs" / run / "summary.json").read_text(encoding="utf-8"))
    assert count == summary["findings"]["new"] > 0
    assert run_local.first_findings(tmp_path) is None


def test_it_serves_the_summaries_and_nothing_else(run_local: ModuleType, night_home: Path, tmp_path: Path) -> None:
    (tmp_path / "county").symlink_to(night_home)
    port = free_port()
    run_local.serve_pages(tmp_path, port, with_reports=False)
    run, _ = run_local.first_findings(night_home)
    (workbook, *_) = (night_home / "reports").rglob("*.xlsx")
    assert status(port, f"/runs/{run}/summary.html") == 200
    for path in ("/", "/books.sqlite", "/runs/../books.sqlite", "/runs/%2e%2e/books.sqlite", "/keys/finding.key"):
        assert status(port, path) == 404, path
    assert status(port, urllib.request.pathname2url(f"/{workbook.relative_to(night_home)}")) == 404


def status(port: int, path: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_what_the_caller_sets_stands(run_local: ModuleType, tmp_path: Path) -> None:
    given = {"LIANGXIAN_HOME": "/srv/liangxian", "AIRFLOW__CORE__PARALLELISM": "16", "PATH": "/usr/bin"}
    made = run_local.environment_of(tmp_path, 8123, given)
    assert {name: made[name] for name in given if name != "PATH"} == {n: v for n, v in given.items() if n != "PATH"}
    assert made["PATH"].endswith("/usr/bin")
    assert made["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_no_component_serves_logs_on_a_port(
    run_local: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their log server binds every address; who shows logs reads the files."""
    components = run_local.Components(tmp_path / "logs", {})
    monkeypatch.setattr(components, "_start_one", lambda _name: None)
    components.start_all(8080)
    serving = {name for name, command in components.commands.items() if "--skip-serve-logs" not in command}
    assert serving == {"api-server", "dag-processor"}


def test_its_secret_is_kept_for_its_owner(run_local: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "airflow" / "secret"
    assert run_local.kept_secret(path) == run_local.kept_secret(path)
    assert len(path.read_text()) >= 64
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_child_and_no_orphan_outlives_it(tmp_path: Path) -> None:
    """A child that will not end, and its own child, which it left behind in another session."""
    pids = tmp_path / "pids"
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    parent = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {stubborn!r}], stdout=-1, start_new_session=True)\n"
        "child.stdout.read(1)\n"
        f"open({str(pids)!r}, 'w').write(str(child.pid))\n"
    )
    script = (
        "import importlib.util, ctypes, subprocess, sys\n"
        f"spec = importlib.util.spec_from_file_location('run_local', {str(DAGS / 'run_local.py')!r})\n"
        "run_local = importlib.util.module_from_spec(spec); spec.loader.exec_module(run_local)\n"
        "run_local.adopt_orphans()\n"
        f"subprocess.run([sys.executable, '-c', {parent!r}], check=True)\n"
        "run_local.end_descendants(0.5)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ, timeout=300)
    pid = int(pids.read_text())
    wait_for("the orphan to be gone", lambda: not psutil.pid_exists(pid))
