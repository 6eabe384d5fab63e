"""A whole Airflow on one machine, to look at: every component, our DAGs, and a synthetic county whose files drop in.

``make airflow``, or ``python dags/run_local.py --home var/airflow``. Ctrl-C ends every process that it started.
Not for production: SQLite, one user, one machine (docs/airflow.md says what production looks like).
"""

import argparse
import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from pipelines.house.language import language_of, say, spoken_in

DAGS = Path(__file__).resolve().parent
COUNTY = "522601"
MONTHS = 2
GRACE_SECONDS = 15
READY_SECONDS = 300
LOOK_SECONDS = 5
HANGING_SECONDS = 60
"""For which Airflow calls its scheduler unhealthy, beyond the 30 that it waits for a sign of life itself."""
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare, start, feed, watch; ends by Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, default=Path("var/airflow"), help="everything lies below it")
    parser.add_argument("--port", type=int, default=8080, help="of the web page; the next one serves the summaries")
    parser.add_argument("--households", type=int, default=300, help="size of the synthetic county")
    parser.add_argument("--pause", type=float, default=5, help="seconds between two files")
    parser.add_argument("--no-feed", action="store_true", help="leave the inbox alone")
    given = parser.parse_args(arguments)
    home: Path = given.home.resolve()
    started = time.monotonic()
    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    adopt_orphans()
    # passwords and logs of all components are nobody else's
    os.umask(int(os.environ.get("LIANGXIAN_UMASK") or "077", 8))
    environment = environment_of(home, given.port, os.environ)
    components = Components(home / "logs", environment)
    try:
        if not components.run_once("db", "migrate", stop=stop):
            return 1
        components.start_all(given.port)
        if not components.run_once("pools", "import", str(DAGS / "pools.json"), stop=stop):
            return 1
        serve_pages(home, given.port + 1, with_reports=not given.no_feed)
        if not wait_until_ready(given.port, components, stop):
            return 1
        took, page, password = time.monotonic() - started, f"http://localhost:{given.port}", password_of(home)
        tell(say(f"Airflow 已就绪，用时 {took:.0f} 秒：{page}", f"Airflow is ready after {took:.0f} s: {page}"))
        zh = f"  用户 admin，密码 {password}；按 Ctrl-C 全部结束"
        tell(say(zh, f"  user admin, password {password}; Ctrl-C ends everything"))
        if not given.no_feed:
            feeding = threading.Thread(target=feed, args=(home, given.households, given.pause, stop), daemon=True)
            feeding.start()
        watch(home, given.port, components, started, stop)
    finally:
        components.end_all()
    return 0


def adopt_orphans() -> None:
    """What a dead component leaves behind becomes our child, and is ended with us (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def environment_of(home: Path, port: int, inherited: Mapping[str, str]) -> dict[str, str]:
    """The components' environment. What the caller has set (AIRFLOW__…, LIANGXIAN_…) stands."""
    api = f"http://localhost:{port}"
    ours = {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow/airflow.db",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{api}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__API__BASE_URL": api,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": kept_secret(home / "airflow" / "jwt_secret"),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "30",
        "LIANGXIAN_HOME": str(home / "county"),
        "LIANGXIAN_PAGES": f"http://localhost:{port + 1}/runs",
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
    }
    ours["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', '')}"
    return {**ours, **inherited, "PATH": ours["PATH"]}


class Components:
    """Airflow's four components, each in a session of its own, started again where one dies."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.environment = dict(environment)
        self.commands: dict[str, list[str]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run_once(self, *command: str, stop: threading.Event) -> bool:
        """Run one command to its end; False where it failed or everything is to stop."""
        process = self._start(command[0], ["airflow", *command])
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.returncode not in (0, None):
            words, log = " ".join(command), f"{self.logs / command[0]}.log"
            tell(say(f"airflow {words} 没有成功，原因见 {log}", f"airflow {words} failed; {log} says why"))
        return process.returncode == 0 and not stop.is_set()

    def start_all(self, port: int) -> None:
        """Start the four."""
        self.commands = {
            "api-server": ["airflow", "api-server", "--port", str(port)],
            "dag-processor": ["airflow", "dag-processor"],
            "scheduler": ["airflow", "scheduler", "--skip-serve-logs"],
            "triggerer": ["airflow", "triggerer", "--skip-serve-logs"],
        }
        for name in self.commands:
            self._start_one(name)

    def restart_dead(self) -> None:
        """Start again what has ended; a database that is away for a while ends some of them."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                ended = process.returncode
                tell(say(f"{name} 退出（{ended}），重新启动", f"{name} ended with {ended}; it is started again"))
                self._start_one(name)

    def end_one(self, name: str, why: str) -> None:
        """Kill one that is there and does nothing; ``restart_dead`` starts it again."""
        tell(say(f"{name} 没有响应，予以结束", f"{name} {why}; it is ended"))
        self.running[name].kill()

    def end_all(self) -> None:
        """Ask everything to end, then end it: no process is left that we started."""
        for process in self.running.values():
            process.terminate()
        end_descendants(GRACE_SECONDS)
        tell(say("全部进程已结束", "every process has ended"))

    def _start_one(self, name: str) -> None:
        self.running[name] = self._start(name, self.commands[name])
        (self.logs / f"{name}.pid").write_text(str(self.running[name].pid))

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own commands
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment, start_new_session=True
            )


def end_descendants(grace: float) -> None:
    """Wait until all children and theirs are gone, and kill those that stay longer than ``grace`` seconds."""
    deadline = time.monotonic() + grace
    me = psutil.Process()
    while left := [process for process in me.children(recursive=True) if is_at_work(process)]:
        if time.monotonic() > deadline:
            for process in left:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
        psutil.wait_procs(left, timeout=0.3)


def is_at_work(process: psutil.Process) -> bool:
    """Whether it is still there, and more than a name in the process table; it may go while we look."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_ready(port: int, components: Components, stop: threading.Event) -> bool:
    """Wait for every component to be healthy; False where they do not become so."""
    deadline = time.monotonic() + READY_SECONDS
    while not stop.wait(0.5):
        components.restart_dead()
        health = health_of(port)
        if health and all(health.get(part) == "healthy" for part in ("metadatabase", "scheduler", "triggerer")):
            return True
        if time.monotonic() > deadline:
            zh = f"{READY_SECONDS} 秒后仍未就绪：{health}；原因见 {components.logs}"
            tell(say(zh, f"not ready after {READY_SECONDS} s: {health}; {components.logs} says why"))
            return False
    return False


def health_of(port: int) -> dict[str, str]:
    """Status of each component; empty where the API does not answer."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/api/v2/monitor/health", timeout=5) as answer:
            told = json.load(answer)
    except (OSError, ValueError):
        return {}
    return {part: (about or {}).get("status") for part, about in told.items()}


def feed(home: Path, households: int, pause: float, stop: threading.Event) -> None:
    """Simulate a county and drop its files into the inbox, one by one, month by month."""
    from pipelines.simulator import simulate
    from pipelines.simulator.inbox_months import months_of

    county, sent = home / "county", home / "sent"
    inbox = county / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    shutil.rmtree(sent, ignore_errors=True)
    simulate(
        county=COUNTY, as_of=today, households=households, seed=1, months=MONTHS, out=sent, policy=county / "policy"
    )
    months = months_of(sent)
    files = [path for month in months.values() for path in month]
    zh = f"虚拟县的 {len(files)} 个文件陆续放进 {inbox}，每 {pause:g} 秒一个"
    tell(say(zh, f"{len(files)} files of a synthetic county drop into {inbox}, one every {pause:g} s"))
    for path in files:
        if stop.is_set():
            return
        path.touch()
        path.rename(inbox / path.name)
        stop.wait(pause)


def watch(home: Path, port: int, components: Components, started: float, stop: threading.Event) -> None:
    """Keep the components alive, and say when the first findings are there.

    A scheduler that loses its database ends only when its workers have: one of them that hangs would keep it for good.
    """
    told = False
    looked = well = time.monotonic()
    while not stop.wait(1):
        components.restart_dead()
        now = time.monotonic()
        if now - looked > LOOK_SECONDS:
            looked = now
            if health_of(port).get("scheduler") != "unhealthy":
                well = now
            elif now - well > HANGING_SECONDS:
                well = now
                components.end_one("scheduler", f"has given no sign of life for more than {HANGING_SECONDS} s")
        found = not told and first_findings(home / "county")
        if found:
            told = True
            run, count = found
            took, place = time.monotonic() - started, f"{home}/county/runs/{run}"
            tell(
                say(
                    f"{took:.0f} 秒后有了首批问题：{count} 条，见 {place}",
                    f"First findings after {took:.0f} s: {count} in {place}",
                )
            )


def first_findings(county: Path) -> tuple[str, int] | None:
    """The first run whose summary tells of findings, and how many."""
    for path in sorted(county.glob("runs/*/summary.json"), key=lambda p: p.stat().st_mtime):
        count = json.loads(path.read_text(encoding="utf-8"))["findings"]["new"]
        if count:
            return path.parent.name, count
    return None


class Pages(SimpleHTTPRequestHandler):
    """The summary pages, and the synthetic county's workbooks; nothing else of the home."""

    folders: tuple[str, ...] = ("runs",)

    def send_head(self):
        """Answer for what lies in our folders, by whatever path it was asked for."""
        asked = Path(self.translate_path(self.path)).resolve()
        home = Path(self.directory).resolve()
        if not any(asked.is_relative_to(home / folder) for folder in self.folders):
            self.send_error(404)
            return None
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal free."""


def serve_pages(home: Path, port: int, *, with_reports: bool) -> None:
    """Serve the summaries on this machine alone; the workbooks too where the county is a synthetic one."""
    handler = type("OurPages", (Pages,), {"folders": ("runs", "reports") if with_reports else ("runs",)})
    (home / "county").mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(handler, directory=str(home / "county")))
    threading.Thread(target=server.serve_forever, daemon=True).start()


def password_of(home: Path) -> str:
    """What the simple auth manager generated for the user admin."""
    path = home / "airflow" / "simple_auth_manager_passwords.json.generated"
    return str(json.loads(path.read_text())["admin"]) if path.exists() else f"in {path}"


def kept_secret(path: Path) -> str:
    """A secret that stays the same from start to start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(64))
    return path.read_text()


def tell(sentence: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with spoken_in(language_of(os.environ)):
        sys.exit(main())
