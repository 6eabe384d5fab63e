"""DuckDB and Spark find the same, byte for byte: on a cluster that loses a worker in each county, and by Connect."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from clusters import DEFAULTS, free_port, standalone, until
from long import asked_for
from reconciling.engines_agree import ASKED

ALL_SEEDS = (7, 1, 2)
SEEDS = ALL_SEEDS[: int(os.environ.get("LIANGXIAN_SPARK_SEEDS", "1"))]
"""Counties: the first one by itself; with LIANGXIAN_SPARK_SEEDS=3 all, and every rule, which takes minutes more."""

STEP, FEWER = (1, 3) if SEEDS == ALL_SEEDS else (8, 16)
"""Every so many of the rules on the cluster, and by Connect: what each says on Spark, the literal cases ask."""

HOUSEHOLDS = 60
PROGRAM = Path(__file__).with_name("engines_agree.py")


class Both:
    """The program that asks both engines, one county after the other, on one session."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process, self._errors = process, errors

    def find(self, seed: int, victim: int | None = None) -> dict[str, Any]:
        """What both engines found, which must be the same, in every rule evaluated."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seed} {'' if victim is None else victim}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self._errors.read_text(encoding="utf-8")[-3000:]
        told = json.loads(line)
        assert told["spark"] == told["duckdb"]
        assert told["spark"]["not_evaluated"] == []
        return told["spark"]


@contextmanager
def asking(homes: Path, master: str, name: str, **environment: str) -> Iterator[Both]:
    """The program on a session of its own."""
    errors = homes.with_name(f"{name}.errors")
    with (
        errors.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, PROGRAM, homes, master, str(HOUSEHOLDS)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield Both(process, errors)
        finally:
            process.kill()


@asked_for
@pytest.mark.first(220)
@pytest.mark.slow
@pytest.mark.services
def test_a_cluster_that_loses_workers_finds_the_same_and_connect_too(tool, tmp_path: Path) -> None:
    """Counties on one session, a worker lost in each; then fewer rules on one of them by Connect, served by that
    session.

    Executors read copies in a shared lake; that they read nothing else their logs say.
    """
    tool("java")
    homes, conf, port = tmp_path / "homes", tmp_path / "conf", free_port()
    conf.mkdir()
    served = f"spark.plugins org.apache.spark.sql.connect.SparkConnectPlugin\nspark.connect.grpc.binding.port {port}\n"
    (conf / "spark-defaults.conf").write_text(
        f"{DEFAULTS}{served}spark.connect.grpc.binding.address 127.0.0.1\n", encoding="utf-8"
    )
    found, shared = {}, f"file://{tmp_path}/共享 盘"
    with standalone(tmp_path / "cluster") as cluster:
        lost, lost_work = cluster.add_worker()
        lake = {"LIANGXIAN_SHARED_LAKE": shared}
        classic = lake | {"SPARK_CONF_DIR": str(conf), "LIANGXIAN_EVERY_RULE": str(STEP)}
        with asking(homes, cluster.master, "classic", **classic) as both:
            for seed in SEEDS:
                other, other_work = cluster.add_worker()
                until("two workers", lambda: cluster.alive() == 2)
                found[seed] = both.find(seed, lost.pid)
                assert lost.wait(timeout=60) == -signal.SIGKILL, "the worker was not killed"
                assert list(lost_work.glob("app-*/*/stderr")), "the worker that was lost had no part in it"
                until("the lost worker is noticed", lambda: cluster.alive() == 1)
                lost, lost_work = other, other_work
            by_connect = lake | {"LIANGXIAN_EVERY_RULE": str(FEWER)}
            with asking(homes, f"sc://127.0.0.1:{port}", "connect", **by_connect) as through_connect:
                told = through_connect.find(SEEDS[0])["findings"]
                assert list(told) == [rule.code for rule in ASKED[::FEWER]]
                assert told.items() <= found[SEEDS[0]]["findings"].items()
        logs = "\n".join(log.read_text(encoding="utf-8") for log in cluster.folder.glob("work*/app-*/*/stderr"))
    read = re.findall(r"Reading File path: (.+?\.parquet)", unquote(logs))
    assert {path.partition("/lake/")[0] for path in read} == {f"{shared}/{seed}" for seed in SEEDS}
    assert len({one["sha256"] for one in found.values()}) == len(SEEDS)
    silent = {rule.code for rule in ASKED[::STEP]} - {
        r for one in found.values() for r, n in one["findings"].items() if n
    }
    assert SEEDS != ALL_SEEDS or silent == set(), "no county has a finding of these rules"
    assert len(silent) < len(ASKED[::STEP]) / 2
