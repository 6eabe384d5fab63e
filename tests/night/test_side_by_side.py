"""Counties worked on at once leave what they leave one after the other, within their shares of cores and memory."""

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest
from command_line import call
from hypothesis import given
from hypothesis import strategies as st
from long import asked_for
from neighbours import COUNTIES, send_neighbours
from night.counties import KEY, Home, copy_home
from night.states import digests, summary, warehouse

from expectations.errors import Place, Problem, ValueRefusedError
from expectations.policy import PolicyError
from pipelines.house.engine_choice import EngineChoice, EngineName, bytes_of
from pipelines.house.settings import Settings
from pipelines.house.side_by_side import LEAST_MEMORY, jobs_for
from pipelines.night import batches, reports
from pipelines.night.batches import batches_of
from pipelines.night.flow import run_night

D = date(2026, 6, 30)
NOON = partial(datetime, D.year, D.month, D.day, 12, tzinfo=UTC)
"""A clock that a worker process can be given: it knows nothing of this module."""


@pytest.fixture(scope="module")
def three_counties(tmp_path_factory: pytest.TempPathFactory) -> Home:
    path = tmp_path_factory.mktemp("three")
    send_neighbours(path / "inbox", path / "policy", D, (40, 60, 80))
    return Home(path)


@pytest.mark.first(65)
@pytest.mark.slow
@asked_for
def test_three_counties_at_once_leave_what_one_after_the_other_leaves(three_counties: Home, tmp_path: Path) -> None:
    one, three = (copy_home(three_counties, tmp_path / name) for name in ("one", "three"))
    command = ("run", "--as-of", D.isoformat(), "--memory-limit", "3GB")
    done = one.liangxian(*command, LIANGXIAN_JOBS="1")
    assert done.returncode == 0, done.stderr
    for workers in (_readers, _workers):  # while much is staged, and when nothing is left to stage
        _kill_a_night(three, workers, *command, "--jobs", "3")
        done = three.liangxian("ingest")
        assert done.returncode == 0, done.stderr
    done = three.liangxian(*command, "--json", LIANGXIAN_JOBS="3")
    assert done.returncode == 0, done.stderr
    assert {told["county"] for told in json.loads(done.stdout)} == set(COUNTIES)  # no worker has spoken in between
    runs = [run.id for run in one.runs()]
    assert len(runs) == len(COUNTIES)
    assert sorted(runs) == sorted(run.id for run in three.runs())
    for run in runs:
        assert one.dataset("findings", run)
        for kind in ("findings", "ledger"):
            assert three.dataset(kind, run) == one.dataset(kind, run)
        assert summary(three, run) == summary(one, run)
    _are_shared_out(replace(one.settings(D), engine=EngineChoice(memory_limit="3GB")))
    assert warehouse(three) == warehouse(one)
    assert digests(three.path / "reports") == digests(one.path / "reports")


def _are_shared_out(settings: Settings) -> None:
    """Small counties together, in as many batches as keep all jobs busy; a large one by itself, and first."""
    assert batches_of(replace(settings, jobs=1), COUNTIES) == [COUNTIES]
    assert batches_of(replace(settings, jobs=2), COUNTIES) == [COUNTIES[:2], COUNTIES[2:]]
    assert batches_of(replace(settings, jobs=3), COUNTIES) == [(county,) for county in COUNTIES]
    with pytest.MonkeyPatch.context() as patch:
        rows = batches._staged_rows(settings.home.books, COUNTIES)
        patch.setattr(batches, "_SMALL", rows[COUNTIES[2]] - 1)
        assert batches_of(replace(settings, jobs=1), COUNTIES) == [COUNTIES[2:], COUNTIES[:2]]
        patch.setattr(batches, "_TOGETHER", rows[COUNTIES[0]])
        assert batches_of(replace(settings, jobs=1), COUNTIES) == [COUNTIES[2:], *((c,) for c in COUNTIES[:2])]
    spark = replace(settings, engine=EngineChoice(EngineName.SPARK))
    assert batches_of(spark, COUNTIES) == [COUNTIES]


@given(
    rows=st.lists(st.integers(0, 300_000), max_size=30).map(lambda sizes: {str(n): s for n, s in enumerate(sizes)}),
    jobs=st.integers(1, 4),
)
def test_no_county_is_lost_and_no_batch_much_larger_than_another(rows: dict[str, int], jobs: int) -> None:
    divided = batches._divide(list(rows), rows, jobs, batches._TOGETHER)
    assert [county for batch in divided for county in batch] == list(rows)
    sizes = [sum(rows[county] for county in batch) for batch in divided]
    assert all(size <= batches._TOGETHER + 300_000 for size in sizes)


def test_a_large_countys_reports_are_the_same_side_by_side(
    three_counties: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (copy_home(three_counties, tmp_path / name) for name in ("one", "two"))
    run_night(replace(one.settings(D), counties=COUNTIES[:1], now=NOON), D)
    monkeypatch.setattr(reports, "_WORTH_PROCESSES", 0)
    told: list[str] = []
    run_night(replace(two.settings(D), counties=COUNTIES[:1], now=NOON, jobs=2, tell=told.append), D)
    assert [what for what in told if what.endswith("pieces, 2 at a time")]
    assert digests(one.path / "reports")
    assert digests(two.path / "reports") == digests(one.path / "reports")


Find = Callable[[psutil.Process], list[psutil.Process]]


def _kill_a_night(home: Home, find: Find, *command: str) -> None:
    """Kill a night as soon as its workers are there; none of them outlives it."""
    night = subprocess.Popen(
        [Path(sys.executable).with_name("liangxian"), *command, "--home", home.path],
        env=os.environ | {"LIANGXIAN_FINDING_KEY": KEY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    workers = _wait_for_workers(night, find)
    night.send_signal(signal.SIGKILL)
    night.wait()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive


def _wait_for_workers(night: "subprocess.Popen[bytes]", find: Find) -> list[psutil.Process]:
    while night.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):  # one that ended while we look
            if found := find(psutil.Process(night.pid)):
                return found
        time.sleep(0.02)
    raise AssertionError(f"the night ended ({night.returncode}) before its workers were seen")


def _workers(night: psutil.Process) -> list[psutil.Process]:
    """Those that work on a county each, when there is one for each."""
    found = [child for child in night.children() if "spawn_main" in " ".join(child.cmdline())]
    return found if len(found) >= len(COUNTIES) else []


def _readers(night: psutil.Process) -> list[psutil.Process]:
    """Those that read a delivery each, and the server that they are forked from."""
    servers = [child for child in night.children() if "forkserver" in " ".join(child.cmdline())]
    readers = [reader for server in servers for reader in server.children()]
    return [*servers, *readers] if readers else []


def test_no_more_at_once_than_asked_for_than_there_are_and_than_memory_carries(tmp_path: Path) -> None:
    settings = replace(Home(tmp_path).settings(D), jobs=4, engine=EngineChoice(memory_limit="100GB"))
    assert jobs_for(settings, 10) == 4
    assert jobs_for(settings, 3) == 3
    assert jobs_for(settings, 0) == 1
    assert jobs_for(replace(settings, engine=EngineChoice(memory_limit=f"{2 * LEAST_MEMORY}B")), 10) == 2
    assert jobs_for(replace(settings, engine=EngineChoice(memory_limit="300MB")), 10) == 1
    assert jobs_for(replace(settings, engine=EngineChoice(EngineName.SPARK)), 10) == 1


@pytest.mark.parametrize(
    ("size", "expected"),
    [("2GB", 2 * 10**9), ("1.5GiB", 3 * 2**29), ("512 MB", 512 * 10**6), ("1g", 10**9), ("100", 100), ("7B", 7)],
)
def test_sizes_are_read_as_duckdb_reads_them(size: str, expected: int) -> None:
    assert bytes_of(size) == expected


@pytest.mark.parametrize("size", ["", "much", "80%", "-1GB", "2iB", "1GBB"])
def test_what_is_no_size_is_refused(
    size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueRefusedError, match="no size such as 2GB"):
        bytes_of(size)
    command = ("run", "--as-of", D.isoformat(), f"--memory-limit={size}")
    done = call(*command, home=Home(tmp_path), capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 2
    assert "--memory-limit" in done.stderr


def test_what_a_worker_hands_on_arrives_whole() -> None:
    error = PolicyError([Problem("no value", Place(file="522601.yaml", key="poverty_line", on=D))])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems  # noqa: S301 - our own bytes
