"""A night with a few refused rows: nobody is accused or cleared for them, and page, ledger and flow name the cause."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from homes import AS_OF, COUNTY, copy_home, settings_of
from sqlalchemy import select

from expectations.feeds import FEEDS_BY_NAME
from pipelines.evaluation.indicators import read_flow
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night
from warehouse.books.deliveries import in_force
from warehouse.books.runs import list_runs
from warehouse.books.schema import finding_events
from warehouse.staged import StagedChangedError

NEXT = date(2026, 7, 15)
REGISTER = ("register_households", "register_members")


@dataclass(frozen=True)
class Night:
    """The register once more as of NEXT: a household without an income, two members without a value that they need."""

    settings: Settings
    summary: Mapping[str, Any]
    before: list[dict[str, Any]]
    household: str
    persons: list[str]
    open_member: str
    """The one of them who counts among the poor; his household's number is what is missing."""

    def dataset(self, name: str) -> list[dict[str, Any]]:
        path = getattr(self.settings.home.lake, name)(self.summary["run"])
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows


@pytest.fixture(scope="module")
def night(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Night:
    home = copy_home(night_home, tmp_path_factory.mktemp("refused") / "home")
    settings = replace(settings_of(home), now=lambda: datetime(2026, 7, 16, 2, tzinfo=UTC))
    (first,) = list_runs(settings.home.books)
    before = pq.read_table(settings.home.lake.findings(first.id)).to_pylist()
    certain = [row for row in before if row["certainty"] == "certain"]
    household = next(row["household_no"] for row in certain if row["rule"] == "TL02")
    sent = {feed: rows_of(home, feed) for feed in REGISTER}
    status = {row["户编号"]: row["脱贫属性"] for row in sent["register_households"]}
    uninsured = [r for r in certain if r["rule"] == "CV01" and r["household_no"] != household]
    persons = [
        next(r["person_id"] for r in uninsured if (status[r["household_no"]] == "已脱贫") is exited)
        for exited in (True, False)
    ]
    heading = {feed: {c.name: c.title for c in FEEDS_BY_NAME[feed].columns} for feed in REGISTER}
    members = []
    for row in sent["register_households"]:
        if row["户编号"] == household:
            row[heading["register_households"]["income_current"]] = "看不懂"
    for person, column in zip(persons, ("person_status", "household_no"), strict=True):
        (mine,) = [row for row in sent["register_members"] if row["证件号码"] == person]
        members.append(mine["人编号"])
        mine[heading["register_members"][column]] = ""
    for feed, rows in sent.items():
        with (home / "inbox" / f"{feed}_{COUNTY}_{NEXT:%Y%m%d}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (summary,) = run_night(settings, NEXT).summaries
    return Night(settings, summary, before, household, persons, members[1])


def rows_of(home: Path, feed: str) -> list[dict[str, str]]:
    (path,) = home.rglob(f"archive/**/{feed}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_nobody_is_accused(night: Night) -> None:
    had = {(row["rule"], row["subject_key"]) for row in night.before}
    new = [row for row in night.dataset("findings") if (row["rule"], row["subject_key"]) not in had]
    assert [(row["rule"], row["subject_key"]) for row in new if row["certainty"] == "certain"] == []


def test_nobody_is_cleared_and_ledger_and_page_say_why(night: Night) -> None:
    lost = {("TL02", night.household), *(("CV01", person) for person in night.persons)}
    found = {(row["rule"], row["subject_key"]) for row in night.dataset("findings")}
    assert not found & lost
    ledger = {
        (r["rule"], r["subject_key"]): r for r in night.dataset("ledger") if (r["rule"], r["subject_key"]) in lost
    }
    assert ledger.keys() == lost
    assert {(row["state"], row["unchecked"], row["cleared_by"]) for row in ledger.values()} == {("已派发", True, None)}
    assert night.summary["findings"]["cleared"] == 0
    with night.settings.home.books.connect() as connection:
        for row in ledger.values():
            query = select(finding_events).where(finding_events.c.finding_id == row["finding_id"])
            last = connection.execute(query.order_by(finding_events.c.seq)).all()[-1]
            assert (last.to_state, last.why) == ("已派发", "本次未能核对：有关的记录被本方退回")
    unchecked = {row["rule"]: row["findings"] for row in night.summary["unchecked"]}
    assert unchecked["TL02"] >= 1
    assert unchecked["CV01"] >= len(night.persons)
    page = night.settings.home.lake.run_folder(night.summary["run"]) / "summary.html"
    assert f"其中本次未能核对 {sum(unchecked.values())}" in page.read_text(encoding="utf-8")


def test_stock_and_flow_close_and_name_who_is_missing_for_a_refused_row(night: Night) -> None:
    flow, told = read_flow(night.settings, COUNTY, AS_OF, NEXT)
    households, persons = flow["households"], flow["persons"]
    assert (households["reconciles"], persons["reconciles"]) == (True, True)
    assert households["refused_now"] == [night.household]
    assert night.open_member in persons["refused_now"]
    assert (households["disappeared"], persons["disappeared"]) == ([], [])
    assert any("因本方退回未能核对" in line for line in told)


def test_stock_and_flow_use_what_was_refused_and_nothing_else_that_lies_there(night: Night) -> None:
    lake, feed = night.settings.home.lake, "register_households"
    (there,) = [d for d in in_force(night.settings.home.books, COUNTY) if (d.feed, d.as_of) == (feed, NEXT)]
    path = lake.quarantined_rows(feed, COUNTY, there.id)
    kept = path.read_bytes()
    path.write_bytes(b"")
    with pytest.raises(StagedChangedError, match=there.id):
        read_flow(night.settings, COUNTY, AS_OF, NEXT)
    path.write_bytes(kept)
