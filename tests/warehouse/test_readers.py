"""Readers in other processes while versions are published, and publishers that are killed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nights import night

from warehouse.lake import Lake
from warehouse.loading import load_and_publish, load_and_publish_all, open_published
from warehouse.tables import TABLES

READER = """
import json, sys, time
from pathlib import Path
import duckdb
link, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, torn, rounds = set(), 0, 0
last = False
while not last:
    last = stop.exists()  # one look after the last version at least
    with duckdb.connect(str(link), read_only=True) as connection:
        tags = {tag for (tag,) in connection.execute('''
            SELECT right(run, 1) FROM warehouse.fact_load
            UNION SELECT right(run, 1) FROM evaluation.rule_coverage
            UNION SELECT right(source_delivery, 1) FROM evaluation.household_card
            UNION SELECT right(source_delivery, 1) FROM warehouse.fact_enrolment
            UNION SELECT right(delivery, 1) FROM evaluation.deliveries
        ''').fetchall()}
        time.sleep(0.02)
        again = connection.execute("SELECT DISTINCT right(run, 1) FROM warehouse.fact_load").fetchall()
    torn += len(tags) != 1 or {tag for (tag,) in again} != tags
    seen |= tags
    rounds += 1
    print(rounds, file=sys.stderr, flush=True)
    time.sleep(0.05)  # readers that never rest leave the publisher no core to be watched at
print(json.dumps({"seen": sorted(seen), "torn": torn, "rounds": rounds}))
"""

KILLER = """
import os, signal, sys, time
from pathlib import Path
from nights import night
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published

lake, rehearsal = Lake(Path(sys.argv[1])), Lake(Path(sys.argv[2]))

def forked(work):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return child

def ends_well(child):
    return os.waitpid(child, 0)[1] == 0

def publish(home):
    load_and_publish(lake=home, run=night(home, tag="b"))

def look():
    with open_published(lake) as connection:
        tags = connection.execute('''
            SELECT right(run, 1) FROM warehouse.fact_load
            UNION SELECT right(source_delivery, 1) FROM evaluation.household_card
            UNION SELECT right(delivery, 1) FROM evaluation.deliveries
        ''').fetchall()
    assert len(tags) == 1, tags
    print("saw", tags[0][0], flush=True)

assert ends_well(forked(lambda: load_and_publish(lake=lake, run=night(lake, tag="a"))))
assert ends_well(forked(lambda: load_and_publish(lake=rehearsal, run=night(rehearsal, tag="a"))))
started = time.monotonic()
assert ends_well(forked(lambda: publish(rehearsal)))
whole = time.monotonic() - started
for part in range(1, 7):
    child = forked(lambda: publish(lake))
    time.sleep(whole * part / 6)
    os.kill(child, signal.SIGKILL)
    print("killed" if not ends_well(child) else "done", flush=True)
    assert ends_well(forked(look))
assert ends_well(forked(lambda: publish(lake)))
assert ends_well(forked(look))
"""


def _contents(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with open_published(lake) as connection:
        return {table.name: connection.execute(f"FROM {table.fullname} ORDER BY ALL").fetchall() for table in TABLES}


@pytest.mark.slow
def test_readers_never_fail_and_never_see_a_mixture(tmp_path: Path) -> None:
    lake, stop = Lake(tmp_path / "home"), tmp_path / "stop"
    load_and_publish(lake=lake, run=night(lake, tag="a"))
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(lake.warehouse_link), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for reader in readers:
        assert reader.stderr is not None
        assert reader.stderr.readline().strip() == "1"  # it has read the first version
    for tag in "bcde":
        load_and_publish(lake=lake, run=night(lake, tag=tag))
    stop.touch()
    for reader in readers:
        out, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        told = json.loads(out)
        assert told["torn"] == 0
        assert {"a", "e"} <= set(told["seen"])


@pytest.mark.slow
def test_a_publisher_killed_at_any_moment_leaves_the_old_or_the_new_and_the_next_one_finishes(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLER, str(lake.home), str(tmp_path / "rehearsal")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "killed" in told.stdout
    assert "saw a" in told.stdout
    assert told.stdout.splitlines()[-1] == "saw b"
    undisturbed = Lake(tmp_path / "undisturbed")
    load_and_publish_all(lake=undisturbed, runs=[night(undisturbed, tag="b")])
    assert _contents(lake) == _contents(undisturbed)
    assert len(list(lake.warehouse_versions.iterdir())) == 2
