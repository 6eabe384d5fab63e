"""DuckDB and Spark find the same in simulated counties, byte for byte; also on a cluster that loses a worker."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from expectations.rules import RULES

SEEDS = (1, 2, 3)
PROGRAM = Path(__file__).with_name("engines_agree.py")

DEFAULTS = """\
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.executor.memory 512m
spark.ui.enabled false
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""
"""What a cluster's operator would write into spark-defaults.conf, for tables of a few hundred rows."""


def check(told: dict[str, Any]) -> None:
    """Both engines said the same, and something of almost every rule."""
    assert told["spark"] == told["duckdb"]
    assert told["spark"]["not_evaluated"] == []
    assert sum(count > 0 for count in told["spark"]["findings"].values()) > len(RULES) / 2


@pytest.mark.slow
@pytest.mark.services
def test_three_counties_are_the_same_on_both(tool, tmp_path: Path) -> None:
    tool("java")
    from reconciling.engines_agree import findings_of, lay_down
    from spark import small_session

    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.spark_engine import SparkEngine

    session = small_session()
    digests = set()
    for seed in SEEDS:
        settings = lay_down(tmp_path / str(seed), seed, 40)
        with DuckdbEngine(tmp_path / "spill", threads=1) as embedded, SparkEngine(session) as cluster:
            told = {
                "duckdb": findings_of(settings, embedded, "duckdb", lambda: None),
                "spark": findings_of(settings, cluster, "spark", lambda: None),
            }
        check(told)
        digests.add(told["spark"]["sha256"])
    assert len(digests) == len(SEEDS)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _until(what: str, done: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {seconds} s")
        time.sleep(0.3)


@contextmanager
def _started(folder: Path, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    import pyspark

    home = Path(pyspark.__file__).parent
    env = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([home / "bin" / "spark-class", *command], env=env, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.slow
@pytest.mark.services
def test_a_cluster_that_loses_a_worker_finds_the_same(tool, tmp_path: Path) -> None:
    tool("java")
    port, pages = _free_port(), _free_port()
    master = f"spark://127.0.0.1:{port}"

    def alive() -> int:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{pages}/json/", timeout=5) as answer:
            return sum(worker["state"] == "ALIVE" for worker in json.load(answer)["workers"])
        return -1

    def worker(number: int) -> tuple[str, ...]:
        return (
            f"{PACKAGE}.worker.Worker",
            *("--host", "127.0.0.1", "--cores", "1", "--memory", "600m", "--webui-port", "0"),
            *("--work-dir", str(tmp_path / f"work{number}"), master),
        )

    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")
    listening = ("--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages))
    with _started(tmp_path, "master", f"{PACKAGE}.master.Master", *listening):
        _until("master", lambda: alive() >= 0)
        with _started(tmp_path, "one", *worker(1)) as one, _started(tmp_path, "two", *worker(2)):
            _until("two workers", lambda: alive() == 2)
            ran = subprocess.run(
                [sys.executable, PROGRAM, tmp_path / "home", "7", master, str(one.pid)],
                env=os.environ | {"SPARK_CONF_DIR": str(conf)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, ran.stderr[-2000:]
            assert one.wait(timeout=60) == -9, "the worker was not killed"
            assert list((tmp_path / "work1").glob("app-*/*/stderr")), "the worker that was lost had no part in it"
            _until("the lost worker is noticed", lambda: alive() == 1)
    check(json.loads(ran.stdout.splitlines()[-1]))


PACKAGE = "org.apache.spark.deploy"
