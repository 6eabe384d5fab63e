"""A run that is undone: as if it had not been, by events that are appended; and what people answered stays."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recording.county import COUNTY, FIRST, SmallCounty, finding_id
from sqlalchemy import select

from expectations.errors import RefusedError
from expectations.finding import State
from pipelines.recording import undoing
from pipelines.recording.by_hand import send_waiting
from pipelines.recording.undoing import undo_run
from pipelines.recording.verify import verify_ledger
from warehouse.books.datasets import ledger_of
from warehouse.books.runs import Run, newest_recorded
from warehouse.books.schema import finding_events, findings
from warehouse.keys import SECRET_BYTES, bear

SECOND, THIRD = date(2026, 7, 31), date(2026, 8, 31)
SUBJECTS = (("TL02", "H1"), ("TL02", "H2"), ("CV01", "H3"), ("TL05", "C1"))
Shown = Mapping[tuple[str, str], str]
NIGHT = st.tuples(
    st.dictionaries(st.sampled_from(SUBJECTS), st.sampled_from(["a", "b"])),
    st.booleans(),
    st.sampled_from([(), ("TL02",)]),
)
ANSWERED = {"核实结果": "属实", "核实说明": "已入户", "整改措施": "补办", "整改时限": "2026-09-30", "责任人": "王一"}
REFUTED = {"核实结果": "不属实", "核实说明": "已入户，情况不符", "佐证材料": "照片一张", "责任人": "王一"}


def night(county: SmallCounty, d: date, given: tuple[Shown, bool, tuple[str, ...]]) -> Run:
    shown, dispatch, stopped = given
    evaluated = [rule for rule in ("TL02", "TL05", "CV01", "CV07") if rule not in stopped]
    return county.night(d, shown, dispatch=dispatch, stopped=stopped, evaluated=evaluated, proof="proof")


def answered(county: SmallCounty) -> None:
    """One household is confirmed, where it was sent out."""
    if any(row["batch"] for row in rows(county) if row["finding_id"] == finding_id("TL02", "H1")):
        county.send({"H1": ANSWERED}, date(2026, 7, 3))


def rows(county: SmallCounty) -> list[dict[str, Any]]:
    with county.settings.home.books.connect() as connection:
        return [dict(r._mapping) for r in connection.execute(select(findings).order_by(findings.c.finding_id))]


def events(county: SmallCounty, without: str = "") -> list[dict[str, Any]]:
    """What happened; without the chain, the workbook (named by its hour), what that run did and its undoing."""
    chain = {"seq", "previous", "digest", "delivery"}
    with county.settings.home.books.connect() as connection:
        found = connection.execute(select(finding_events).order_by(finding_events.c.seq))
        told = [{k: v for k, v in r._mapping.items() if k not in chain} for r in found]
    return [event for event in told if event["run"] != without]


def undo(county: SmallCounty, run: Run) -> undoing.Undone:
    home = county.settings.home
    return undo_run(
        home.books, home.lake, run, actor=county.settings.actor, reason="日期写错了", on=SECOND, at=county.clock
    )


@settings(max_examples=6)
@example(
    first=({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()),
    second=({SUBJECTS[1]: "b", SUBJECTS[2]: "a"}, True, ("TL02",)),
    third=({SUBJECTS[0]: "a", SUBJECTS[2]: "b"}, True, ()),
)
@example(first=({}, True, ()), second=({SUBJECTS[0]: "a"}, True, ()), third=({SUBJECTS[0]: "a"}, False, ()))
@given(first=NIGHT, second=NIGHT, third=NIGHT)
def test_an_undone_run_is_as_if_it_had_not_been(
    first: Any, second: Any, third: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("undone")
    told, never = SmallCounty(folder / "told"), SmallCounty(folder / "never")
    keys = [county.settings.home.lake.finding_key for county in (told, never)]
    bear(keys[0], "00" * SECRET_BYTES)  # digests of evidence are under the home's key
    bear(keys[1], "00" * SECRET_BYTES)
    for county in (told, never):
        night(county, FIRST, first)
        answered(county)
    undone = night(told, SECOND, second)
    before = events(told)
    undo(told, undone)
    assert events(told)[: len(before)] == before
    assert rows(told) == rows(never)
    assert verify_ledger(told.settings.home.books, COUNTY).is_whole
    for county in (told, never):
        night(county, THIRD, third)
    assert rows(told) == rows(never)
    assert events(told, undone.id) == events(never)
    lakes = [county.settings.home.lake for county in (told, never)]
    last = told.runs[-1].id
    assert pq.read_table(lakes[0].ledger(last)).equals(pq.read_table(lakes[1].ledger(last)))
    assert verify_ledger(told.settings.home.books, COUNTY).is_whole


def test_an_undone_run_may_be_recorded_again(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    again = ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ())
    run = night(county, SECOND, again)
    after = rows(county)
    undo(county, run)
    county.runs.pop()
    assert night(county, SECOND, again).id == run.id
    assert rows(county) == after
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole


def test_only_the_newest_run_is_undone_one_after_the_other(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    older = night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    newer = night(county, SECOND, ({SUBJECTS[0]: "b"}, True, ()))
    with pytest.raises(
        RefusedError, match=f"not the newest that was recorded: the newest one of {COUNTY} is {newer.id}"
    ):
        undo(county, older)
    undo(county, newer)
    with pytest.raises(RefusedError, match="is not the newest"):
        undo(county, newer)
    undo(county, older)
    assert rows(county) == []
    with county.settings.home.books.connect() as connection:
        assert newest_recorded(connection, COUNTY) is None


def test_what_people_answered_to_a_run_stays_when_it_is_undone(tmp_path: Path) -> None:
    """H1 comes back and H2 is new with the run, both are answered; H3 is new and not answered."""
    county = SmallCounty(tmp_path)
    home = county.settings.home
    night(county, FIRST, ({SUBJECTS[0]: "a", SUBJECTS[3]: "a"}, True, ()))
    first = night(county, date(2026, 7, 10), ({SUBJECTS[3]: "a"}, True, ()))
    assert county.state("TL02", "H1") == State.CLEARED
    run = night(county, SECOND, (dict.fromkeys(SUBJECTS, "b"), True, ()))
    county.send({"H1": ANSWERED, "H2": ANSWERED}, date(2026, 8, 3))
    said, before = {i: county.row("TL02", i) for i in ("H1", "H2")}, events(county)

    done = undo(county, run)
    assert (done.moved, done.found, done.kept, done.newest and done.newest.id) == (0, 1, 2, first.id)
    assert events(county)[: len(before)] == before
    assert [(event["from_state"], event["to_state"]) for event in county.events("TL02", "H2")[-1:]] == [
        (State.RECTIFYING, State.RECTIFYING)
    ]
    assert county.events("TL02", "H2")[-1]["why"].endswith("日期写错了；此后已有人办理，问题与办理结果保留")
    left = (SUBJECTS[0], SUBJECTS[1], SUBJECTS[3])
    assert {row["finding_id"] for row in rows(county)} == {finding_id(*subject) for subject in left}
    stands = ("state", "batch", "dispatched_on", "due_on", "silenced_digest")
    for subject, row in said.items():
        assert {name: county.row("TL02", subject)[name] for name in stands} == {name: row[name] for name in stands}
    assert county.row("TL02", "H2")["last_run"] == first.id
    assert county.row("TL02", "H2")["first_seen"] == first.as_of
    ledger = pq.read_table(ledger_of(home.books, home.lake, first.id)).to_pylist()
    shown = {row["subject_key"]: row for row in ledger if row["rule"] == "TL02"}
    assert {i: shown[i]["state"] for i in shown} == dict.fromkeys(("H1", "H2"), State.RECTIFYING)
    assert shown["H2"]["explanation"] == "H2的两边数据不一致：b。"
    assert verify_ledger(home.books, COUNTY).is_whole

    county.runs.pop()
    third = night(county, THIRD, ({SUBJECTS[1]: "b"}, True, ()))
    assert county.state("TL02", "H1") == county.state("TL02", "H2") == State.RECTIFYING
    assert county.row("TL02", "H1")["cleared_by"] == "proof"
    assert county.row("TL02", "H2")["last_run"] == third.id
    assert verify_ledger(home.books, COUNTY).is_whole


def test_what_was_refuted_stays_silent_for_the_same_evidence_after_the_run_is_undone(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    run = night(county, SECOND, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()))
    county.send({"H2": REFUTED}, date(2026, 8, 3))
    undo(county, run)
    assert county.state("TL02", "H2") == State.REFUTED
    county.runs.pop()
    night(county, THIRD, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()))
    assert county.state("TL02", "H2") == State.REFUTED
    night(county, date(2026, 9, 30), ({SUBJECTS[0]: "a", SUBJECTS[1]: "b"}, True, ()))
    assert county.life("TL02", "H2")[-2:] == ["2026-09-30 重开", "2026-09-30 已派发"]
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole


def test_where_no_run_is_left_answers_are_not_thrown_away(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    run = night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    answered(county)
    before = rows(county), events(county)
    with pytest.raises(RefusedError, match=finding_id("TL02", "H1")):
        undo(county, run)
    assert (rows(county), events(county)) == before


def test_a_kill_while_a_run_is_undone_leaves_it_standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger of the run before is written first; until the books say so the recorded one is read."""
    county = SmallCounty(tmp_path)
    home = county.settings.home
    first = night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    run = night(county, SECOND, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()))
    county.send({"H2": ANSWERED}, date(2026, 8, 3))
    before = rows(county), events(county), pq.read_table(ledger_of(home.books, home.lake, first.id))

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "mark_withdrawn", killed)
        with pytest.raises(KeyboardInterrupt):
            undo(county, run)
    assert (rows(county), events(county)) == before[:2]
    assert pq.read_table(ledger_of(home.books, home.lake, first.id)).equals(before[2])
    assert undo(county, run).kept == 1
    assert verify_ledger(home.books, COUNTY).is_whole


def test_an_answer_to_what_the_run_left_alone_stays(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    run = night(county, SECOND, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()))
    county.send({"H1": ANSWERED}, date(2026, 8, 3))
    told = county.row("TL02", "H1")
    undo(county, run)
    assert county.row("TL02", "H1") == {**told, "last_seen": FIRST, "last_run": county.runs[0].id}
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole


def test_what_was_sent_by_hand_is_taken_back_with_the_run_and_may_be_sent_again(tmp_path: Path) -> None:
    """What waited before the run, and what the run found: both were sent out from it; another finding was answered."""
    county = SmallCounty(tmp_path)
    night(county, FIRST, ({SUBJECTS[3]: "a"}, True, ()))
    night(county, date(2026, 7, 10), ({SUBJECTS[0]: "a", SUBJECTS[3]: "a"}, False, ()))
    before = rows(county)
    run = night(county, SECOND, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a", SUBJECTS[3]: "a"}, False, ()))
    home, on = county.settings.home, SECOND

    def by_hand(newest: Run) -> dict[str, int]:
        rules = ("TL02",)
        actor, policy = county.settings.actor, county.policy(on)
        done = send_waiting(home.books, home.lake, newest, policy, rules=rules, actor=actor, on=on, at=county.clock)
        return done.sent

    assert by_hand(run) == {"TL02": 2}
    told = events(county)
    undo(county, run)
    assert events(county)[: len(told)] == told
    assert rows(county) == before
    assert verify_ledger(home.books, COUNTY).is_whole
    county.runs.pop()
    assert by_hand(county.runs[-1]) == {"TL02": 1}
    assert verify_ledger(home.books, COUNTY).is_whole
