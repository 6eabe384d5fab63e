"""What a night that saw only a part leaves as it was: findings in feeds that were not there, and the mark 往期."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ledgers import rewrite_ledger
from recording.county import SmallCounty

from expectations.finding import EXPLANATION_FOR_DEPARTMENTS

APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
ID01 = ("ID01",)


def _ledger(county: SmallCounty) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(county.settings.home.lake.ledger(county.runs[-1].id)).to_pylist()
    return rows


def test_a_rule_over_what_is_there_takes_away_what_is_gone_from_it_and_nothing_else(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    put_right, unknown = ("ID01", "register_members|person_id|M1"), ("ID01", "students|person_id|G1|一小")
    county.night(APRIL, {put_right: "a", unknown: "a"}, evaluated=ID01)
    county.night(MAY, {}, evaluated=ID01, left_out=["students"], proof="delivery")
    assert (county.row(*put_right)["state"], county.row(*put_right)["cleared_by"]) == ("数据已消除", "delivery")
    assert (county.row(*unknown)["state"], county.row(*unknown)["last_seen"]) == ("已派发", APRIL)
    county.night(JUNE, {}, evaluated=ID01)
    assert county.row(*unknown)["state"] == "数据已消除"


@pytest.mark.parametrize("asks_about", ["", "2026"])
def test_a_finding_of_an_earlier_period_is_marked_and_not_sent_out_on_a_night_without_its_rule(
    tmp_path: Path, asks_about: str
) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {("CV01", "P1"): "a"}, periods={"CV01": "2025"}, dispatch=False)
    county.night(MAY, {}, periods={"CV01": "2026"})
    county.night(JUNE, {}, periods={"CV01": asks_about}, evaluated=())
    assert [row["past_period"] for row in _ledger(county)] == [True]
    assert county.row("CV01", "P1", "2025")["state"] == "待核实"


def test_a_ledger_of_an_older_release_goes_on_and_what_it_never_held_is_null(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    put_right, stays = ("ID01", "students|person_id|G1"), ("TL02", "H1")
    county.night(APRIL, {put_right: "a", stays: "a"})
    run = county.runs[-1].id
    older = pq.read_table(county.settings.home.lake.ledger(run)).drop_columns([EXPLANATION_FOR_DEPARTMENTS])
    rewrite_ledger(county.settings, run, older)
    county.night(MAY, {stays: "a"})
    told = {row["rule"]: row[EXPLANATION_FOR_DEPARTMENTS] is not None for row in _ledger(county)}
    assert told == {"ID01": False, "TL02": True}


def test_the_ledger_of_a_night_says_what_the_books_say_of_each_finding(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {("TL02", "H2"): "a", ("CV07", "H2"): "a"})
    county.night(MAY, {("CV07", "H2"): "a"}, proof="register_members_20260531")
    rows = {row["rule"]: row for row in _ledger(county)}
    assert rows["TL02"]["cleared_by"] == "register_members_20260531"
    assert rows["CV07"]["cleared_by"] is None
    for rule, row in rows.items():
        book = county.row(rule, "H2")
        for column in ("state", "batch", "dispatched_on", "due_on", "first_seen", "last_seen", "cleared_by"):
            assert row[column] == book[column], (rule, column)
