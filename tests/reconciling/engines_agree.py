"""Simulated counties on both engines, as a program: prints what each found, as digests of the bytes of the findings.

``python tests/reconciling/engines_agree.py HOMES MASTER HOUSEHOLDS`` reads lines ``SEED [PROCESS]`` and answers each
with one JSON object. With PROCESS, that process (a worker) is killed in mid-run, as soon as the first rule has been
evaluated. Spark finds its copies under LIANGXIAN_SHARED_LAKE, where it is set, in a folder for each seed.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from actors import TESTER

from expectations.feeds import CORE_FEEDS
from expectations.rules import RULES
from pipelines.conforming import conform
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.reconcile import reconcile, write_findings
from pipelines.simulator import simulate
from warehouse.books.deliveries import in_force
from warehouse.shared_lake import SharedLake

COUNTY, D, KEY = "522601", date(2026, 6, 30), b"a key for tests"


def lay_down(home: Path, seed: int, households: int) -> Settings:
    """A county with the dirt of real files, taken in; one that is there already is opened."""
    if not home.exists():
        simulate(
            county=COUNTY,
            as_of=D,
            households=households,
            seed=seed,
            dirt="real",
            out=home / "inbox",
            policy=home / "policy",
        )
    settings = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: datetime(2026, 7, 1, tzinfo=UTC))
    ingest(settings, D)
    return settings


ASKED = [rule for rule in RULES if {feed.name for feed in CORE_FEEDS}.issuperset(rule.needs)]
"""Rules that the nine feeds suffice for."""


def findings_of(settings: Settings, engine: Engine, name: str, after_first: Callable[[], None]) -> dict[str, Any]:
    """Digest of the bytes of all findings, and how many each rule has."""
    home, policy = settings.home, settings.policies.at(COUNTY, D)
    conformed = conform(home.lake, in_force(home.books, COUNTY), COUNTY, D, policy)
    asked = ASKED[:: int(os.environ.get("LIANGXIAN_EVERY_RULE", "1"))]
    rules = [replace(rule, finds=_then(rule.finds, after_first)) if n == 1 else rule for n, rule in enumerate(asked)]
    (done,) = reconcile(engine, [Asked(conformed, policy)], KEY, rules)
    path = home.lake.findings(f"try_{name}")
    write_findings(done.findings, path)
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "findings": {run.rule: run.findings for run in done.rule_runs},
        "not_evaluated": [run.rule for run in done.rule_runs if run.status != "evaluated"],
    }


def _then(finds: Any, after: Callable[[], None]) -> Any:
    def both(c: Any, p: Any) -> Any:
        after()
        return finds(c, p)

    return both


def main() -> None:
    """One JSON object a line."""
    from pipelines.reconciling.spark_engine import SparkEngine, open_session

    homes, master, households = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    session = open_session(master, homes / "spill")
    for line in sys.stdin:
        seed, *victims = (int(part) for part in line.split())
        settings = lay_down(homes / str(seed), seed, households)
        with DuckdbEngine(homes / "spill", threads=1) as embedded:
            told = {"duckdb": findings_of(settings, embedded, "duckdb", lambda: None)}
        with SparkEngine(session, _shared(settings, seed)) as cluster:
            told["spark"] = findings_of(settings, cluster, "spark", partial(_kill, victims))
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _shared(settings: Settings, seed: int) -> SharedLake | None:
    url = os.environ.get("LIANGXIAN_SHARED_LAKE")
    return SharedLake(f"{url}/{seed}", settings.home.lake) if url else None


def _kill(processes: list[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
