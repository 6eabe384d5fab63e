"""One measurement of whole nights: ``python -m pipelines.benching.night_job JOB HOME [MEMORY]``; prints JSON.

``nights`` runs a night for each month that lies under ``HOME/sent``; ``scan`` hashes what was staged; ``reading`` is
pandas reading the same files as text. The peak is the whole process's, imports too.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipelines.benching.peak import peak_megabytes
from pipelines.reading.names import parse_file_name

STEPS: Final = ("stage", "reconcile", "record", "publish", "report")
"""In their order; a step begins when the night tells of it."""

_BEGINS: Final[Mapping[str, str]] = {
    "stage": "stage",
    "reconcile": "reconcile",
    "record": "record",
    "load": "publish",
    "report": "report",
}


class Clock:
    """Seconds, CPU seconds and the peak so far, by step."""

    def __init__(self) -> None:
        self.took: dict[str, dict[str, float]] = {}
        self._step = "stage"
        self._since = (time.perf_counter(), time.process_time())

    def tell(self, what: str) -> None:
        """The night begins something: what it did until now belongs to the step before."""
        self._note()
        self._step = _BEGINS.get(what.split()[0], self._step)

    def end(self) -> dict[str, dict[str, float]]:
        """What each step took."""
        self._note()
        return self.took

    def _note(self) -> None:
        now = (time.perf_counter(), time.process_time())
        took = self.took.setdefault(self._step, {"seconds": 0.0, "cpu": 0.0, "megabytes": 0.0})
        took["seconds"] = round(took["seconds"] + now[0] - self._since[0], 3)
        took["cpu"] = round(took["cpu"] + now[1] - self._since[1], 3)
        took["megabytes"] = float(peak_megabytes())
        self._since = now


def nights(home: Path, memory: str | None) -> list[dict[str, Any]]:
    """A night for each month: what lies under ``sent`` for it is dropped into the inbox, then taken in and judged."""
    import great_expectations  # noqa: F401 - five seconds that a process pays once, whatever the night

    from pipelines import flow
    from pipelines.demo import months_of
    from pipelines.reconciling.engines import EngineChoice

    told = []
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    for as_of, paths in months_of(home / "sent").items():
        for path in paths:
            shutil.move(path, inbox / path.name)
        clock = Clock()
        settings = flow.open_settings(
            home,
            inbox=inbox,
            policy=home / "policy",
            now=lambda: datetime.now(UTC),
            tell=clock.tell,
            engine=EngineChoice(memory_limit=memory),
        )
        night = flow.run_night(settings, as_of)
        (summary,) = night.summaries
        told.append(
            {
                "as_of": as_of.isoformat(),
                "steps": clock.end(),
                "rows": sum(delivery["staged"] for delivery in summary["deliveries"]),
                "findings": sum(summary["findings"][kind] for kind in ("new", "still", "reopened")),
            }
        )
    return told


def scan(home: Path, _memory: str | None) -> None:
    """Every staged column of the newest night, read from Parquet and hashed once by DuckDB."""
    import duckdb

    from expectations.feeds import FEEDS

    with duckdb.connect() as connection:
        for feed in FEEDS:
            newest = max((home / "lake" / "staged" / feed.name).rglob("*.parquet"), key=lambda p: p.stat().st_mtime_ns)
            connection.execute("SELECT bit_xor(hash(COLUMNS(*))) FROM read_parquet(?)", [str(newest)]).fetchall()


def reading(home: Path, _memory: str | None) -> None:
    """pandas reads the newest month's files as text, one after the other, and no more."""
    import pandas as pd

    files = [path for path in (home / "archive").rglob("*") if path.is_file()]
    dates = {path: named.as_of for path in files if (named := parse_file_name(path.name)) is not None}
    newest = max(day for day in dates.values() if day is not None)
    for path, day in sorted(dates.items()):
        if day == newest:
            pd.read_csv(path, dtype=str, keep_default_na=False)


JOBS: Final[Mapping[str, Callable[[Path, str | None], Any]]] = {"nights": nights, "scan": scan, "reading": reading}


def main() -> None:
    """Run one job and print what it took."""
    name, home = sys.argv[1], Path(sys.argv[2])
    import duckdb  # noqa: F401 - imports before the clock
    import pandas  # noqa: F401

    started, cpu = time.perf_counter(), time.process_time()
    told = JOBS[name](home, sys.argv[3] if len(sys.argv) > 3 else None)
    took = {
        "seconds": round(time.perf_counter() - started, 3),
        "cpu": round(time.process_time() - cpu, 3),
        "megabytes": peak_megabytes(),
        "nights": told,
    }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
