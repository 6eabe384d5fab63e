"""Arrivals: a run of the counties that something came for, which sends nothing out; nothing that came is lost."""

import csv
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from homes import AS_OF, COUNTY, NIGHT, REJECTED, copy_home, settings_of
from night.counties import Home
from sqlalchemy import select

from expectations.finding import State
from pipelines.desk.releasing import restore
from pipelines.desk.withdrawing import withdraw
from pipelines.house.settings import Settings
from pipelines.night import flow
from pipelines.night.flow import arrived_counties, reconcile_county, run_arrivals, run_night
from pipelines.night.intake import ingest
from pipelines.recording.verify import verify_ledger
from pipelines.simulator import simulate
from warehouse.books.deliveries import list_deliveries
from warehouse.books.runs import list_runs
from warehouse.books.schema import finding_events, findings

OTHER = "520102"
REGISTER = "register_households"


@pytest.fixture
def settings(night_home: Path, tmp_path: Path) -> Settings:
    """A home after its night, to write in."""
    return settings_of(copy_home(night_home, tmp_path / "home"))


def send_other_county(settings: Settings) -> Settings:
    """A second county's nine feeds in the inbox, and its policy."""
    home = settings.home.folder
    simulate(county=OTHER, as_of=AS_OF, households=20, seed=2, out=home / "inbox", policy=home / "policy")
    return settings_of(home)


def send(settings: Settings, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """A correction of the register."""
    (sent,) = settings.home.folder.rglob(f"archive/**/{REGISTER}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with sent.open(encoding="utf-8-sig", newline="") as stream:
        rows = [change(row) for row in csv.DictReader(stream)]
    settings.inbox.mkdir(exist_ok=True)
    with (settings.inbox / sent.name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def finding_of(settings: Settings, rule: str) -> tuple[str, str]:
    """A finding of the rule and its household."""
    import pyarrow.parquet as pq

    run = list_runs(settings.home.books, COUNTY)[0]
    rows = pq.read_table(settings.home.lake.findings(run.id), filters=[("rule", "=", rule)]).to_pylist()
    return rows[0]["finding_id"], rows[0]["household_no"]


def richer(household: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda row: row | ({"本年度人均纯收入": "9000.00"} if row["户编号"] == household else {})


def state_of(settings: Settings, finding: str) -> dict[str, Any]:
    with settings.home.books.connect() as connection:
        query = select(findings).where(findings.c.finding_id == finding)
        return dict(connection.execute(query).one()._mapping)


def life_of(settings: Settings, finding: str) -> list[str]:
    query = (
        select(finding_events.c.to_state).where(finding_events.c.finding_id == finding).order_by(finding_events.c.seq)
    )
    with settings.home.books.connect() as connection:
        return list(connection.execute(query).scalars())


def test_an_arrival_evaluates_only_its_county_and_the_night_all(settings: Settings) -> None:
    assert arrived_counties(settings) == []
    before = list_runs(settings.home.books, COUNTY)
    settings = send_other_county(settings)

    arrival = run_arrivals(settings, AS_OF)

    assert [summary["county"] for summary in arrival.summaries] == [OTHER]
    assert arrival.summaries[0]["warehouse"]["published"]
    assert len(arrival.summaries[0]["deliveries"]) == 9
    assert list_runs(settings.home.books, COUNTY) == before
    assert arrived_counties(settings) == []
    with settings.home.books.connect() as connection:
        other = connection.execute(select(findings).where(findings.c.county == OTHER)).all()
    assert other
    assert {(row.state, row.batch) for row in other} == {(State.NEW.value, None)}

    assert run_arrivals(settings, AS_OF).summaries == ()
    night = run_night(settings, AS_OF)
    assert [summary["county"] for summary in night.summaries] == [OTHER, COUNTY]
    with settings.home.books.connect() as connection:
        sent = connection.execute(select(findings).where(findings.c.county == OTHER)).all()
    assert {(row.state, row.batch) for row in sent} == {(State.DISPATCHED.value, f"{OTHER}-{AS_OF:%Y%m%d}-01")}
    events = verify_ledger(settings.home.books, OTHER).events
    assert events == 2 * len(other)
    run_night(settings, AS_OF)
    assert verify_ledger(settings.home.books, OTHER).events == events


def test_what_was_withdrawn_and_restored_meets_no_old_run_and_finds_the_same(settings: Settings) -> None:
    first = next(d for d in list_deliveries(settings.home.books) if d.feed == REGISTER)
    (night,) = list_runs(settings.home.books, COUNTY)
    finding, _ = finding_of(settings, "TL02")
    before = state_of(settings, finding)
    settings = replace(settings, now=lambda: NIGHT + timedelta(hours=1))
    withdraw(settings, first.id, "发错了")
    (without,) = run_arrivals(settings, AS_OF).summaries
    assert {r["rule"]: r["status"] for r in without["rules"]}["TL02"] == "not_evaluated"
    restore(settings, first.id)
    (back,) = run_arrivals(settings, AS_OF).summaries
    assert len({night.id, without["run"], back["run"]}) == 3
    assert {r["rule"]: r["findings"] for r in back["rules"]}["TL02"] > 0
    after = state_of(settings, finding)
    assert [after[key] for key in ("state", "batch", "first_seen")] == [
        before[key] for key in ("state", "batch", "first_seen")
    ]
    then = replace(settings, known_at=night.recorded_at)
    assert run_night(then, AS_OF).summaries[0]["run"] == night.id, "what was known then is that night"


def test_a_correction_that_is_taken_back_at_the_same_date_brings_the_findings_back(settings: Settings) -> None:
    finding, household = finding_of(settings, "TL02")
    first = next(d for d in list_deliveries(settings.home.books) if d.feed == REGISTER)
    (night,) = list_runs(settings.home.books, COUNTY)
    send(settings, richer(household))
    (corrected,) = run_arrivals(settings, AS_OF).summaries
    assert state_of(settings, finding)["state"] == State.CLEARED

    restore(settings, first.id)
    assert arrived_counties(settings) == [COUNTY]
    (back,) = run_arrivals(settings, AS_OF).summaries

    assert len({night.id, corrected["run"], back["run"]}) == 3  # what was taken back is no old night
    assert back["findings"]["reopened"] == corrected["findings"]["cleared"] > 0
    assert state_of(settings, finding)["state"] == State.REOPENED
    assert arrived_counties(settings) == []
    run_night(settings, AS_OF)
    assert state_of(settings, finding)["state"] == State.DISPATCHED
    assert life_of(settings, finding) == ["待核实", "已派发", "数据已消除", "重开", "已派发"]
    assert verify_ledger(settings.home.books, COUNTY).is_whole
    assert max(list_runs(settings.home.books, COUNTY), key=lambda run: run.seq or 0).id == back["run"]


def test_what_arrives_while_a_run_evaluates_is_left_to_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding, household = finding_of(settings, "TL02")
    send(settings, lambda row: row | {"备注": "一"})
    evaluate = flow.evaluate

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(flow, "evaluate", evaluate)
        send(settings, richer(household))
        (late,) = ingest(settings, AS_OF).deliveries
        assert late.status == "accepted"
        return evaluate(*arguments)

    monkeypatch.setattr(flow, "evaluate", meanwhile)
    (first,) = run_arrivals(settings, AS_OF).summaries
    assert len(first["deliveries"]) == 1
    assert state_of(settings, finding)["state"] == State.DISPATCHED

    assert arrived_counties(settings) == [COUNTY]
    (second,) = run_arrivals(settings, AS_OF).summaries
    assert [d["id"] for d in second["deliveries"]] != [d["id"] for d in first["deliveries"]]
    assert len(second["deliveries"]) == 1
    assert state_of(settings, finding)["state"] == State.CLEARED


def test_a_run_that_ended_before_its_summary_is_run_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _, household = finding_of(settings, "TL02")
    send(settings, richer(household))

    def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flow, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            run_arrivals(settings, AS_OF)
    assert arrived_counties(settings) == [COUNTY]
    (summary,) = run_arrivals(settings, AS_OF).summaries
    assert len(summary["deliveries"]) == 1
    assert summary["findings"]["cleared"] > 0
    assert arrived_counties(settings) == []


def test_a_rejected_arrival_runs_no_county_and_is_told_of(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = next(settings.home.folder.rglob(f"archive/**/{REJECTED}"))
    changed = source.read_text(encoding="utf-8").replace("看不懂", "也看不懂")
    (settings.inbox / REJECTED).write_text(changed, encoding="utf-8")
    part = settings.inbox / f"students_{COUNTY}_20260701_1of2.csv"
    part.write_text(changed, encoding="utf-8")
    arguments = ("run", "--arrivals", "--as-of", AS_OF.isoformat(), "--lang", "zh")
    monkeypatch.setattr("pipelines.commands.options.now", lambda: NIGHT)

    said = call(*arguments, home=Home(settings.home.folder), capsys=capsys, monkeypatch=monkeypatch)
    assert said.status == 3
    assert "没有可以比对的新数据" in said.stdout
    assert f"等待其余部分：学籍 {COUNTY} 2026-07-01，缺 _2of2" in said.stderr
    part.unlink()
    assert "student_status" in said.stdout or "学籍状态" in said.stdout

    again = call(*arguments, home=Home(settings.home.folder), capsys=capsys, monkeypatch=monkeypatch)
    assert again.status == 0
    (night,) = run_night(settings, AS_OF).summaries
    assert [d["status"] for d in night["deliveries"]] == ["rejected"]


def test_two_runs_of_one_county_wait_for_each_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _, household = finding_of(settings, "TL02")
    send(settings, richer(household))
    ingest(settings, AS_OF)
    inside, most, guard = [0], [0], threading.Lock()
    second_has_come = threading.Event()
    evaluate = flow.evaluate

    def watched(*arguments: Any) -> Any:
        with guard:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        second_has_come.wait(120)
        try:
            return evaluate(*arguments)
        finally:
            with guard:
                inside[0] -= 1

    monkeypatch.setattr(flow, "evaluate", watched)
    monkeypatch.setattr("pipelines.house.home.logger.warning", lambda *_: second_has_come.set())
    counts: list[Any] = []
    threads = [
        threading.Thread(target=lambda: counts.append(reconcile_county(replace(settings), COUNTY, AS_OF).counts))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert second_has_come.is_set()
    assert most == [1]
    assert len(counts) == 2
    assert len(list_runs(settings.home.books, COUNTY)) == 2
    assert verify_ledger(settings.home.books, COUNTY).is_whole
