"""One measurement of whole nights: ``python -m pipelines.benching.night_job JOB HOME [MEMORY [JOBS]]``; prints JSON.

``nights`` runs a night for each month that lies under ``HOME/sent``, ``arrivals`` what has arrived since; ``scan``
hashes what was staged, ``reading`` is pandas reading the same files as text. The peak is that of all processes
together, imports too.
"""

import json
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipelines.benching import baselines
from pipelines.benching.peak import TreePeak, cpu_of_tree
from pipelines.benching.simulated import D

STEPS: Final = ("stage", "reconcile", "record", "publish", "report")
"""In their order; a step begins when the night tells of it. Counties side by side are recorded where reconciled."""

_BEGINS: Final[Mapping[str, str]] = {
    "stage": "stage",
    "reconcile": "reconcile",
    "record": "record",
    "load": "publish",
    "report": "report",
}

Job = Callable[[Path, TreePeak, str | None, int], Any]


class Clock:
    """Seconds, CPU seconds and the peak so far, by step."""

    def __init__(self, peak: TreePeak) -> None:
        self.took: dict[str, dict[str, float]] = {
            step: {"seconds": 0.0, "cpu": 0.0, "megabytes": 0.0} for step in STEPS
        }
        self._peak = peak
        self._step = "stage"
        self._since = (time.perf_counter(), cpu_of_tree())

    def tell(self, what: str) -> None:
        """The night begins something: what it did until now belongs to the step before."""
        self._note()
        self._step = _BEGINS.get(what.split()[0].rstrip(":"), self._step)

    def end(self) -> dict[str, dict[str, float]]:
        """What each step took."""
        self._note()
        return self.took

    def _note(self) -> None:
        now = (time.perf_counter(), cpu_of_tree())
        took = self.took[self._step]
        took["seconds"] = round(took["seconds"] + now[0] - self._since[0], 3)
        took["cpu"] = round(took["cpu"] + now[1] - self._since[1], 3)
        took["megabytes"] = float(self._peak.megabytes)
        self._since = now


def clock_now() -> datetime:
    """The clock of a measured night."""
    return datetime.now(UTC)


def _settings(home: Path, clock: Clock, memory: str | None, jobs: int) -> Any:
    from pipelines.house.actor import Actor, Role
    from pipelines.house.engine_choice import EngineChoice
    from pipelines.house.settings import open_settings

    return open_settings(
        home,
        inbox=home / "inbox",
        policy=home / "policy",
        now=clock_now,
        actor=Actor("bench", Role.DATA_TEAM),
        tell=clock.tell,
        engine=EngineChoice(memory_limit=memory),
        jobs=jobs,
    )


def nights(home: Path, peak: TreePeak, memory: str | None, jobs: int) -> list[dict[str, Any]]:
    """A night for each month: what lies under ``sent`` for it is dropped into the inbox, then taken in and judged."""
    from pipelines.night import flow
    from pipelines.simulator.inbox_months import months_of
    from pipelines.staging.lean_import import import_great_expectations

    import_great_expectations()  # two seconds that a process pays once, whatever the night

    told = []
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    for as_of, paths in months_of(home / "sent").items():
        for path in paths:
            shutil.move(path, inbox / path.name)
        clock = Clock(peak)
        night = flow.run_night(_settings(home, clock, memory, jobs), as_of)
        told.append(_told(as_of.isoformat(), clock, night.summaries))
    return told


def arrivals(home: Path, peak: TreePeak, memory: str | None, jobs: int) -> dict[str, Any]:
    """What lies in the inbox, and the counties that it changes."""
    from pipelines.night import flow
    from pipelines.staging.lean_import import import_great_expectations

    import_great_expectations()

    clock = Clock(peak)
    night = flow.run_arrivals(_settings(home, clock, memory, jobs), D)
    return _told(D.isoformat(), clock, night.summaries)


def _told(as_of: str, clock: Clock, summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rules: dict[str, float] = defaultdict(float)
    for rule in (rule for summary in summaries for rule in summary["rules"]):
        rules[rule["rule"]] += rule["seconds"] or 0.0
    return {
        "as_of": as_of,
        "steps": clock.end(),
        "rules": {rule: round(seconds, 3) for rule, seconds in sorted(rules.items())},
        "counties": len(summaries),
        "rows": sum(delivery["staged"] for summary in summaries for delivery in summary["deliveries"]),
        "findings": sum(summary["findings"][kind] for summary in summaries for kind in ("new", "still", "reopened")),
    }


def scan(home: Path, _peak: TreePeak, _memory: str | None, _jobs: int) -> None:
    """Every staged column of the newest night, hashed once."""
    baselines.load("scan").scan_staged(home)


def reading(home: Path, _peak: TreePeak, _memory: str | None, _jobs: int) -> None:
    """pandas reads the newest month's files."""
    baselines.load("reading").read(home)


JOBS: Final[Mapping[str, Job]] = {"nights": nights, "arrivals": arrivals, "scan": scan, "reading": reading}


def main() -> None:
    """Run one job and print what it took."""
    name, home = sys.argv[1], Path(sys.argv[2])
    memory = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] else None
    jobs = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    import duckdb  # noqa: F401 - imports before the clock
    import pandas  # noqa: F401

    with TreePeak() as peak:
        started, cpu = time.perf_counter(), cpu_of_tree()
        told = JOBS[name](home, peak, memory, jobs)
        took = {
            "seconds": round(time.perf_counter() - started, 3),
            "cpu": round(cpu_of_tree() - cpu, 3),
            "megabytes": peak.megabytes,
            "told": told,
        }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
