"""A run withdrawn by command: books, warehouse and pages without it; and a day to come is recorded by nobody."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from homes import AS_OF, COUNTY, NIGHT, copy_home, rows_of, settings_of
from recording.county import fill
from sqlalchemy import func, select
from typer.testing import CliRunner

from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import State
from pipelines.cli import app
from pipelines.desk.housekeeping import keep_house
from pipelines.desk.ledger import review_finding, take_feedback
from pipelines.desk.sending import send
from pipelines.desk.undoing import withdraw_run
from pipelines.house.settings import DayToComeError, Settings
from pipelines.night.backfilling import backfill
from pipelines.night.flow import reconcile_county, run_arrivals, run_night
from pipelines.night.publishing import recorded_runs
from warehouse.books.deliveries import list_deliveries
from warehouse.books.schema import finding_events, findings, rule_runs, runs

TOMORROW = AS_OF + timedelta(days=2)
"""In the counties, where the night's clock stands at the first of July."""


@pytest.mark.parametrize(
    "record",
    [
        run_night,
        run_arrivals,
        lambda settings, day: reconcile_county(settings, COUNTY, day),
        lambda settings, day: backfill(settings, AS_OF, day),
        lambda settings, day: take_feedback(settings, [], day),
        lambda settings, day: review_finding(settings, "8f", day, None),
        lambda settings, day: send(settings, (), day),
        keep_house,
    ],
    ids=["night", "arrivals", "county", "backfill", "feedback", "review", "sending", "housekeeping"],
)
def test_of_a_day_to_come_nothing_is_recorded(record: Any, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    with pytest.raises(DayToComeError, match="2026-07-02 is a day to come: it is 2026-07-01 in the counties"):
        record(settings, TOMORROW)
    assert not settings.home.lake.books.exists()


def test_the_day_begins_and_ends_where_the_counties_are(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    late = replace(settings, now=lambda: NIGHT.replace(hour=16))
    late.need_past(TOMORROW)
    with pytest.raises(DayToComeError):
        replace(settings, now=lambda: NIGHT.replace(hour=15, minute=59)).need_past(TOMORROW)


def count(settings: Settings, table: Any) -> int:
    with settings.home.books.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def standing(settings: Settings) -> list[dict[str, Any]]:
    with settings.home.books.connect() as connection:
        query = select(findings).order_by(findings.c.finding_id)
        return [dict(row._mapping) for row in connection.execute(query)]


@pytest.mark.slow
def test_a_withdrawn_run_leaves_books_warehouse_and_pages_and_may_be_run_again(
    night_home: Path, tmp_path: Path
) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    before, events = standing(settings), count(settings, finding_events)
    (run,) = recorded_runs(settings)
    taken = {d.id for d in list_deliveries(settings.home.books) if d.taken_by == run.id}
    assert taken

    asked = ["run-withdraw", run.id, "--reason", "日期写错了", "--json", "--home", str(home)]
    done = CliRunner().invoke(app, asked, env={"LIANGXIAN_LOG": "ERROR"})
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told == {
        "run": run.id,
        "county": COUNTY,
        "as_of": AS_OF.isoformat(),
        "findings_moved": 0,
        "findings_found": len(before),
        "findings_kept": 0,
        "newest": None,
    }
    assert (standing(settings), recorded_runs(settings)) == ([], [])
    assert count(settings, finding_events) == events + len(before)
    assert count(settings, rule_runs) == 0
    assert {d.id for d in list_deliveries(settings.home.books) if d.taken_by is None} >= taken
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM warehouse.fact_finding").fetchall() == [(0,)]
    assert not (settings.home.lake.run_folder(run.id) / "summary.json").exists()
    assert not (settings.home.lake.latest(COUNTY) / "summary.html").exists()
    assert run.id not in settings.home.lake.index.read_text(encoding="utf-8")
    with settings.home.books.connect() as connection:
        why = connection.execute(select(runs.c.withdrawn_why)).scalar() or ""
    assert why.endswith("：日期写错了")

    (summary,) = run_night(settings, AS_OF).summaries
    assert summary["run"] == run.id
    assert standing(settings) == before
    assert (home / "latest" / COUNTY / "summary.html").exists()


ANSWERED = {"核实结果": "属实", "核实说明": "已入户", "整改措施": "更正", "整改时限": "2026-09-30", "责任人": "王一"}


def is_in(book: Path, finding_id: str) -> bool:
    """Whether a workbook lists the finding."""
    opened = openpyxl.load_workbook(book, read_only=True)
    return "问题清单" in opened.sheetnames and any(
        finding_id in row for row in opened["问题清单"].iter_rows(values_only=True)
    )


@pytest.mark.slow
def test_what_was_answered_stays_in_warehouse_and_workbooks_of_the_run_before(night_home: Path, tmp_path: Path) -> None:
    """Next day's register has one birth year wrong: the finding is answered, then its run is undone."""
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    (before,) = recorded_runs(settings)
    later = AS_OF + timedelta(days=1)
    for feed in ("register_households", "register_members"):
        sent = rows_of(next(path for path in home.rglob(f"{feed}_{COUNTY}_{AS_OF:%Y%m%d}.csv")))
        if feed == "register_members":
            sent[6][sent[0].index(FEEDS_BY_NAME[feed]["birth_date"].title)] = "1901-01-01"
        with (home / "inbox" / f"{feed}_{COUNTY}_{later:%Y%m%d}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(sent)
    (summary,) = run_night(settings, later).summaries
    (new,) = [row for row in standing(settings) if row["first_seen"] == later and row["rule"] == "ID03"]
    assert new["state"] == State.DISPATCHED
    book = next(path for path in (home / "reports" / summary["run"]).rglob("*.xlsx") if is_in(path, new["finding_id"]))
    answered = fill(book, tmp_path / "sent.xlsx", {new["finding_id"]: ANSWERED}, by="问题编号")
    assert take_feedback(settings, [answered], later)[0].receipt.refused == ()
    told = next(row for row in standing(settings) if row["finding_id"] == new["finding_id"])

    # what was recorded after a report was written is due again, and files have their times from the machine's clock
    at_work = replace(settings, now=lambda: datetime.now(UTC))
    done = withdraw_run(at_work, summary["run"], "截止日写错了")
    assert (done.kept, done.newest and done.newest.id) == (1, before.id)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        query = "SELECT last_seen, state FROM warehouse.fact_finding WHERE finding_id = ?"
        assert connection.execute(query, [new["finding_id"]]).fetchall() == [(AS_OF, told["state"])]
    again = home / "reports" / before.id / book.relative_to(home / "reports" / summary["run"])
    assert is_in(again, new["finding_id"])
