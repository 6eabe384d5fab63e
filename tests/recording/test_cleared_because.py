"""What else takes findings away: a changed rule book, a changed policy, a withdrawn delivery. And clocks that stop."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from recording.county import SmallCounty, delivery_of, finding_id

from expectations.errors import UnknownError
from expectations.finding import Because
from pipelines.desk.ledger import review_finding
from pipelines.reading_out.explaining import explain_finding
from pipelines.reading_out.ledgers import newest_runs, read_ledgers
from pipelines.reading_out.life import show_life
from pipelines.recording.allowed import still_allowed
from pipelines.recording.clocks import clock_events, set_clocks
from pipelines.recording.replayed import Replay, taken_by_replays
from pipelines.recording.review import ReviewRefusedError
from pipelines.recording.transitions import BOOK_SCHEMA, REPLAYED_SCHEMA, RuleNight, counts_of, plan_night
from pipelines.recording.verify import verify_ledger

COUNTY, RULE = "522601", "TL02"
APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
TL02 = (RULE, "H1")
CONFIRMED = {"核实结果": "属实", "整改措施": "纳入低保", "整改时限": "2026-12-31"}
DONE = {"完成日期": "2026-05-20", "佐证材料": "决定书", "责任人": "李四"}
NOTHING_FOUND = pa.table(
    {name: pa.array([], pa.string()) for name in ("finding_id", "rule", "period", "certainty", "evidence_digest")}
)


def plan(
    state: str,
    *,
    replayed: str | None = None,
    alone: bool = True,
    withdrawn: Sequence[str] = (),
    barred: Sequence[str] = (),
    evaluated: bool = True,
    hidden: bool = False,
    found: bool = False,
    **before: Any,
) -> dict[str, Any]:
    """What a night means for a finding that rests on the delivery ``lost``."""
    row = {"finding_id": "f", "rule": RULE, "period": "", "state": state, "evidence_digest": "a", **before}
    book = pa.Table.from_pylist([row], schema=BOOK_SCHEMA)
    evidence = json.dumps([{"feed": "x", "delivery": "lost"}, {"policy": "k"}])
    older = pa.Table.from_pylist([{"finding_id": "f", "evidence": evidence, "past_period": False, "unchecked": False}])
    rows = [{"finding_id": "f", "because": replayed, "alone": alone}] if replayed else []
    shown = {"finding_id": "f", "rule": RULE, "period": "", "certainty": "certain", "evidence_digest": "a"}
    (planned,) = plan_night(
        pa.Table.from_pylist([shown], schema=NOTHING_FOUND.schema) if found else NOTHING_FOUND,
        book,
        [RuleNight(RULE, evaluated, "", "proof")],
        older,
        pa.table({"finding_id": pa.array(["f"] if hidden else [], pa.string())}),
        pa.Table.from_pylist(rows, schema=REPLAYED_SCHEMA),
        withdrawn,
        barred,
    ).to_pylist()
    return planned


@pytest.mark.parametrize("state", ["待核实", "已派发", "属实", "重开"])
@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"replayed": "规则口径变更"}, "规则口径变更"),
        ({"replayed": "政策调整"}, "政策调整"),
        ({"replayed": "政策调整", "evaluated": False}, "政策调整"),
        ({"replayed": "规则口径变更", "withdrawn": ["lost"]}, "规则口径变更"),
        ({"withdrawn": ["lost", "other"]}, "数据撤回"),
    ],
)
def test_what_nobody_put_right_goes_with_its_reason_and_without_a_proof(
    state: str, given: Mapping[str, Any], because: str
) -> None:
    gone = plan(state, **given)
    assert (gone["to_state"], gone["cleared_by"], gone["cleared_because"]) == ("数据已消除", None, because)
    assert dict(counts_of(pa.Table.from_pylist([gone]))) == {
        "new": 0,
        "still": 0,
        "cleared": 0,
        "reopened": 0,
        because: 1,
    }


@pytest.mark.parametrize("given", [{"replayed": "规则口径变更"}, {"withdrawn": ["lost"]}])
@pytest.mark.parametrize("state", ["整改中", "已整改"])
def test_what_a_person_put_on_its_way_stays_and_no_later_night_proves_it(state: str, given: Mapping[str, Any]) -> None:
    now = plan(state, **given)
    assert (now["to_state"], now["cleared_by"]) == (state, None)
    later = plan(state, cleared_because=now["cleared_because"])
    assert (later["to_state"], later["cleared_by"], later["cleared_because"]) == (state, None, now["cleared_because"])
    back = plan(state, cleared_because=now["cleared_because"], found=True)
    assert (back["to_state"], back["cleared_because"]) == (state, None)


def test_what_the_data_had_taken_away_before_stays_proven() -> None:
    kept = plan("整改中", cleared_by="earlier", withdrawn=["lost"])
    assert (kept["cleared_by"], kept["cleared_because"]) == ("proof", None)


def test_what_may_be_hidden_is_not_gone_by_a_replay_either() -> None:
    for evaluated in (True, False):
        kept = plan("已派发", replayed="规则口径变更", evaluated=evaluated, hidden=True)
        assert (kept["to_state"], kept["cleared_because"], kept["unchecked"]) == ("已派发", None, True)


def test_what_could_not_be_replayed_goes_only_with_tonight_and_proves_nothing() -> None:
    asleep = plan("已派发", replayed="规则口径变更", alone=False, evaluated=False)
    assert (asleep["to_state"], asleep["cleared_because"]) == ("已派发", None)
    gone = plan("已派发", replayed="规则口径变更", alone=False)
    assert (gone["to_state"], gone["cleared_by"], gone["cleared_because"]) == ("数据已消除", None, "规则口径变更")


def test_a_rule_that_says_nothing_over_the_old_deliveries_marks_what_it_had_shown(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    run = county.night(APRIL, {TL02: "a", ("CV07", "H2"): "b", ("TL05", "C1"): "c"})
    lake, books = county.settings.home.lake, county.settings.home.books
    lost = [Replay(Because.RULE_BOOK, ["TL02"]), Replay(Because.POLICY, ["TL02", "CV07"])]
    taken = taken_by_replays(books, lake, run, lost).to_pylist()
    expected = {finding_id(*TL02): ("规则口径变更", False), finding_id("CV07", "H2"): ("政策调整", False)}
    assert {row["finding_id"]: (row["because"], row["alone"]) for row in taken} == expected
    nights = [RuleNight("TL02", False, "", ""), RuleNight("CV07", True, "", "")]
    silent = [Replay(Because.POLICY, ["TL02", "CV07"], NOTHING_FOUND, nights)]
    taken = taken_by_replays(books, lake, run, silent).to_pylist()
    assert {row["finding_id"]: row["alone"] for row in taken} == {
        finding_id(*TL02): False,
        finding_id("CV07", "H2"): True,
    }


def test_what_the_last_run_did_not_show_is_nothing_that_a_change_took_away(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    last = county.night(MAY, {}, evaluated=())
    home = county.settings.home
    assert taken_by_replays(home.books, home.lake, last, [Replay(Because.RULE_BOOK, ["TL02"])]).num_rows == 0


def test_what_tonight_finds_stays_whatever_a_replay_says() -> None:
    kept = plan("已派发", replayed="政策调整", withdrawn=["lost"], found=True)
    assert (kept["to_state"], kept["cleared_because"]) == ("已派发", None)


def test_a_withdrawn_delivery_takes_nothing_away_where_its_rule_is_not_evaluated() -> None:
    kept = plan("已派发", withdrawn=["lost"], evaluated=False)
    assert (kept["to_state"], kept["cleared_because"]) == ("已派发", None)
    by_data = plan("已派发", withdrawn=["other"])
    assert (by_data["cleared_by"], by_data["cleared_because"]) == ("proof", None)


@pytest.mark.parametrize("evaluated", [False, True])
@pytest.mark.parametrize(
    ("state", "becomes", "because"),
    [
        *((state, "数据已消除", "政策调整") for state in ("待核实", "已派发", "属实", "重开", "整改中", "已整改")),
        *((state, state, None) for state in ("不属实", "销号", "数据已消除")),
    ],
)
def test_what_rests_on_a_revoked_document_is_closed_wherever_it_stood_and_leaves(
    state: str, becomes: str, because: str | None, evaluated: bool
) -> None:
    gone = plan(state, barred=["lost"], evaluated=evaluated, hidden=True)
    assert (gone["to_state"], gone["cleared_because"], gone["cleared_by"]) == (becomes, because, None)
    assert (gone["leaves"], gone["unchecked"]) == (True, False)
    other = plan(state, barred=["other"], evaluated=evaluated)
    assert not other["leaves"]


def test_what_tonight_finds_in_what_is_still_allowed_does_not_leave() -> None:
    kept = plan("已派发", barred=["lost"], found=True)
    assert (kept["to_state"], kept["cleared_because"], kept["leaves"]) == ("已派发", None, False)
    proven = plan("整改中", barred=["lost"], cleared_by="earlier")
    assert (proven["to_state"], proven["cleared_by"], proven["cleared_because"]) == ("数据已消除", "earlier", None)


def test_a_revoked_document_takes_its_findings_out_of_every_output_and_the_chain_says_why(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    before = county.night(APRIL, {TL02: "a", ("TL02", "H2"): "b"})
    county.night(MAY, {}, evaluated=(), stopped=(RULE,), barred=[delivery_of("H1")])
    row = county.row(*TL02)
    assert (row["state"], row["cleared_by"], row["cleared_because"]) == ("数据已消除", None, "政策调整")
    last = county.events(*TL02)[-1]
    assert (last["from_state"], last["to_state"], last["delivery"]) == ("已派发", "数据已消除", None)
    assert "共享依据已撤销" in last["why"]
    assert county.state("TL02", "H2") == "已派发"
    settings = county.settings
    shown = read_ledgers(settings, newest_runs(settings))["finding_id"].to_pylist()
    assert shown == [finding_id("TL02", "H2")]
    with pytest.raises(UnknownError):
        explain_finding(settings, finding_id(*TL02))
    sheet = load_workbook(county.workbook())["问题清单"]
    told = {str(value) for row in sheet.iter_rows(min_row=2, values_only=True) for value in row}
    assert ("H2" in told, "H1" in told) == (True, False)
    older = pq.read_table(settings.home.lake.ledger(before.id))  # April is reported again
    assert still_allowed(older, [delivery_of("H1")]).equals(older.filter(pc.equal(older["subject_key"], "H2")))
    assert still_allowed(older, []) is older
    assert show_life(settings, finding_id(*TL02))["cleared_because"] == "政策调整"
    county.night(JUNE, {}, evaluated=(), barred=[delivery_of("H1")])
    assert county.events(*TL02)[-1] == last
    county.night(date(2026, 7, 1), {TL02: "a"})
    assert [e["to_state"] for e in county.events(*TL02)][-2:] == ["重开", "已派发"]
    assert verify_ledger(settings.home.books, COUNTY).is_whole


def changed(county: SmallCounty, d: date, because: str = "规则口径变更") -> None:
    """A night on which changed rules take the finding away."""
    taken = {"finding_id": finding_id(*TL02), "because": because, "alone": True}
    county.night(d, {}, replayed=pa.Table.from_pylist([taken], schema=REPLAYED_SCHEMA))


def test_the_reason_stands_in_chain_books_and_in_what_people_read(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    changed(county, MAY)
    row = county.row(*TL02)
    assert (row["state"], row["cleared_by"], row["cleared_because"]) == ("数据已消除", None, "规则口径变更")
    last = county.events(*TL02)[-1]
    assert (last["to_state"], last["delivery"]) == ("数据已消除", None)
    assert last["why"].startswith("规则口径变更")
    assert county.runs[-1].id == last["run"]
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole
    assert show_life(county.settings, finding_id(*TL02))["cleared_because"] == "规则口径变更"
    assert explain_finding(county.settings, finding_id(*TL02))["cleared_because"] == "规则口径变更"
    county.night(JUNE, {TL02: "a"})
    assert (county.row(*TL02)["state"], county.row(*TL02)["cleared_because"]) == ("已派发", None)
    assert [e["to_state"] for e in county.events(*TL02)][-2:] == ["重开", "已派发"]


def test_a_reviewer_closes_what_no_data_can_prove_with_a_reason_of_their_own(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    county.send({"H1": CONFIRMED | DONE}, date(2026, 5, 21))
    changed(county, MAY, "政策调整")
    assert (county.state(*TL02), county.row(*TL02)["cleared_because"]) == ("已整改", "政策调整")
    assert [e["why"] for e in county.events(*TL02)][-1].startswith("政策调整")
    county.night(JUNE, {}, proof="delivery")
    assert county.row(*TL02)["cleared_by"] is None
    with pytest.raises(ReviewRefusedError, match="because of 政策调整"):
        review_finding(county.settings, finding_id(*TL02), JUNE, None)
    closed = review_finding(county.settings, finding_id(*TL02), JUNE, "标准已调低")
    assert (closed["to_state"], closed["delivery"]) == ("销号", None)
    assert closed["why"] == "因政策调整不再是问题，由复核人办结：标准已调低"


def clocks(state: str, stopped: bool, on: date, due_on: date | None, days_left: int | None) -> dict[str, Any]:
    """One finding's clock after a night, and what the ledger says of it."""
    rows = [
        {
            "finding_id": "f",
            "rule": RULE,
            "state": state,
            "evidence_digest": "a",
            "due_on": due_on,
            "days_left": days_left,
        }
    ]
    kinds = {name: pa.string() for name in ("finding_id", "rule", "state", "evidence_digest")}
    schema = pa.schema([*kinds.items(), ("due_on", pa.date32()), ("days_left", pa.int32())])
    after = set_clocks(pa.Table.from_pylist(rows, schema=schema), [RULE] if stopped else [], on)
    (row,) = after.to_pylist()
    return row | {"why": [event["why"] for event in clock_events(after, {})]}


FRIDAY, MONDAY, THURSDAY = date(2026, 7, 3), date(2026, 7, 6), date(2026, 7, 9)


def test_a_clock_stops_and_goes_on_with_the_working_days_that_it_had_left() -> None:
    stopped = clocks("已派发", True, FRIDAY, THURSDAY, None)
    assert (stopped["due_on"], stopped["days_left"]) == (None, 4)
    assert stopped["why"] == ["本次未能评估，时限暂停，还剩4个工作日"]
    still = clocks("已派发", True, MONDAY, None, 4)
    assert (still["due_on"], still["days_left"], still["why"]) == (None, 4, [])
    again = clocks("已派发", False, MONDAY, None, 4)
    assert (again["due_on"], again["days_left"]) == (date(2026, 7, 10), None)
    assert again["why"] == ["时限恢复，应于2026-07-10前办理"]
    same_day = clocks("属实", False, FRIDAY, None, clocks("属实", True, FRIDAY, THURSDAY, None)["days_left"])
    assert same_day["due_on"] == THURSDAY


@pytest.mark.parametrize(
    ("state", "due_on"), [("整改中", THURSDAY), ("重开", THURSDAY), ("已派发", date(2026, 7, 2)), ("待核实", None)]
)
def test_what_is_being_put_right_and_what_had_run_out_do_not_stop(state: str, due_on: date | None) -> None:
    after = clocks(state, True, FRIDAY, due_on, None)
    assert (after["due_on"], after["days_left"], after["why"]) == (due_on, None, [])


def test_an_answer_lets_a_clock_run_that_stood_still(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    before = county.row(*TL02)["due_on"]
    county.night(MAY, {}, evaluated=(), stopped=(RULE,))
    assert (before > APRIL, county.row(*TL02)["due_on"], county.row(*TL02)["state"]) == (True, before, "已派发")
    county.night(JUNE, {TL02: "b"})
    county.send({"H1": {"核实结果": "属实"}}, JUNE)
    county.night(date(2026, 7, 1), {}, evaluated=(), stopped=(RULE,))
    left = county.row(*TL02)["days_left"]
    assert (county.row(*TL02)["due_on"], left > 5) == (None, True)
    assert show_life(county.settings, finding_id(*TL02))["days_left"] == left
    county.send({"H1": CONFIRMED}, date(2026, 7, 2))
    assert (county.state(*TL02), county.row(*TL02)["days_left"]) == ("整改中", None)
    assert county.row(*TL02)["due_on"] > date(2026, 7, 2)
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole
