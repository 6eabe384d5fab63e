"""Staging against pandas on the same messy files."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table

from pipelines.benching import baselines
from pipelines.benching.messy import FEED, write_csv, write_xlsx

NAMES = {
    "staging": "liangxian: decode, parse, clean, validate, write Parquet",
    "reading": "pandas: read the file as text, nothing else",
    "cleaning": "pandas: the same cleaning, written plainly",
}


def bench_staging(rows: int, xlsx_rows: int, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Seconds, peak megabytes and ratios for a CSV file of ``rows`` and a workbook of ``xlsx_rows``."""
    out: dict[str, Any] = {"feed": FEED.name, "columns": len(FEED.columns), "cores": os.cpu_count(), "files": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count, write in ((rows, write_csv), (xlsx_rows, write_xlsx)):
            if count:
                tell(f"write {count} rows")
                out["files"].append(_bench_file(write(folder, count), count, folder, tell))
    return out


def _bench_file(file: Path, rows: int, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    found: dict[str, dict[str, float]] = {}
    for job in NAMES if baselines.are_there() else ("staging",):
        tell(f"{file.suffix[1:]}: {NAMES[job]}")
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            command = [sys.executable, "-m", "pipelines.benching.job", job, str(file), scratch]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
        found[job] = json.loads(told.splitlines()[-1])
    mine = found["staging"]
    return {
        "format": file.suffix[1:],
        "rows": rows,
        "megabytes": round(file.stat().st_size / 1e6, 1),
        "jobs": found,
        "ratios": {
            job: {
                "seconds": round(mine["seconds"] / max(found[job]["seconds"], 0.01), 2),
                "megabytes": round(mine["megabytes"] / found[job]["megabytes"], 2),
            }
            for job in ("reading", "cleaning")
            if job in found
        },
    }


def as_table(found: dict[str, Any]) -> Table:
    """The measurements for people: one line a file and job; ratios are staging's over the baseline's."""
    table = Table(
        "file", "job", "seconds", "MB at peak", "staging takes", title=f"{found['feed']}, {found['cores']} cores"
    )
    for file in found["files"]:
        for job, took in file["jobs"].items():
            ratio = file["ratios"].get(job)
            said = f"{ratio['seconds']} × its time, {ratio['megabytes']} × its memory" if ratio else ""
            what = f"{file['format']}, {file['rows']:,} rows"
            table.add_row(what, NAMES[job], f"{took['seconds']:.2f}", f"{took['megabytes']:,}", said)
    return table
