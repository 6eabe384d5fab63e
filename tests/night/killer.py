"""``python -m night.killer``: runs nights in children of its own, kills some of them, and a reader looks on meanwhile.

One process imports everything once; each night is a fork of it that calls what ``liangxian run`` calls.
Arguments: D, seed, how many kills of each step, the undisturbed home, the home whose nights are killed. Prints JSON.
"""

import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.staging.lean_import import import_great_expectations

HEAVY = ("pipelines.cli", "pipelines.night.flow", "pipelines.reporting.terminal")
STEPS = ("stage", "reconcile", "record", "load", "report")
"""First words of the sentences that a night says of itself, in order; stage comes once a delivery."""

READER = """
import json, os, sys, time
from pathlib import Path
import duckdb
stop, link, seen, counted, rounds, ended = Path(sys.argv[1]), sys.argv[2], [], {}, 0, False
def file_of():
    found = os.stat(link)
    return found.st_ino, found.st_mtime_ns, found.st_size
while not ended:
    ended = stop.exists()
    file = file_of()
    with duckdb.connect(link, read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL").fetchall()
        # a file that was counted and has not been written since need not be counted again
        counts = counted.get(file) if file == file_of() else None
        if counts is None:
            counts = [(t, connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for (t,) in tables]
        if file == file_of():
            counted[file] = counts
        assert [t for t, _ in counts] == [t for (t,) in tables]
        time.sleep(0.1)
        runs = connection.execute("SELECT DISTINCT run FROM evaluation.rule_coverage ORDER BY ALL").fetchall()
    state = json.dumps([counts, runs])
    if state not in seen:
        seen.append(state)
    rounds += 1
    print(rounds, file=sys.stderr, flush=True)
print(json.dumps({"seen": seen, "rounds": rounds}))
"""


@dataclass(frozen=True)
class Child:
    """A night under way; ``log`` is what it says of itself."""

    process: int
    log: Path

    def said(self) -> list[str]:
        """Steps that have begun, each as its sentence."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        words = [line.removeprefix("INFO ") for line in lines]
        return [line for line in words if line.split(" ", 1)[0] in STEPS]

    def worked(self) -> float:
        """Seconds of processor time that it has used: a moment of the night, however busy the machine is."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def has_ended(self) -> int | None:
        """Its status, once it has one."""
        process, status = os.waitpid(self.process, os.WNOHANG)
        return status if process else None


def start(home: Path, d: str, log: Path) -> Child:
    """Fork a child that runs the night."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return Child(process, log)
    status = 70
    try:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.environ["LIANGXIAN_LOG"] = "INFO"
        sys.argv = ["liangxian", "run", "--as-of", d, "--home", str(home)]
        from pipelines.cli import main

        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    finally:
        os._exit(status)


def run_whole(home: Path, d: str, log: Path) -> tuple[int, list[tuple[float, str]]]:
    """Run a night to its end; its exit status, and after how much work each step began."""
    child, began, worked = start(home, d, log), [], 0.0
    while (status := child.has_ended()) is None:
        worked = child.worked()
        for sentence in child.said()[len(began) :]:
            began.append((worked, sentence))
        time.sleep(0.005)
    began.append((worked, ""))
    return os.waitstatus_to_exitcode(status), began


class FirstSummary:
    """What the night that came to its end first told: one that is run again has nothing new to tell.

    A night that is killed may have told everything before, or have ended before its moment came.
    """

    def __init__(self, undisturbed: Path, home: Path, kept: Path) -> None:
        (run,) = {path.name for path in (undisturbed / "runs").iterdir()} - {
            path.name for path in (home / "runs").iterdir()
        }
        self._told, self._kept = home / "runs" / run / "summary.json", kept

    def keep(self) -> None:
        """Keep it, where it is there for the first time."""
        if self._told.exists() and not self._kept.exists():
            shutil.copyfile(self._told, self._kept)


def order_of(sentence: str, began: list[tuple[float, str]]) -> int:
    """Place of a sentence in the undisturbed night; a delivery is counted by its feed."""
    names = [other.split(" (")[0] for _, other in began]
    return names.index(sentence.split(" (")[0])


def run_and_kill(home: Path, d: str, log: Path, place: int, wait: float, began: list[tuple[float, str]]) -> bool:
    """Kill a night after so much work in its step at ``place``, or the first later one; whether it died."""
    log.unlink(missing_ok=True)
    child = start(home, d, log)
    until: float | None = None
    while (status := child.has_ended()) is None:
        if until is None and any(order_of(sentence, began) >= place for sentence in child.said()):
            until = child.worked() + wait
        if until is not None and child.worked() >= until:
            os.kill(child.process, signal.SIGKILL)
            _, status = os.waitpid(child.process, 0)
            break
        time.sleep(0.002)
    return os.WIFSIGNALED(status)


def moments(began: list[tuple[float, str]], kills: int, dice: random.Random) -> list[tuple[int, float]]:
    """Random moments in order, ``kills`` within each kind of step: the step's place, and work after it began."""
    chosen = []
    for kind in STEPS:
        places = [place for place, (_, sentence) in enumerate(began) if sentence.split(" ", 1)[0] == kind]
        for _ in range(kills):
            place = dice.choice(places)
            chosen.append((place, dice.uniform(0, began[place + 1][0] - began[place][0])))
    return sorted(chosen)


def main() -> None:
    """Do what the module says."""
    d, seed, kills = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    undisturbed, home = map(Path, sys.argv[4:])
    for name in HEAVY:
        importlib.import_module(name)
    import_great_expectations()
    log, stop, looked = (undisturbed.parent / name for name in ("night.log", "stop", "reader.log"))
    status, began = run_whole(undisturbed, d, log)
    killed, summary = [], FirstSummary(undisturbed, home, undisturbed.parent / "summary.json")
    with looked.open("w") as errors:
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(stop), str(home / "warehouse.duckdb")],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        while not looked.read_text() and reader.poll() is None:
            time.sleep(0.05)
        for place, wait in moments(began, kills, random.Random(seed)):
            died = run_and_kill(home, d, log, place, wait, began)
            killed.append([began[place][1], died])
            summary.keep()
        finished, _ = run_whole(home, d, log)
        summary.keep()
        stop.touch()
        out, _ = reader.communicate(timeout=120)
    told = {"undisturbed": status, "killed": killed, "finished": finished, "reader": reader.returncode}
    sys.stdout.write(json.dumps(told | json.loads(out or "{}")) + "\n")


if __name__ == "__main__":
    main()
