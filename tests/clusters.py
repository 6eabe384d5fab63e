"""A standalone Spark cluster of our own: a master, workers that can be lost and replaced, and their records."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

PACKAGE = "org.apache.spark.deploy"

DEFAULTS = """\
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.executor.memory 512m
spark.ui.enabled false
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.autoBroadcastJoinThreshold -1
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""
"""What a cluster's operator would write into spark-defaults.conf, for tables of a few hundred rows."""


class Cluster:
    """A master and its workers, each a process with one core; its folder holds what they wrote."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder, self._running, self._workers = folder, running, 0
        self._port, self._pages = free_port(), free_port()
        self.master = f"spark://127.0.0.1:{self._port}"
        listening = ("--host", "127.0.0.1", "--port", str(self._port), "--webui-port", str(self._pages))
        self._start("master", f"{PACKAGE}.master.Master", *listening)
        until("master", lambda: self.alive() >= 0)

    def alive(self) -> int:
        """How many workers the master counts on; -1 where it does not answer."""
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self._pages}/json/", timeout=5) as answer:
            return sum(worker["state"] == "ALIVE" for worker in json.load(answer)["workers"])
        return -1

    def add_worker(self) -> tuple[subprocess.Popen[bytes], Path]:
        """One more worker, known to the master, and the folder of its executors."""
        before, self._workers = self.alive(), self._workers + 1
        work = self.folder / f"work{self._workers}"
        process = self._start(
            f"worker{self._workers}",
            f"{PACKAGE}.worker.Worker",
            *("--host", "127.0.0.1", "--cores", "1", "--memory", "600m", "--webui-port", "0"),
            *("--work-dir", str(work), self.master),
        )
        until("a worker", lambda: self.alive() > before)
        return process, work

    def _start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        return self._running.enter_context(_started(self.folder / f"{name}.log", *command))


@contextmanager
def standalone(folder: Path) -> Iterator[Cluster]:
    """A cluster without workers, which ends with the block."""
    folder.mkdir(parents=True)
    with ExitStack() as running:
        yield Cluster(folder, running)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until(what: str, done: Callable[[], bool], seconds: float = 300) -> None:
    """Wait for ``done``; what does not come is a failure with its name."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {seconds} s")
        time.sleep(0.3)


@contextmanager
def _started(log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    import pyspark

    home = Path(pyspark.__file__).parent
    env = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as stream:
        process = subprocess.Popen([home / "bin" / "spark-class", *command], env=env, stdout=stream, stderr=stream)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
