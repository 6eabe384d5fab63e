"""Many small counties in one home: a night of all of them, and what one correction costs among them and alone."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from pipelines.benching.night_job import STEPS
from pipelines.benching.nights import Tell, ratio, run_job, whole
from pipelines.benching.simulated import CODE, D, send

NAMES: Final[Mapping[str, str]] = {
    "night": "night over all counties",
    "one county": "night over one county with as many persons altogether",
    "arrival": "a correction for one county among all",
    "arrival alone": "the same correction in a home with that county alone",
}

_CORRECTED: Final = f"low_income_members_{CODE}_{D:%Y%m%d}.csv"


def bench_counties(
    counties: int, persons: int, jobs: int, memory_limit: str | None = None, tell: Tell = lambda _: None
) -> dict[str, Any]:
    """Each of NAMES by step over ``counties`` of ``persons`` registered each; ratios of the like to the like."""
    with tempfile.TemporaryDirectory() as name:
        all_of_them, alone, one = (Path(name) / folder for folder in ("all", "alone", "one"))
        found: dict[str, dict[str, Any]] = {}
        for home, size, number, night, arrival in (
            (all_of_them, persons * counties, counties, "night", "arrival"),
            (alone, persons, 1, None, "arrival alone"),
            (one, persons * counties, 1, "one county", None),
        ):
            tell(f"simulate {size:,} registered persons in {number} counties")
            send(home, size, number, 1)
            correction = (home / "sent" / _CORRECTED).read_text(encoding="utf-8-sig").splitlines()[:-1]
            tell(NAMES[night] if night else "the county's first night")
            done = run_job("nights", home, memory_limit, jobs)
            if night:
                found[night] = _summary(done, done["told"][-1])
            if arrival:
                (home / "inbox" / _CORRECTED).write_text("\n".join(correction) + "\n", encoding="utf-8-sig")
                tell(NAMES[arrival])
                done = run_job("arrivals", home, memory_limit, jobs)
                found[arrival] = _summary(done, done["told"])
            shutil.rmtree(home)
    steps = {job: took["steps"] for job, took in found.items()}
    return {
        "counties": counties,
        "persons": persons,
        "cores": os.cpu_count(),
        "jobs": jobs,
        "memory_limit": memory_limit,
        "measured": found,
        "ratios": {
            "arrival among all to alone": ratio(found["arrival"]["seconds"], found["arrival alone"]["seconds"]),
            "night over all to one county": ratio(found["night"]["seconds"], found["one county"]["seconds"]),
            "rules over all to one county": ratio(_rules(steps["night"]), _rules(steps["one county"])),
        },
    }


def _summary(done: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seconds": whole(told),
        "cpu": whole(told, "cpu"),
        "megabytes": done["megabytes"],
        "steps": told["steps"],
        "counties": told["counties"],
        "findings": told["findings"],
    }


def _rules(steps: Mapping[str, Mapping[str, float]]) -> float:
    """Evaluating and recording: counties side by side do both in one go."""
    return steps["reconcile"]["seconds"] + steps["record"]["seconds"]


def as_table(found: Mapping[str, Any]) -> Table:
    """One line each, by step, then the ratios."""
    size = f"{found['counties']} counties of {found['persons']:,} registered"
    title = f"{size}, {found['cores']} cores, jobs: {found['jobs']}"
    table = Table("what", "counties", "findings", *STEPS, "seconds", "CPU s", "MB at peak", title=title)
    for job, took in found["measured"].items():
        table.add_row(
            NAMES[job],
            str(took["counties"]),
            f"{took['findings']:,}",
            *(f"{took['steps'][step]['seconds']:.1f}" for step in STEPS),
            f"{took['seconds']:.1f}",
            f"{took['cpu']:.1f}",
            f"{took['megabytes']:,}",
        )
    table.add_section()
    for what, value in found["ratios"].items():
        table.add_row(what, f"× {value:.2f}")
    return table
