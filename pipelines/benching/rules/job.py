"""One measurement: ``python -m pipelines.benching.rules.job JOB FOLDER [MEMORY]``.

The counties lie in folders below FOLDER; the job takes one after the other.

Prints seconds, CPU seconds, peak megabytes of the process and those below it (Spark's), and a digest of the
subject keys that were found. What a job needs is imported before its clock starts; the peak counts imports too.
"""

import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from pipelines.benching import baselines
from pipelines.benching.peak import TreePeak, cpu_of_tree
from pipelines.benching.rules.county import BenchCounty, open_county

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from expectations.rule import Rule
    from pipelines.reconciling.county import Asked
    from pipelines.reconciling.reconcile import Reconciled

Keys = Mapping[str, set[str]]
Job = Callable[[BenchCounty, Path, str | None], Keys | None]


def rules(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """Our rules, what they find and no more: the like of what the baselines do."""
    from ibis.expr.types import Table

    from pipelines.reconciling.county import county_of
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.sentences import subject_key

    found: dict[str, set[str]] = {}
    with DuckdbEngine(folder / "spill", memory) as engine:
        county = county_of(engine, [b.asked])
        for rule in _measured():
            if not all(county.has(feed) for feed in rule.needs):  # of a feed that no simulated county sends
                found[rule.code] = set()
                continue
            table: Table = rule.finds(county, county.values.of(*rule.needs)).select(*rule.subject.key).distinct()
            key = subject_key(rule, table.schema())
            relation = engine.relation("found", table)
            found[rule.code] = {k for (k,) in engine.local.execute(f"SELECT {key} FROM {relation}").fetchall()}
    return found


def judged(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """Our rules with places and certainty: what `rules try` does."""
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.reconcile import judge

    with DuckdbEngine(folder / "spill", memory, plans=Path(_plans().name)) as engine:
        (said,) = judge(engine, [b.asked], _measured())
    return {rule: {key for key, _ in verdict or {}} for rule, verdict in said.items()}


def reconciled(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """What a night does: certainty, sentences, the evidence of both sides, ids."""
    return _reconciled(b.asked, folder, memory)


def _reconciled(asked: "Asked", folder: Path, memory: str | None) -> Keys:
    from pipelines.reconciling.duckdb_engine import DuckdbEngine
    from pipelines.reconciling.reconcile import reconcile

    with DuckdbEngine(folder / "spill", memory, plans=Path(_plans().name)) as engine:
        (done,) = reconcile(engine, [asked], b"a key for the benchmark", _measured())
    return _keys_of(done)


def refused(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """The same, beside the rows that were refused."""
    return _reconciled(b.beside_refused(folder), folder, memory)


def replayed(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """What a night does after every rule changed: first all of them over the deliveries of the night before."""
    _reconciled(b.asked, folder, memory)
    return _reconciled(b.asked, folder, memory)


def spark(b: BenchCounty, folder: Path, memory: str | None) -> Keys:
    """What a night does, on Spark: its session is started before the clock."""
    from pipelines.reconciling.reconcile import reconcile
    from pipelines.reconciling.spark_engine import SparkEngine

    with SparkEngine(_session(folder, memory)) as engine:
        (done,) = reconcile(engine, [b.asked], b"a key for the benchmark", _measured())
    return _keys_of(done)


@cache
def _plans() -> TemporaryDirectory[str]:
    """Where this process keeps what it compiles for its next county; every round compiles anew."""
    return TemporaryDirectory()


def _session(folder: Path, memory: str | None) -> "SparkSession":
    """The session of LIANGXIAN_SPARK_MASTER, else of all cores of this machine; one for a process."""
    from pipelines.reconciling.spark_engine import open_session

    return open_session(os.environ.get("LIANGXIAN_SPARK_MASTER") or "local[*]", folder / "spill", memory)


def _measured() -> tuple["Rule", ...]:
    """The rules that baselines are compared with."""
    from expectations.rules import RULES

    codes = baselines.measured()
    return tuple(rule for rule in RULES if codes is None or rule.code in codes)


def _keys_of(done: "Reconciled") -> Keys:
    table = done.findings
    found: dict[str, set[str]] = {rule.code: set() for rule in _measured()}
    for rule, key in zip(table["rule"].to_pylist(), table["subject_key"].to_pylist(), strict=True):
        found[rule].add(key)
    return found


def _baseline(name: str, b: BenchCounty, _folder: Path, _memory: str | None) -> Keys | None:
    found: Keys | None = baselines.load(name).find(b)
    return found


_MODULES: Final[Mapping[str, str]] = {"scan": "scan", "sql": "sql", "polars": "in_polars", "pandas": "in_pandas"}

JOBS: Final[Mapping[str, Job]] = {
    "rules": rules,
    "judged": judged,
    "reconciled": reconciled,
    "refused": refused,
    "replayed": replayed,
    "spark": spark,
    **{job: partial(_baseline, module) for job, module in _MODULES.items()},
}

_OURS: Final = ("pipelines.reconciling.duckdb_engine", "pipelines.reconciling.reconcile", "expectations.rules")


def digest(found: Sequence[Keys | None]) -> str | None:
    """SHA-256 over counties, rules and their sorted subject keys; None where a job looks for none."""
    if None in found:
        return None
    told = [{rule: sorted(keys) for rule, keys in sorted(county.items())} for county in found if county is not None]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def main() -> None:
    """Run one job and print what it took."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    memory = sys.argv[3] if len(sys.argv) > 3 else None
    if name in _MODULES:
        baselines.load(_MODULES[name])
    else:
        for module in _OURS:
            importlib.import_module(module)
    counties = {below: open_county(below) for below in sorted(folder.iterdir()) if (below / "policy").is_dir()}
    if name == "spark":
        _session(folder, memory)
    with TreePeak() as peak:
        started, before = time.perf_counter(), cpu_of_tree()
        found = [JOBS[name](county, below, memory) for below, county in counties.items()]
        seconds, cpu = time.perf_counter() - started, cpu_of_tree() - before
    told = {"seconds": round(seconds, 3), "cpu": round(cpu, 3), "megabytes": peak.megabytes, "digest": digest(found)}
    if told["digest"] is not None:
        told["findings"] = sum(len(keys) for rules in found if rules is not None for keys in rules.values())
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
