"""A run that is undone: as if it had not been, by events that are appended; and whom people have answered keeps it."""

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
from pipelines.recording.by_hand import send_waiting
from pipelines.recording.undoing import undo_run
from pipelines.recording.verify import verify_ledger
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


def undo(county: SmallCounty, run: Run) -> None:
    home = county.settings.home
    undo_run(home.books, home.lake, run, actor=county.settings.actor, reason="日期写错了", on=SECOND, at=county.clock)


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


def test_what_people_answered_to_a_run_is_not_thrown_away_with_it(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    night(county, FIRST, ({SUBJECTS[0]: "a"}, True, ()))
    run = night(county, SECOND, ({SUBJECTS[0]: "a", SUBJECTS[1]: "a"}, True, ()))
    county.send({"H2": ANSWERED}, date(2026, 8, 3))
    before = rows(county), events(county)
    with pytest.raises(RefusedError, match=finding_id("TL02", "H2")):
        undo(county, run)
    assert (rows(county), events(county)) == before


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
