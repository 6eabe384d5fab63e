"""Simulated counties, made once a worker."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from builders import World
from oracle.inbox import load_staged

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
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    """``simulated(households, seed, as_of, months=1)``, clean."""

    @cache
    def make(households: int, seed: int, as_of: date, months: int = 1) -> Simulated:
        folder = tmp_path_factory.mktemp("county")
        report = simulate(
            county=COUNTY,
            as_of=as_of,
            households=households,
            seed=seed,
            months=months,
            out=folder / "inbox",
            truth=folder / "truth.csv",
        )
        return Simulated(folder, report)

    return make
