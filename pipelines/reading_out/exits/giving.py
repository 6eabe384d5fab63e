"""``liangxian exits``: open households and the conditions of leaving as a workbook, audited before it is given out."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.errors import NotYetError
from expectations.rules.needs import REGISTER
from pipelines.conforming import conformed_of
from pipelines.house.counties import county_name
from pipelines.house.settings import Settings
from pipelines.reading_out.exits.judging import Prechecked, State, precheck
from pipelines.reading_out.exits.workbook import write_exits
from pipelines.reading_out.findings import hand_over
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.recorded import runs_at
from warehouse.books.runs import Run


@dataclass(frozen=True)
class Given:
    """What was written: open households, how many meet every condition, and answers by rule and state."""

    households: int
    all_met: int
    answers: Mapping[str, Mapping[str, int]]
    silent: Mapping[str, Mapping[str, str]]
    refused: int


def give_exits(settings: Settings, d: date, target: Path, *, unmask: bool = False) -> Given:
    """Write the open households of D to a workbook, by what counted in the run recorded for D.

    Names are masked without ``unmask``. The audit log has every file before it is written. Raises NotYetError where no
    run is recorded for D or it had no register, RefusedError where its rows were erased, NotYoursError,
    PurposeMissingError.
    """
    if unmask:
        settings.actor.need_clear()
    runs = runs_at(settings, d)
    for run in runs:
        settings.actor.need_county(run.county)
    found = {run.county: _precheck(settings, run) for run in runs}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exits.xlsx"
        write_exits(path, d, {county_name(code): one for code, one in found.items()}, in_clear=unmask)
        given = _summed(found)
        asked = {
            "counties": [run.county for run in runs],
            "runs": [run.id for run in runs],
            "as_of": d.isoformat(),
            "format": "xlsx",
            "unmask": unmask,
        }
        record_read(settings, what="exits", asked=asked, rows=given.households, content=path.read_bytes())
        hand_over(path, target)
    return given


def _precheck(settings: Settings, run: Run) -> Prechecked:
    settings.tell(f"exits {run.county}")
    conformed = conformed_of(settings, run)
    absent = [conformed.missing[feed] for feed in REGISTER if feed not in conformed.feeds]
    if absent:
        raise NotYetError(f"the run of {run.as_of} had no register", why="；".join(absent))
    return precheck(settings.engine, settings.home.lake, conformed, settings.policies.at(run.county, run.as_of))


def _summed(found: Mapping[str, Prechecked]) -> Given:
    every = [one for own in found.values() for one in own.candidates]
    codes = dict.fromkeys(code for one in every for code in one.answers)
    return Given(
        households=len(every),
        all_met=sum(one.all_met for one in every),
        answers={
            code: {state.value: sum(one.answers[code].state is state for one in every) for state in State}
            for code in codes
        },
        silent={county: own.silent for county, own in found.items()},
        refused=sum(own.refused for own in found.values()),
    )
