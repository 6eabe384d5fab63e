"""One measurement: ``python -m pipelines.benching.rules.job JOB FOLDER [MEMORY]`` on the county under FOLDER.

Prints seconds, CPU seconds, peak megabytes of the process, and a digest of the subject keys that were found. What a
job needs is imported before its clock starts; the peak counts imports too.
"""

import hashlib
import importlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from pipelines.benching import baselines
from pipelines.benching.peak import peak_megabytes
from pipelines.benching.rules.county import BenchCounty, open_county

Keys = Mapping[str, set[str]]
Job = Callable[[BenchCounty, Path, str | None], Keys | None]


def rules(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """Our rules, what they find and no more: the like of what the baselines do."""
    from ibis.expr.types import Table

    from expectations.rules import RULES
    from pipelines.reconciling.county import county_of
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.sentences import subject_key

    found = {}
    with DuckdbEngine(folder / "spill", memory) as engine:
        county = county_of(engine, b.conformed, b.policy)
        for rule in RULES:
            table: Table = rule.finds(county, b.policy).select(*rule.subject.key).distinct()
            key = subject_key(table.schema(), rule.subject.key, mask=False)
            relation = engine.relation("found", table)
            found[rule.code] = {k for (k,) in engine.local.execute(f"SELECT {key} FROM {relation}").fetchall()}
    return found


def judged(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """Our rules with places and certainty: what `rules try` does."""
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.reconcile import judge

    with DuckdbEngine(folder / "spill", memory) as engine:
        said = judge(engine, b.conformed, b.policy)
    return {rule: {key for key, _ in verdict or {}} for rule, verdict in said.items()}


def reconciled(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """What a night does: certainty, sentences, the evidence of both sides, ids."""
    from expectations.rules import RULES
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.reconcile import reconcile

    with DuckdbEngine(folder / "spill", memory) as engine:
        table = reconcile(engine, b.conformed, b.policy, b"a key for the benchmark").findings
    found: dict[str, set[str]] = {rule.code: set() for rule in RULES}
    for rule, key in zip(table["rule"].to_pylist(), table["subject_key"].to_pylist(), strict=True):
        found[rule].add(key)
    return found


def _baseline(name: str, b: BenchCounty, _folder: Path, _memory: str | None) -> Keys | None:
    found: Keys | None = baselines.load(name).find(b)
    return found


JOBS: Final[Mapping[str, Job]] = {
    "rules": rules,
    "judged": judged,
    "reconciled": reconciled,
    "scan": partial(_baseline, "scan"),
    "sql": partial(_baseline, "sql"),
    "polars": partial(_baseline, "in_polars"),
    "pandas": partial(_baseline, "in_pandas"),
}

_MODULES: Final[Mapping[str, str]] = {"scan": "scan", "sql": "sql", "polars": "in_polars", "pandas": "in_pandas"}
_OURS: Final = ("pipelines.reconciling.duckdb_engine", "pipelines.reconciling.reconcile", "expectations.rules")


def digest(found: Keys) -> str:
    """SHA-256 over rules and their sorted subject keys."""
    text = json.dumps({rule: sorted(keys) for rule, keys in sorted(found.items())}, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Run one job and print what it took."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    memory = sys.argv[3] if len(sys.argv) > 3 else None
    if name in _MODULES:
        baselines.load(_MODULES[name])
    else:
        for module in _OURS:
            importlib.import_module(module)
    county = open_county(folder)
    started, before = time.perf_counter(), time.process_time()
    found = JOBS[name](county, folder, memory)
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    told = {
        "seconds": round(seconds, 3),
        "cpu": round(cpu, 3),
        "megabytes": peak_megabytes(),
        "digest": None if found is None else digest(found),
    }
    if found is not None:
        told["findings"] = sum(map(len, found.values()))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
