"""No sequence of nights, returned workbooks, reviews and kills leaves the ledger in a state that is none."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from actors import acting
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from recording.county import COUNTY, FIRST, SmallCounty, finding_id

from expectations.finding import State
from expectations.workbook import ANSWER_HEADINGS, CHECKSUM, KEY_HEADINGS, row_checksum
from pipelines.desk.ledger import review_finding
from pipelines.recording import events as events_module
from pipelines.recording import feedback, record, review
from pipelines.recording.feedback import county_of, record_returned
from pipelines.recording.returned import Returned, ReturnedRow
from pipelines.recording.review import ReviewRefusedError
from pipelines.recording.verify import verify_ledger
from warehouse.books.deliveries import SourceFile
from warehouse.keys import Use
from warehouse.lake import hash_plain

HOUSES = ("H1", "H2", "H3")
ALLOWED = {
    None: {"待核实"},
    "待核实": {"已派发", "数据已消除"},
    "已派发": {"属实", "不属实", "数据已消除"},
    "重开": {"已派发", "属实", "不属实", "数据已消除"},
    "属实": {"属实", "整改中", "数据已消除"},
    "整改中": {"整改中", "已整改"},
    "已整改": {"已整改", "销号"},
    "不属实": {"不属实", "重开"},
    "销号": {"重开"},
    "数据已消除": {"重开"},
}
"""Every transition of the ledger; a state that leads to itself only takes a note."""


CONFIRMED = {"核实结果": "属实"}
REFUTED = {"核实结果": "不属实", "核实说明": "看过", "佐证材料": "材料"}
FIXING = CONFIRMED | {"整改措施": "措施一", "整改时限": "2026-12-01"}
FIXED = FIXING | {"完成日期": 0, "佐证材料": "材料", "责任人": "甲"}
SENSIBLE = (CONFIRMED, REFUTED, FIXING, FIXED, FIXED, {"完成日期": 0, "佐证材料": "材料", "责任人": "乙"})
ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "核实结果": st.sampled_from(["属实", "不属实"]),
        "核实说明": st.just("看过"),
        "整改措施": st.sampled_from(["措施一", "措施二"]),
        "整改时限": st.just("2026-12-01"),
        "完成日期": st.integers(-3, 3),
        "佐证材料": st.just("材料"),
        "责任人": st.sampled_from(["甲", "乙"]),
    },
)
"""Answers as they should be, and any others; 完成日期 counts in days from the newest night."""


class KilledError(Exception):
    """Stands for a process that dies before its transaction ends."""


class Ledger(RuleBasedStateMachine):
    """A county of three households under one rule."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.county = SmallCounty(Path(self.folder.name))
        self.day = FIRST
        self.seen: list[dict[str, Any]] = []
        self.sent: list[tuple[Path, Returned]] = []
        self.county.night(self.day, {("TL02", house): "a" for house in HOUSES})

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.county.settings.home.books.dispose()
            self.folder.cleanup()

    def row(self, house: str) -> Mapping[str, Any]:
        return self.county.row("TL02", house)

    @rule(
        shown=st.fixed_dictionaries({}, optional=dict.fromkeys(HOUSES, st.sampled_from("aaab"))),
        evaluated=st.sampled_from([True, True, True, False]),
        dispatch=st.sampled_from([True, True, True, False]),
        days=st.sampled_from([1, 1, 1, 2, 0, -1]),
        killed=st.booleans(),
    )
    def night(self, shown: dict[str, str], evaluated: bool, dispatch: bool, days: int, killed: bool) -> None:
        """A night, or a replay, that may be killed first; it is run again then."""
        day = self.day + timedelta(days=days)
        replay = day < self.day
        before = self.county.events()
        proof = (
            ""
            if replay
            else "、".join(self.county.deliver(feed, day) for feed in ("low_income_households", "low_income_members"))
            if day > self.day
            else "low_income_households_old"
        )

        def run() -> None:
            self.county.night(
                day, {("TL02", house): e for house, e in shown.items()}, dispatch=dispatch, proof=proof,
                evaluated=("TL02",) if evaluated else (),
            )  # fmt: skip

        if killed:
            self.kill(run, record)
            assert self.county.events() == before
        run()
        self.day = max(day, self.day)
        if replay:
            assert self.county.events() == before
            return
        for house, evidence in shown.items():
            row = self.row(house)
            assert row["state"] not in ("数据已消除", "销号")
            if row["state"] == "不属实":
                known = {e["evidence_digest"] for e in self.county.events("TL02", house) if e["to_state"] == "不属实"}
                assert row["evidence_digest"] in known, evidence

    @rule(
        house=st.sampled_from(HOUSES),
        said=st.one_of(st.sampled_from(SENSIBLE), st.sampled_from(SENSIBLE), ANYTHING),
        batch=st.sampled_from([None] * 7 + ["522601-20260601-01"]),
        altered=st.sampled_from([False] * 7 + [True]),
        days=st.sampled_from([0, 0, 1, 3, -2]),
        killed=st.booleans(),
    )
    def answer(
        self, house: str, said: dict[str, Any], batch: str | None, altered: bool, days: int, killed: bool
    ) -> None:
        """A returned workbook of one row."""
        cells = dict.fromkeys((*KEY_HEADINGS, *ANSWER_HEADINGS), "")
        cells |= {"问题编号": finding_id("TL02", house), "批次": batch or self.row(house)["batch"] or ""}
        cells |= {"规则编号": "TL02", "户编号": house}
        key = self.county.settings.home.keys.of(Use.FEEDBACK)
        cells[CHECKSUM] = row_checksum(key, "civil_affairs/", [cells[heading] for heading in KEY_HEADINGS])
        if altered:
            cells["村"] = "别的村"
        cells |= said
        if "完成日期" in said:
            cells["完成日期"] = (self.day + timedelta(days=said["完成日期"])).isoformat()
        path = Path(self.folder.name) / f"{len(self.sent)}.xlsx"
        path.write_bytes(f"content {len(self.sent)}".encode())
        returned = Returned((ReturnedRow("问题清单", 2, cells),))
        self.sent.append((path, returned))
        before, stood = self.county.events(), self.row(house)
        if killed:
            self.kill(lambda: self.take(path, returned, days), feedback)
            assert self.county.events() == before
        self.take(path, returned, days)
        if altered or (batch and batch != stood["batch"]):
            assert self.county.events() == before
            assert self.row(house) == stood

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), as_new=st.booleans())
    def send_again(self, data: st.DataObject, as_new: bool) -> None:
        """An earlier workbook once more, the same file or the same rows saved anew: nothing moves twice."""
        path, returned = data.draw(st.sampled_from(self.sent))
        if as_new:
            path = path.with_name(f"again {len(self.sent)} {path.name}")
            path.write_bytes(f"{path.name} {len(list(path.parent.iterdir()))}".encode())
            self.take(path, returned, 1)
        before = self.county.events()
        again = self.take(path, returned, 2)
        assert again
        assert self.county.events() == before

    @rule(house=st.sampled_from(HOUSES), reviewer=st.sampled_from(["甲", "乙", "丙", "丁"]), killed=st.booleans())
    def review(self, house: str, reviewer: str, killed: bool) -> None:
        """A reviewer tries to close a finding."""
        self.county.reach(self.day + timedelta(days=3))
        before = self.row(house)

        def close() -> None:
            review_finding(
                acting(self.county.settings, reviewer), before["finding_id"], self.day + timedelta(days=3), None
            )

        try:
            if killed:
                self.kill(close, review)
                assert self.row(house) == before
            close()
        except ReviewRefusedError:
            assert self.row(house) == before
        else:
            assert before["state"] == "已整改"
            assert before["cleared_by"]
            (last,) = self.county.events("TL02", house)[-1:]
            assert last["delivery"] == before["cleared_by"]

    def take(self, path: Path, returned: Returned, days: int) -> bool:
        """Take a workbook in; whether its content was known."""
        home, on = self.county.settings.home, self.day + timedelta(days=days)
        county = county_of(home.books, returned)
        receipt = record_returned(
            home.books, home.lake, SourceFile(path.name, *hash_plain(path)), returned, county, on=on,
            at=self.county.settings.now(),
            policy=self.county.policy(on),
        )  # fmt: skip
        return receipt.known

    def kill(self, act: Callable[[], None], module: Any) -> None:
        """Do something and die once the events are written, before the transaction ends."""

        def die(*given: Any) -> None:
            events_module.append_events(*given)
            raise KilledError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "append_events", die)
            try:
                act()
            except KilledError:
                return

    @invariant()
    def every_event_is_kept_and_follows_from_the_one_before(self) -> None:
        now = self.county.events()
        assert now[: len(self.seen)] == self.seen
        self.seen = now
        assert verify_ledger(self.county.settings.home.books, COUNTY).is_whole

    @invariant()
    def every_transition_is_one_of_the_ledgers(self) -> None:
        for event in self.seen:
            assert event["to_state"] in ALLOWED[event["from_state"]], event
            assert State(event["to_state"])

    @invariant()
    def nothing_is_closed_without_proof(self) -> None:
        for event in self.seen:
            if event["to_state"] in ("数据已消除", "销号"):
                assert event["delivery"]


@pytest.mark.slow
def test_no_sequence_leads_where_the_ledger_has_no_state() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_every_state_has_a_way_in_and_a_way_on() -> None:
    reached = set().union(*ALLOWED.values())
    assert {state.value for state in State} == reached == {state for state in ALLOWED if state is not None}
    assert all(ways - {state} for state, ways in ALLOWED.items())
