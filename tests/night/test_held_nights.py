"""A file that looks incomplete, over several nights: it accuses nobody until somebody has confirmed it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from homes import AS_OF, COUNTY, NIGHT, copy_home, rows_of, settings_of

from pipelines.commands.nights import is_incomplete
from pipelines.desk.releasing import release
from pipelines.desk.withdrawing import withdraw
from pipelines.house.records.night import Summary
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night
from warehouse.books.deliveries import Delivery, in_force, list_deliveries

ST = "students"
NEXT = AS_OF + timedelta(days=1)


@pytest.fixture
def settings(night_home: Path, tmp_path: Path) -> Settings:
    """A home after its night, to write in, an hour later."""
    home = settings_of(copy_home(night_home, tmp_path / "home"))
    return replace(home, now=lambda: NIGHT + timedelta(hours=1))


def send_headings_alone(settings: Settings) -> None:
    """The pupils once more, of whom nobody is left."""
    (sent,) = settings.home.folder.rglob(f"archive/**/{ST}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    settings.inbox.mkdir(exist_ok=True)
    (settings.inbox / sent.name).write_text(",".join(rows_of(sent)[0]) + "\n", encoding="utf-8")


def pupils(settings: Settings) -> Delivery:
    (found,) = [d for d in in_force(settings.home.books, COUNTY) if d.feed == ST]
    return found


def found_of(summary: Summary, rule: str) -> int:
    return {row["rule"]: row["findings"] for row in summary["rules"]}[rule]


def test_a_file_without_rows_accuses_nobody_until_somebody_confirms_it(settings: Settings) -> None:
    before = pupils(settings)
    send_headings_alone(settings)
    (waits,) = run_night(settings, NEXT).summaries
    (held,) = [d for d in list_deliveries(settings.home.books) if d.status == "held"]
    assert [(d["id"], d["status"]) for d in waits["stopped"]] == [(held.id, "held")]
    assert is_incomplete(waits)
    assert (waits["findings"]["new"], waits["findings"]["cleared"]) == (0, 0)
    assert pupils(settings) == before
    dropped_out = found_of(waits, "CV03")

    release(settings, held.id, "已核实")
    (released,) = run_night(settings, NEXT).summaries
    assert released["stopped"] == []
    assert found_of(released, "CV03") > dropped_out
    assert released["findings"]["new"] > 0

    withdraw(settings, held.id, "还是报漏了", before.id)
    (back,) = run_night(settings, NEXT).summaries
    assert len({waits["run"], released["run"], back["run"]}) == 3
    assert found_of(back, "CV03") == dropped_out
    assert back["findings"]["cleared"] == 0  # nobody put anything right
    assert back["dropped"] == {"数据撤回": released["findings"]["new"]}
