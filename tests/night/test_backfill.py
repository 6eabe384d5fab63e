"""Backfill: history loaded in order of D is what the nights would have left; a look back moves nothing."""

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from actors import TESTER
from command_line import call
from night.counties import COUNTY, Home, copy_home
from night.states import warehouse_rows, without_clock
from sqlalchemy import select

from expectations.errors import RequestError, ValueRefusedError
from expectations.rules.needs import RH
from pipelines.house.settings import open_settings
from pipelines.night.backfilling import Step, backfill, days_between, read_moment
from pipelines.night.flow import run_night
from pipelines.night.intake import ingest
from warehouse.books.schema import finding_events, findings


def ledger(home: Home) -> list[list[dict[str, Any]]]:
    """Findings with their states, and every transition with its chain."""
    with home.settings(max(home.dates())).home.books.connect() as connection:
        return [
            [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (findings, finding_events)
        ]


def warehouse(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Every row of the warehouse but clock time, and the digest of a load, which covers what arrived later too."""
    found = {}
    for table, told in warehouse_rows(home).items():
        # what had been received then is known since then: of what is known now, the time apart, nothing may differ
        kept = [without_clock(row) for row in told if row.get("known_to") is None]
        if table == "fact_load":
            kept = [{name: value for name, value in row.items() if name != "digest"} for row in kept]
        found[table] = sorted(kept, key=repr)
    return found


def sent_again(three_nights: Home, home: Home) -> None:
    """An empty home with the policy of the three nights, and everything that was ever sent in its inbox."""
    home.inbox.mkdir(parents=True)
    for name in ("policy", "truth.csv"):
        source = three_nights.path / name
        for path in source.iterdir() if source.is_dir() else [source]:
            target = home.path / path.relative_to(three_nights.path)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    for path in (three_nights.path / "archive" / COUNTY).iterdir():
        shutil.copy2(path, home.inbox / path.name)  # with its time: files are taken in by it


def test_history_loaded_into_empty_books_equals_the_nights_run_then(three_nights: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    sent_again(three_nights, home)
    days = home.dates()
    assert len(days) == 3
    assert list(days_between(days[0], days[-1], Step.MONTH)) == days

    nights = backfill(home.settings(days[-1]), days[0], days[-1])

    told = [summary for night in nights for summary in night.summaries]
    assert [summary["as_of"] for summary in told] == [day.isoformat() for day in days]
    assert [{d["as_of"] for d in summary["deliveries"]} for summary in told] == [{day.isoformat()} for day in days]
    assert [run.id for run in home.runs()] == [run.id for run in three_nights.runs()]
    for run in home.runs():
        for kind in ("findings", "ledger"):
            assert home.dataset(kind, run.id) == three_nights.dataset(kind, run.id)
    assert ledger(home) == ledger(three_nights)
    own, right = warehouse(home), warehouse(three_nights)
    assert {name for name in right if own[name] != right[name]} == set()

    before = ledger(home)
    backfill(home.settings(days[-1]), days[0], days[-1])
    assert ledger(home) == before


def test_a_look_back_gives_what_was_known_then_and_moves_nothing(
    three_nights: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(three_nights, tmp_path / "home")
    _, middle, last = home.dates()
    poor = _correct_register(home, middle, datetime(2025, 11, 1, tzinfo=UTC))
    assert run_night(home.settings(last), last).summaries
    before = ledger(home), warehouse(home), home.runs()
    recorded = next(run for run in before[2] if run.as_of == middle)

    arguments = ("run", "--as-of", middle.isoformat(), "--json", "--known-at")
    then = (home.settings(middle).now() + timedelta(hours=1)).isoformat()
    first = call(*arguments, then, home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert first.status in (0, 3), first.stderr
    assert f'"run": "{recorded.id}"' in first.stdout
    assert (ledger(home), warehouse(home), home.runs()) == before

    known = call(*arguments, "2025-11-02T00:00", home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert known.status in (0, 3), known.stderr
    (replay,) = [run for run in home.runs() if run.id not in {r.id for r in before[2]}]
    assert (replay.as_of, replay.replay, replay.recorded_at) == (middle, True, None)
    assert f'"run": "{replay.id}"' in known.stdout
    assert '"published": false' in known.stdout
    assert (ledger(home), warehouse(home)) == before[:2]
    found = {row["subject_key"] for row in home.dataset("findings", replay.id) if row["rule"] == "TL02"}
    was = {row["subject_key"] for row in home.dataset("findings", recorded.id) if row["rule"] == "TL02"}
    assert was - found == poor


def test_less_knowledge_than_the_ledger_has_is_a_replay_even_at_the_newest_date(
    three_nights: Home, tmp_path: Path
) -> None:
    home = copy_home(three_nights, tmp_path / "home")
    last = max(home.dates())
    _correct_register(home, last, datetime(2025, 11, 1, tzinfo=UTC))
    run_night(home.settings(date(2025, 11, 1)), last)
    before = ledger(home), warehouse(home)

    morning = home.settings(last).now()
    back = open_settings(home.path, inbox=None, policy=None, actor=TESTER, now=lambda: morning, known_at=morning)
    later = last + timedelta(days=1)
    (summary,) = run_night(back, later).summaries
    assert summary["warehouse"]["published"] is False
    assert [run.replay for run in home.runs() if run.as_of == later] == [True]
    assert (ledger(home), warehouse(home)) == before


def test_nights_of_a_range_and_moments() -> None:
    end = list(days_between(date(2025, 11, 30), date(2026, 3, 30), Step.MONTH))
    assert end == [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
    assert list(days_between(date(2026, 1, 30), date(2026, 3, 30), Step.MONTH))[1] == date(2026, 2, 28)
    assert len(days_between(date(2026, 1, 30), date(2026, 2, 2), Step.DAY)) == 4
    with pytest.raises(RequestError, match="before"):
        days_between(date(2026, 1, 2), date(2026, 1, 1), Step.DAY)
    assert read_moment("2026-07-01T02:00") == datetime(2026, 6, 30, 18, tzinfo=UTC)
    assert read_moment("2026-07-01T02:00Z") == datetime(2026, 7, 1, 2, tzinfo=UTC)
    with pytest.raises(ValueRefusedError, match="no moment"):
        read_moment("2026-07-01")


def _correct_register(home: Home, d: date, at: datetime) -> set[str]:
    """Another register as of ``d``, received at ``at``: households of TL02 with a good income. Those households."""
    name = f"{RH}_{COUNTY}_{d:%Y%m%d}.csv"
    with (home.path / "archive" / COUNTY / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    poor = {key for key, _ in home.truths()[d]["TL02"]}
    assert poor
    home.inbox.mkdir(exist_ok=True)
    with (home.inbox / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | ({"本年度人均纯收入": "9000.00"} if row["户编号"] in poor else {}) for row in rows)
    (taken,) = ingest(open_settings(home.path, inbox=None, policy=None, actor=TESTER, now=lambda: at), d).deliveries
    assert taken.status == "accepted"
    return poor
