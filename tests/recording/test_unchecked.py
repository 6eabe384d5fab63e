"""What is refused tonight takes nothing away: the finding keeps its state, marked, until it can be checked again."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from builders import World, certificate, enrolment, household, member, open_household, payment, pid, world
from cases.refusals import with_refused
from recording.county import SmallCounty, finding_id
from worlds_on_disk import run

from expectations.rules import RULES_BY_CODE
from pipelines.recording.transitions import BOOK_SCHEMA, RuleNight, plan_night
from pipelines.recording.unchecked import unchecked
from warehouse.refused import Refusals

APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
TL02 = ("TL02", "H1")
NOTHING_FOUND = pa.table(
    {name: pa.array([], pa.string()) for name in ("finding_id", "rule", "period", "certainty", "evidence_digest")}
)


def _marks(county: SmallCounty) -> list[bool]:
    return [row["unchecked"] for row in pq.read_table(county.settings.home.lake.ledger(county.runs[-1].id)).to_pylist()]


def _hiding(monkeypatch: pytest.MonkeyPatch, *hidden: str) -> None:
    ids = pa.table({"finding_id": pa.array(hidden, pa.string())})
    monkeypatch.setattr("pipelines.recording.record.hidden", lambda *_: ids)


def test_what_may_be_hidden_keeps_its_state_and_is_marked_until_a_night_can_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    _hiding(monkeypatch, finding_id(*TL02))
    county.night(MAY, {})
    assert (county.row(*TL02)["state"], county.row(*TL02)["cleared_by"], _marks(county)) == ("已派发", None, [True])
    _hiding(monkeypatch)
    county.night(JUNE, {}, proof="delivery")
    assert (county.row(*TL02)["state"], county.row(*TL02)["cleared_by"]) == ("数据已消除", "delivery")
    assert _marks(county) == [False]


def test_a_night_that_finds_it_again_takes_the_mark_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {TL02: "a"})
    _hiding(monkeypatch, finding_id(*TL02))
    county.night(MAY, {})
    county.night(JUNE, {TL02: "a"})
    assert (county.row(*TL02)["state"], _marks(county)) == ("已派发", [False])


def test_the_mark_stays_where_its_rule_is_not_evaluated() -> None:
    book = pa.Table.from_pylist(
        [{"finding_id": "f", "rule": "TL02", "period": "", "state": "属实"}], schema=BOOK_SCHEMA
    )
    older = pa.Table.from_pylist([{"finding_id": "f", "evidence": "[]", "past_period": False, "unchecked": True}])
    night = [RuleNight("TL02", False, "", "delivery")]
    (row,) = plan_night(NOTHING_FOUND, book, night, older).to_pylist()
    assert (row["to_state"], row["unchecked"]) == ("属实", True)


@pytest.mark.parametrize(("untouched", "state"), [((), "数据已消除"), (("g",), "数据已消除"), (("f", "g"), "属实")])
def test_what_was_not_compared_is_neither_found_nor_gone(untouched: tuple[str, ...], state: str) -> None:
    row = {"finding_id": "f", "rule": "AG01", "period": "2026-06", "state": "属实"}
    book = pa.Table.from_pylist([row], schema=BOOK_SCHEMA)
    night = [RuleNight("AG01", True, "2026-06", "delivery", untouched=untouched)]
    (planned,) = plan_night(NOTHING_FOUND, book, night).to_pylist()
    assert (planned["to_state"], planned["unchecked"]) == (state, False)


@pytest.mark.parametrize(
    ("feed", "row", "is_hidden"),
    [
        ("low_income_members", {"certificate_no": "C9", "person_id": pid(1)}, True),
        ("low_income_members", {"certificate_no": "C9", "person_id": pid(8), "name": "无关人"}, False),
        ("register_members", {"household_no": "H1"}, True),
        ("register_members", {"member_no": "M1"}, True),
        ("register_members", {"household_no": "H9", "member_no": "M9"}, False),
        ("register_households", {"head_id": pid(1)}, True),
        ("students", {"person_id": pid(1)}, False),
    ],
)
def test_which_refused_rows_hide_a_finding_of_yesterday(
    feed: str, row: dict[str, Any], is_hidden: bool, tmp_path: Path
) -> None:
    yesterday = world(register_households=[open_household(income_current=3000)], register_members=[member()])
    found = run(yesterday, tmp_path / "one", ("TL02",)).findings
    gone = found.filter(pc.equal(found["rule"], "TL02"))
    better = world(register_households=[open_household(income_current=90000)], register_members=[member()])
    tonight = with_refused(better, feed, row)
    refusals = run(tonight, tmp_path / "two", ("TL02",)).refusals
    assert refusals is not None
    assert (len(unchecked(gone, refusals, [RULES_BY_CODE["TL02"]])) == 1) == is_hidden
    nothing = Refusals(refusals.rows.slice(0, 0), refusals.touched.slice(0, 0), {})
    assert len(unchecked(gone, nothing, [RULES_BY_CODE["TL02"]])) == 0


def _book(there: bool = True, paid: bool = True, end_date: date = date(2026, 3, 1)) -> World:
    """C1, a certificate without people, stopped, and a payment of April on it; C2 beside it."""
    stopped = certificate(status="停保", end_date=end_date)
    late = payment(month="2026-04", payee_id=pid(7))
    return world(
        low_income_households=[certificate("C2", head_id=pid(2)), *([stopped] if there else [])],
        low_income_payments=[payment("C2", payee_id=pid(2)), *([late] if paid else [])],
    )


LOST_ROW = {"head_id": pid(1), "head_name": certificate()["head_name"], "programme": "农村低保"}
LOST_PAYMENT = {"month": "2026-04", "batch_no": "B1", "payee_id": pid(7)}


@pytest.mark.parametrize(
    ("tonight", "feed", "row", "is_hidden"),
    [
        (_book(there=False), "low_income_households", LOST_ROW, True),
        (_book(there=False), "low_income_households", {"programme": "农村低保"}, True),
        (_book(there=False), "low_income_households", {"head_name": "无关人", "head_id": pid(8)}, False),
        (_book(there=False), "low_income_households", LOST_ROW | {"certificate_no": "C7"}, False),
        (_book(end_date=date(2026, 4, 1)), "low_income_households", LOST_ROW, False),
        (_book(paid=False), "low_income_payments", LOST_PAYMENT, True),
        (_book(paid=False), "low_income_payments", LOST_PAYMENT | {"month": "2026-05"}, False),
        (_book(paid=False), "low_income_payments", LOST_PAYMENT | {"certificate_no": "C7"}, False),
    ],
)
def test_a_row_that_is_there_no_more_may_be_what_lost_its_number_though_nobody_stands_under_it(
    tonight: World, feed: str, row: dict[str, Any], is_hidden: bool, tmp_path: Path
) -> None:
    gone = run(_book(), tmp_path / "one", ("PY01",)).findings
    assert gone["subject_key"].to_pylist() == ["C1"]
    refusals = run(with_refused(tonight, feed, row), tmp_path / "two", ("PY01",)).refusals
    assert refusals is not None
    assert (len(unchecked(gone, refusals, [RULES_BY_CODE["PY01"]])) == 1) == is_hidden


@pytest.mark.parametrize(("number", "is_hidden"), [(pid(8), False), (None, True)])
def test_a_member_of_another_number_who_lost_the_household_hides_nobody_in_one_that_lacks_a_row(
    number: str | None, is_hidden: bool, tmp_path: Path
) -> None:
    register = {"register_households": [household(persons=2)], "register_members": [member()]}
    gone = run(world(**register), tmp_path / "one", ("CV01",)).findings
    assert gone["subject_key"].to_pylist() == [pid(1)]
    lost = {"member_no": "M9", "name": "无关人"} | ({"person_id": number} if number else {})
    tonight = with_refused(world(**register, insurance_enrolments=[enrolment()]), "register_members", lost)
    refusals = run(tonight, tmp_path / "two", ("CV01",)).refusals
    assert refusals is not None
    assert (len(unchecked(gone, refusals, [RULES_BY_CODE["CV01"]])) == 1) == is_hidden
