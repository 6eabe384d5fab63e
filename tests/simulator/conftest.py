"""Simulated counties, made once for all workers."""

import csv
import pickle
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from builders import World
from oracle.inbox import load_staged
from sharing import folder_of_all, made_once

from pipelines.simulator import SimulationReport, simulate

COUNTY = "522601"
Truth = dict[date, dict[str, dict[tuple[str, str], str]]]
"""as-of -> rule -> (subject_key, period) -> certainty."""


@dataclass(frozen=True)
class Simulated:
    """One simulation's folder and report."""

    folder: Path
    report: SimulationReport

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def truth(self) -> Truth:
        found: Truth = defaultdict(lambda: defaultdict(dict))
        with (self.folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["subject_key"], row["period"])
                assert key not in found[date.fromisoformat(row["as_of"])][row["rule"]], "a finding stands twice"
                found[date.fromisoformat(row["as_of"])][row["rule"]][key] = row["certainty"]
        return found

    def world(self, d: date) -> World:
        """What had been delivered by ``d``, read by the oracle's plain code."""
        files = [path for path in self.inbox.iterdir() if path.stem[-8:] <= f"{d:%Y%m%d}"]
        return load_staged(files, sorted((self.folder / "policy").iterdir()), d)


Simulator = Callable[..., Simulated]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Simulator:
    """``simulated(households, seed, as_of, months=1, other_offices=False)``, clean; each made once for all workers."""
    shared = folder_of_all(tmp_path_factory, worker_id)

    @cache
    def find(households: int, seed: int, as_of: date, months: int = 1, other_offices: bool = False) -> Simulated:
        def make(folder: Path) -> None:
            report = simulate(
                county=COUNTY,
                as_of=as_of,
                households=households,
                seed=seed,
                months=months,
                out=folder / "inbox",
                truth=folder / "truth.csv",
                other_offices=other_offices,
            )
            (folder / "report").write_bytes(pickle.dumps(report))

        folder = made_once(shared / f"county_{households}_{seed}_{as_of}_{months}_{other_offices}", make)
        return Simulated(folder, pickle.loads((folder / "report").read_bytes()))  # noqa: S301 - written by a worker

    return find
