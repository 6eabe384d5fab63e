"""Rounds of all jobs on the same counties, interleaved so that a noisy machine is noisy for all, and their ratios."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.table import Table

from pipelines.benching import baselines

NAMES: Final[Mapping[str, str]] = {
    "rules": "liangxian: the rules, subject keys only",
    "judged": "liangxian: with places and certainty",
    "reconciled": "liangxian: with sentences, evidence and ids, as a night does",
    "refused": "liangxian: the same beside the rows that were refused",
    "replayed": "liangxian: the same after all rules were replayed",
    "spark": "liangxian: the same on Spark, whose session is there already",
    "scan": "the scan's limit: every used column hashed once (DuckDB)",
    "sql": "the rules in SQL written by hand (DuckDB)",
    "polars": "the rules in Polars, streaming",
    "pandas": "the rules in pandas, written plainly",
}
BASELINES: Final = ("scan", "sql", "polars", "pandas")
NIGHT: Final = "reconciled"
DEARER: Final = ("refused", "replayed")
"""Nights that cost more than the plain one: their ratio to it is one of CPU seconds."""
USUAL: Final = tuple(job for job in NAMES if job not in (*DEARER, "spark"))
"""What is measured where nothing is asked for: on one machine Spark is there to be checked, not to be fast."""


def bench_rules(
    persons: int,
    rounds: int,
    jobs: Sequence[str] = USUAL,
    memory_limit: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
    counties: int = 1,
    refused: int = 0,
) -> dict[str, Any]:
    """Seconds (best, median, CPU) and peak megabytes of each job over ``persons`` registered; our ratios to theirs.

    ``counties``: how many the persons live in; every job takes one after the other, in one process. ``refused``:
    percent of the rows that no job has, and that one has in quarantine.
    """
    from pipelines.benching.rules.county import lay_down, open_county

    chosen = [job for job in NAMES if job in jobs and (job not in BASELINES or _is_there(job))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows: Counter[str] = Counter()
        for seed in range(1, counties + 1):
            tell(f"simulate {persons // counties:,} registered persons ({seed} of {counties} counties)")
            county = folder / f"{seed:03}"
            lay_down(county, persons // counties, seed, refused)
            rows.update(open_county(county).rows())
        runs: dict[str, list[dict[str, Any]]] = {job: [] for job in chosen}
        for number in range(1, rounds + 1):
            for job in chosen:
                tell(f"round {number} of {rounds}: {NAMES[job]}")
                runs[job].append(_run(job, folder, memory_limit))
    took = {job: _summary(found) for job, found in runs.items()}
    return {
        "persons": persons,
        "counties": counties,
        "rows": dict(rows),
        "rounds": rounds,
        "cores": os.cpu_count(),
        "memory_limit": memory_limit,
        "refused_percent": refused,
        "jobs": took,
        "findings_agree": len({run["digest"] for found in runs.values() for run in found if run["digest"]}) <= 1,
        "ratios": {
            job: {other: _ratio(took[job], took[other]) for other in BASELINES if other in took}
            for job in took
            if job not in BASELINES
        },
        "to_a_night": {
            job: round(took[job]["cpu"] / took[NIGHT]["cpu"], 2) for job in DEARER if job in took and NIGHT in took
        },
    }


def _is_there(baseline: str) -> bool:
    return baselines.are_there() and (baseline != "polars" or find_spec("polars") is not None)


def _ratio(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
    ratio: float = ours["best"] / max(theirs["best"], 0.001)
    return round(ratio, 2)


def _run(job: str, folder: Path, memory: str | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "pipelines.benching.rules.job", job, str(folder), *([memory] if memory else [])]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    run: dict[str, Any] = json.loads(told.splitlines()[-1])
    return run


def _summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    seconds = [run["seconds"] for run in runs]
    return {
        "best": min(seconds),
        "median": round(median(seconds), 3),
        "cpu": min(run["cpu"] for run in runs),
        "megabytes": max(run["megabytes"] for run in runs),
        "findings": runs[0].get("findings"),
    }


def as_table(found: Mapping[str, Any]) -> Table:
    """The measurements for people: one line a job, ours with their ratios to the baselines."""
    agree = "same findings" if found["findings_agree"] else "FINDINGS DIFFER"
    where = f" in {found['counties']} counties" if found["counties"] > 1 else ""
    title = f"{found['persons']:,} registered persons{where}, {found['cores']} cores, {found['rounds']} rounds, {agree}"
    baselines = [job for job in BASELINES if job in found["jobs"]]
    table = Table("job", "best s", "median s", "CPU s", "MB at peak", *(f"× {job}" for job in baselines), title=title)
    for job, took in found["jobs"].items():
        ratios = found["ratios"].get(job, {})
        shown = (f"{ratios[other]:.2f}" if other in ratios else "" for other in baselines)
        table.add_row(
            NAMES[job],
            f"{took['best']:.2f}",
            f"{took['median']:.2f}",
            f"{took['cpu']:.2f}",
            f"{took['megabytes']:,}",
            *shown,
        )
    for job, ratio in found["to_a_night"].items():
        table.add_row(f"CPU s of “{job}” to those of “{NIGHT}”", f"× {ratio:.2f}")
    return table
