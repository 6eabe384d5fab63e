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

from pipelines.benching.night_job import STEPS
from pipelines.benching.simulated import CODE, D, households_of

NAMES: Final[Mapping[str, str]] = {
    "scan": "the scan's limit: every staged column of the night hashed once (DuckDB)",
    "reading": "pandas: the night's files read as text, nothing else",
}


def bench_nights(
    persons: int, months: int, memory_limit: str | None = None, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Seconds, CPU seconds and peak megabytes of each step of ``months`` monthly nights over ``persons`` registered.

    ``ratios``: the newest night's steps over the baselines of the same run. ``growth``: what publishing and the whole
    night take at the end of the history, over what they took in its first month.
    """
    from pipelines.simulator import simulate

    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        tell(f"simulate {persons:,} registered persons, {months} months")
        simulate(
            county=CODE,
            as_of=D,
            households=households_of(persons),
            seed=1,
            months=months,
            out=home / "sent",
            policy=home / "policy",
        )
        tell(f"{months} nights")
        done = _run("nights", home, memory_limit)
        baselines = {}
        for job, what in NAMES.items():
            tell(what)
            baselines[job] = {key: took for key, took in _run(job, home, None).items() if key != "nights"}
    nights = done["nights"]
    last, first = nights[-1], nights[0]
    return {
        "persons": persons,
        "months": months,
        "cores": os.cpu_count(),
        "memory_limit": memory_limit,
        "megabytes": done["megabytes"],
        "nights": nights,
        "baselines": baselines,
        "ratios": {
            "night to scan": _ratio(_whole(last), baselines["scan"]["seconds"]),
            "stage to reading": _ratio(last["steps"]["stage"]["seconds"], baselines["reading"]["seconds"]),
        },
        "growth": {
            "publish": _ratio(last["steps"]["publish"]["seconds"], first["steps"]["publish"]["seconds"]),
            "night": _ratio(_whole(last), _whole(first)),
        },
    }


def _whole(night: Mapping[str, Any]) -> float:
    return float(sum(step["seconds"] for step in night["steps"].values()))


def _ratio(ours: float, theirs: float) -> float:
    return round(ours / max(theirs, 0.001), 2)


def _run(job: str, home: Path, memory: str | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "pipelines.benching.night_job", job, str(home), *([memory] if memory else [])]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    took: dict[str, Any] = json.loads(told.splitlines()[-1])
    return took


def as_table(found: Mapping[str, Any]) -> Table:
    """The newest night by step, then the baselines; with a history also how it has grown since the first month."""
    last, first = found["nights"][-1], found["nights"][0]
    title = (
        f"night of {last['as_of']}: {found['persons']:,} registered persons, {last['rows']:,} rows, "
        f"{last['findings']:,} findings, {found['cores']} cores"
    )
    table = Table("step", "seconds", "share", "CPU s", "MB at peak", "× first month", title=title)
    for step in STEPS:
        took = last["steps"][step]
        table.add_row(
            step,
            f"{took['seconds']:.1f}",
            f"{took['seconds'] / _whole(last):.0%}",
            f"{took['cpu']:.1f}",
            f"{took['megabytes']:,.0f}",
            f"{_ratio(took['seconds'], first['steps'][step]['seconds']):.2f}" if found["months"] > 1 else "",
        )
    table.add_row("night", f"{_whole(last):.1f}", "", "", f"{found['megabytes']:,}", "", end_section=True)
    for job, took in found["baselines"].items():
        table.add_row(NAMES[job], f"{took['seconds']:.1f}", "", f"{took['cpu']:.1f}", f"{took['megabytes']:,}", "")
    for what, ratio in found["ratios"].items():
        table.add_row(what, f"× {ratio:.2f}", "", "", "", "")
    return table
