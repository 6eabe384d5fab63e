"""Ways in which the process dies that reads a delivery: what a file could do to a reader, without such a file."""

import os
import signal
import time
from typing import Any

from pipelines.staging.stage import Prepared, Received, read_received
from warehouse.lake import Lake


def eat(_lake: Lake, _received: Received) -> Prepared:
    """Take memory without end, a little at a time."""
    taken = []
    while True:
        taken.append(b"x" * (8 << 20))


def abort(_lake: Lake, _received: Received) -> Prepared:
    """End as a library does that finds no way on, with a file half written."""
    folder = _lake.staged(_received.delivery.feed, _received.delivery.county, _received.delivery.id).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".writing-half.parquet").write_bytes(b"half")
    os.abort()


def end(*_given: object) -> Any:
    """End as such a library does, whatever was asked."""
    os.abort()


def run_on(_lake: Lake, _received: Received) -> Prepared:
    """Go in a circle."""
    while True:
        pass


def stand_still(_lake: Lake, _received: Received) -> Prepared:
    """Wait for what never comes."""
    time.sleep(3600)
    raise AssertionError


def be_killed(_lake: Lake, _received: Received) -> Prepared:
    """End as the system ends a process when memory is short, whoever took it."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def be_killed_once(lake: Lake, received: Received) -> Prepared:
    """The same, but only the first time."""
    mark = lake.home / "killed"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_received(lake, received)


def fail(_lake: Lake, _received: Received) -> Prepared:
    """Meet a mistake of ours, which no file is to be blamed for."""
    raise LookupError("no such thing")
