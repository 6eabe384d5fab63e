"""The run's summary on disk: summary.json for machines, summary.html for people."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pipelines.house.records.night import Summary
from pipelines.reporting.page import render_page
from pipelines.reporting.wording import RuleInfo
from warehouse.lake import Lake, atomic_path, write_text

PARTS: Final = ("summary.json", "summary.html")
"""What a summary consists of."""


def write_summary(*, lake: Lake, run: str, summary: Summary, rules: Sequence[RuleInfo]) -> tuple[Path, Path]:
    """Write ``summary.json`` and ``summary.html`` into the run's folder; return both paths. No personal data."""
    folder = lake.run_folder(run)
    data, page = folder / PARTS[0], folder / PARTS[1]
    write_text(page, render_page(summary, rules))
    told: Mapping[str, object] = {**summary}
    ordered = {key: told[key] for key in Summary.__annotations__ if key in told}
    # the JSON comes last: where it stands, the night was finished
    write_text(data, json.dumps(ordered, ensure_ascii=False, indent=2, default=str) + "\n")
    return data, page


def show_latest(lake: Lake, run: str, county: str) -> None:
    """Put a run's summary where the county's newest one always lies; its links lead on from there as well."""
    for part in PARTS:
        with atomic_path(lake.latest(county) / part) as temporary:
            shutil.copyfile(lake.run_folder(run) / part, temporary)
