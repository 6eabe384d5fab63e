"""Whole nights by step, from files to workbooks, beside the scan's limit and pandas reading the same files."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from pipelines.benching import baselines
from pipelines.benching.night_job import STEPS
from pipelines.benching.simulated import send

NAMES: Final[Mapping[str, str]] = {
    "scan": "the scan's limit: every staged column of the night hashed once (DuckDB)",
    "reading": "pandas: the night's files read as text, nothing else",
}

Tell = Callable[[str], None]


def bench_nights(
    persons: int,
    months: int,
    memory_limit: str | None = None,
    tell: Tell = lambda _: None,
    counties: int = 1,
    jobs: int = 1,
) -> dict[str, Any]:
    """Seconds, CPU seconds and peak megabytes of each step of ``months`` monthly nights over ``persons`` registered.

    ``ratios``: the newest night's steps over the baselines of the same run. ``growth``: what publishing and the whole
    night take at the end of the history, over what they took in its first month.
    """
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        tell(f"simulate {persons:,} registered persons in {counties} counties, {months} months")
        send(home, persons, counties, months)
        tell(f"{months} nights")
        done = run_job("nights", home, memory_limit, jobs)
        measured = {}
        for job, what in NAMES.items() if baselines.are_there() else ():
            tell(what)
            measured[job] = {key: took for key, took in run_job(job, home).items() if key != "told"}
    nights = done["told"]
    last, first = nights[-1], nights[0]
    ratios = {}
    if measured:
        ratios = {
            "night to scan": ratio(whole(last), measured["scan"]["seconds"]),
            "stage to reading": ratio(last["steps"]["stage"]["seconds"], measured["reading"]["seconds"]),
        }
    return {
        "persons": persons,
        "counties": counties,
        "months": months,
        "cores": os.cpu_count(),
        "jobs": jobs,
        "memory_limit": memory_limit,
        "megabytes": done["megabytes"],
        "nights": nights,
        "baselines": measured,
        "ratios": ratios,
        "growth": {
            "publish": ratio(last["steps"]["publish"]["seconds"], first["steps"]["publish"]["seconds"]),
            "night": ratio(whole(last), whole(first)),
        },
    }


def whole(night: Mapping[str, Any], what: str = "seconds") -> float:
    """Seconds (or CPU seconds) of all steps."""
    return round(float(sum(step[what] for step in night["steps"].values())), 3)


def ratio(ours: float, theirs: float) -> float:
    """One over the other, to two places."""
    return round(ours / max(theirs, 0.001), 2)


def run_job(job: str, home: Path, memory: str | None = None, jobs: int = 1) -> dict[str, Any]:
    """A measurement in a process of its own."""
    command = [sys.executable, "-m", "pipelines.benching.night_job", job, str(home), memory or "", str(jobs)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    took: dict[str, Any] = json.loads(told.splitlines()[-1])
    return took


def as_table(found: Mapping[str, Any]) -> Table:
    """The newest night by step, then the baselines; with a history also how it has grown since the first month."""
    last, first = found["nights"][-1], found["nights"][0]
    title = (
        f"night of {last['as_of']}: {found['persons']:,} registered persons, counties: {found['counties']}, "
        f"{last['rows']:,} rows, {last['findings']:,} findings, {found['cores']} cores"
    )
    table = Table("step", "seconds", "share", "CPU s", "MB at peak", "× first month", title=title)
    for step in STEPS:
        took = last["steps"][step]
        table.add_row(
            step,
            f"{took['seconds']:.1f}",
            f"{took['seconds'] / whole(last):.0%}",
            f"{took['cpu']:.1f}",
            f"{took['megabytes']:,.0f}",
            f"{ratio(took['seconds'], first['steps'][step]['seconds']):.2f}" if found["months"] > 1 else "",
        )
    table.add_row(
        "night", f"{whole(last):.1f}", "", f"{whole(last, 'cpu'):.1f}", f"{found['megabytes']:,}", "", end_section=True
    )
    for job, took in found["baselines"].items():
        table.add_row(NAMES[job], f"{took['seconds']:.1f}", "", f"{took['cpu']:.1f}", f"{took['megabytes']:,}", "")
    for what, value in found["ratios"].items():
        table.add_row(what, f"× {value:.2f}", "", "", "", "")
    return table
