"""Returned workbooks: what is taken, what comes back and why, and that sending twice applies once."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import dying
import openpyxl
import pytest
from recording.county import FIRST, SmallCounty, fill, finding_id

from pipelines.desk.ledger import Taken, take_feedback
from warehouse.digests import name_digest
from warehouse.keys import Use
from warehouse.lake import NotPlainError

MONDAY = date(2026, 7, 6)
TRUE = {"核实结果": "属实"}
FIXING = {"核实结果": "属实", "整改措施": "纳入低保", "整改时限": date(2026, 7, 20)}
FIXED = FIXING | {"完成日期": date(2026, 7, 3), "佐证材料": "审批表12号", "责任人": "杨办"}
WRONG = {"核实结果": "不属实", "核实说明": "已入户核对", "佐证材料": "入户表3号"}
HOUSES = ("H1", "H2", "H3", "H4")


@pytest.fixture
def county(tmp_path: Path) -> SmallCounty:
    """A county whose civil affairs office has four findings of TL02, dispatched on 30 June."""
    made = SmallCounty(tmp_path / "home")
    made.night(FIRST, {("TL02", house): "a" for house in HOUSES})
    return made


def counts(taken: Taken) -> dict[str, int]:
    """Rows by outcome, those that there are."""
    found = taken.as_row(taken.path.parents[3])["rows"]
    return {name: count for name, count in found.items() if count}


def refusals(taken: Taken) -> list[tuple[int, str]]:
    """(row, column) of what was refused."""
    return [(row["row"], row["column_name"]) for row in taken.receipt.refused]


def receipt_text(taken: Taken) -> str:
    book = openpyxl.load_workbook(taken.path)
    return "\n".join(str(v) for row in book["回执"].iter_rows(values_only=True) for v in row if v is not None)


def test_a_row_takes_its_finding_as_far_as_it_was_filled_in(county: SmallCounty) -> None:
    taken = county.send({"H1": TRUE, "H2": FIXING, "H3": FIXED, "H4": WRONG}, MONDAY)
    assert counts(taken) == {"applied": 4}
    assert taken.is_whole
    assert [county.state("TL02", house) for house in HOUSES] == ["属实", "整改中", "已整改", "不属实"]
    last = county.events("TL02", "H3")[-3:]
    moves = [(e["from_state"], e["to_state"]) for e in last]
    assert moves == [("已派发", "属实"), ("属实", "整改中"), ("整改中", "已整改")]
    key = county.settings.home.keys.of(Use.DIGEST)
    assert {e["who"] for e in last} == {name_digest(key, str(last[0]["answer"]), "杨办")}


def test_confirming_sets_the_deadline_in_working_days_and_refuting_silences_the_evidence(county: SmallCounty) -> None:
    county.send({"H1": TRUE, "H4": WRONG}, MONDAY)
    assert county.row("TL02", "H1")["due_on"] == date(2026, 8, 3)  # twenty working days, no holiday between
    assert county.row("TL02", "H4")["silenced_digest"] == county.row("TL02", "H4")["evidence_digest"]


def test_steps_can_come_one_workbook_at_a_time(county: SmallCounty) -> None:
    county.send({"H1": TRUE}, MONDAY)
    county.send({"H1": {"整改措施": "纳入低保", "整改时限": "2026年7月20日"}}, MONDAY)
    county.send({"H1": {"完成日期": "20260705", "佐证材料": "审批表"}}, MONDAY)
    assert [e["to_state"] for e in county.events("TL02", "H1")][-3:] == ["属实", "整改中", "已整改"]


def test_the_same_file_changes_nothing_the_second_time(county: SmallCounty) -> None:
    first = county.send({"H1": FIXING, "H2": {"核实结果": "不属实"}}, MONDAY)
    events = county.events()
    again = county.take(county.home / "sent.xlsx", date(2026, 7, 9))
    assert again.receipt.known
    assert not first.receipt.known
    assert (again.receipt.delivery, again.receipt.rows) == (first.receipt.delivery, first.receipt.rows)
    assert county.events() == events


def test_the_same_answers_in_another_file_apply_once(county: SmallCounty) -> None:
    county.send({"H1": FIXED, "H2": WRONG}, MONDAY)
    events = county.events()
    book = openpyxl.load_workbook(county.home / "sent.xlsx")
    book["问题清单"].column_dimensions["A"].width = 40
    book.save(county.home / "saved again.xlsx")
    assert counts(county.take(county.home / "saved again.xlsx", MONDAY)) == {"repeated": 2, "blank": 2}
    assert county.events() == events


def test_what_is_added_later_is_noted_without_moving_the_finding(county: SmallCounty) -> None:
    county.send({"H1": FIXED | {"责任人": None}}, MONDAY)
    assert counts(county.send({"H1": {"责任人": "杨办"}}, MONDAY)) == {"noted": 1, "blank": 3}
    assert county.events("TL02", "H1")[-1]["from_state"] == county.state("TL02", "H1") == "已整改"


def test_an_older_answer_that_comes_late_takes_nothing_back(county: SmallCounty) -> None:
    early = fill(county.workbook(), county.home / "early.xlsx", {"H1": TRUE})
    county.send({"H1": FIXED}, MONDAY)
    assert counts(county.take(early, MONDAY)) == {"repeated": 1, "blank": 3}
    assert county.state("TL02", "H1") == "已整改"


@pytest.mark.parametrize(
    ("answer", "columns"),
    [
        ({"核实结果": "不属实"}, {"核实说明", "佐证材料"}),
        (WRONG | {"整改措施": "纳入低保"}, {"整改措施"}),
        ({"核实说明": "情况属实"}, {"核实结果"}),
        ({"核实结果": "基本属实"}, {"核实结果"}),
        (TRUE | {"整改措施": "纳入低保"}, {"整改时限"}),
        (TRUE | {"整改时限": date(2026, 7, 20)}, {"整改措施"}),
        (FIXING | {"完成日期": date(2026, 7, 3)}, {"佐证材料"}),
        (FIXED | {"完成日期": date(2026, 6, 29)}, {"完成日期"}),
        (FIXED | {"完成日期": date(2026, 7, 7)}, {"完成日期"}),
        (FIXED | {"完成日期": "2026-02-30"}, {"完成日期"}),
        (FIXED | {"完成日期": "上周"}, {"完成日期"}),
        (FIXING | {"整改时限": date(2026, 6, 1)}, {"整改时限"}),
        (FIXING | {"整改时限": date(2062, 7, 20)}, {"整改时限"}),
        (FIXING | {"整改措施": "很" * 201}, {"整改措施"}),
        (FIXING | {"问题编号": finding_id("TL02", "H9")}, {"问题编号"}),
        (FIXING | {"问题编号": None}, {"问题编号"}),
        (FIXING | {"村": "别的村"}, {"村"}),
        (FIXING | {"对象姓名": None}, {"对象姓名"}),
        (FIXING | {"证件号码(脱敏)": "522***********0000"}, {"校验码"}),
        (FIXING | {"校验码": None}, {"校验码"}),
    ],
)
def test_a_bad_row_is_refused_with_its_column_and_the_good_ones_are_taken(
    county: SmallCounty, answer: dict[str, Any], columns: set[str]
) -> None:
    taken = county.send({"H1": FIXING, "H2": answer}, MONDAY)
    assert counts(taken) == {"applied": 1, "refused": 1, "blank": 2}
    assert {column for _, column in refusals(taken)} == columns
    assert not taken.is_whole
    assert (county.state("TL02", "H1"), county.state("TL02", "H2")) == ("整改中", "已派发")
    reasons = {row["reason"] for row in taken.receipt.refused}
    assert all(reason in receipt_text(taken) for reason in reasons)


def test_a_row_pasted_over_another_is_refused_with_the_one_it_copies(county: SmallCounty) -> None:
    source = fill(county.workbook(), county.home / "pasted.xlsx", {"H1": FIXING})
    book = openpyxl.load_workbook(source)
    sheet = book["问题清单"]
    row_of = {sheet.cell(row, 9).value: row for row in range(2, 6)}
    for column in range(1, sheet.max_column + 1):
        sheet.cell(row_of["H3"], column).value = sheet.cell(row_of["H1"], column).value
    book.save(source)
    taken = county.take(source, MONDAY)
    assert refusals(taken) == [(row_of["H1"], "问题编号"), (row_of["H3"], "问题编号")]
    assert county.state("TL02", "H1") == "已派发"


def test_answers_slipped_by_a_sort_of_the_keys_alone_are_refused(county: SmallCounty) -> None:
    source = fill(county.workbook(), county.home / "slipped.xlsx", {"H1": FIXING, "H2": WRONG})
    book = openpyxl.load_workbook(source)
    sheet = book["问题清单"]
    first, second = sheet.cell(2, 1).value, sheet.cell(3, 1).value
    sheet.cell(2, 1).value, sheet.cell(3, 1).value = second, first
    book.save(source)
    assert counts(county.take(source, MONDAY)) == {"refused": 2, "blank": 2}


def test_a_workbook_of_an_earlier_batch_is_stale(county: SmallCounty) -> None:
    old = fill(county.workbook(), county.home / "old.xlsx", {"H1": FIXING})
    county.night(date(2026, 7, 1), {("TL02", "H2"): "a"})
    county.night(date(2026, 7, 2), {("TL02", "H1"): "a", ("TL02", "H2"): "a"})
    assert county.row("TL02", "H1")["batch"] == "522601-20260702-01"
    assert refusals(county.take(old, MONDAY)) == [(2, "批次")]


def test_an_answer_to_what_the_data_have_cleared_is_refused(county: SmallCounty) -> None:
    late = fill(county.workbook(), county.home / "late.xlsx", {"H1": FIXING})
    county.night(date(2026, 7, 1), {})
    taken = county.take(late, MONDAY)
    assert refusals(taken) == [(2, "问题编号")]
    assert county.state("TL02", "H1") == "数据已消除"


@pytest.mark.parametrize(("before", "after"), [(TRUE, WRONG), (FIXED, WRONG), (WRONG, TRUE)])
def test_a_verdict_is_not_turned_round(county: SmallCounty, before: dict[str, Any], after: dict[str, Any]) -> None:
    turned = fill(county.workbook(), county.home / "turned.xlsx", {"H1": after})
    county.send({"H1": before}, MONDAY)
    stood = county.state("TL02", "H1")
    assert refusals(county.take(turned, MONDAY)) == [(2, "核实结果")]
    assert county.state("TL02", "H1") == stood


def test_what_was_not_sent_out_cannot_be_answered(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(FIRST, {("TL02", "H1"): "a"}, dispatch=False)
    assert refusals(county.send({"H1": TRUE}, MONDAY)) == [(2, "问题编号")]


def test_a_day_of_receipt_before_the_dispatch_is_refused(county: SmallCounty) -> None:
    assert refusals(county.send({"H1": TRUE}, date(2026, 6, 29))) == [(2, "下发日期")]


def test_a_workbook_that_is_none_of_ours_is_rejected_whole_and_recorded(county: SmallCounty) -> None:
    other = county.home / "other.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["姓名", "电话"])
    book.save(other)
    taken = county.take(other, MONDAY)
    assert taken.receipt.delivery.status == "rejected"
    assert not taken.is_whole
    assert taken.receipt.delivery.reason[0] in receipt_text(taken)
    assert county.settings.home.lake.original(taken.receipt.delivery.sha256).exists()
    text = county.home / "notes.txt"
    text.write_text("属实")
    assert "xlsx" in county.take(text, MONDAY).receipt.delivery.reason[0]


def test_a_workbook_of_unknown_findings_only_is_rejected_and_lists_each(county: SmallCounty, tmp_path: Path) -> None:
    strangers = SmallCounty(tmp_path / "elsewhere")
    strangers.night(FIRST, {("TL02", "X1"): "a", ("TL02", "X2"): "a"})
    path = fill(strangers.workbook(), tmp_path / "strange.xlsx", {"X1": TRUE, "X2": TRUE})
    taken = county.take(path, MONDAY)
    assert (taken.receipt.delivery.status, refusals(taken)) == ("rejected", [(2, "问题编号"), (3, "问题编号")])


@pytest.mark.services
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_workbook_saved_by_libreoffice_round_trips(
    county: SmallCounty, tool: Callable[[str], Path], kind: str
) -> None:
    answers = {"H1": FIXED, "H2": WRONG, "H3": FIXING | {"村": "别的村"}}
    filled = fill(county.workbook(), county.home / "filled.xlsx", answers)
    out = county.home / "saved"
    command = [tool("soffice"), f"-env:UserInstallation={(county.home / 'profile').as_uri()}", "--headless"]
    subprocess.run([*command, "--convert-to", kind, "--outdir", out, filled], check=True, capture_output=True)
    saved = out / f"filled.{kind}"
    taken = county.take(saved, MONDAY)
    assert counts(taken) == {"applied": 2, "refused": 1, "blank": 1}
    assert refusals(taken) == [(4, "村")]
    assert [county.state("TL02", house) for house in HOUSES] == ["已整改", "不属实", "已派发", "已派发"]
    shutil.copy(saved, county.home / f"renamed.{kind}")
    assert county.take(county.home / f"renamed.{kind}", MONDAY).receipt.known


def test_what_ends_the_reader_of_a_workbook_sends_it_back_and_the_next_goes_on(
    county: SmallCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fill(county.workbook(), county.home / "sent.xlsx", {"H1": TRUE})
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.desk.ledger.read_returned", dying.end)
        taken = county.take(sent, MONDAY)
    assert "程序中断" in taken.receipt.delivery.reason[0]
    assert "sent.xlsx" in taken.receipt.delivery.reason[0]
    assert taken.receipt.delivery.status == "rejected"
    # other content: within one second the same answers would make the same bytes, which were sent back
    again = fill(county.workbook(), county.home / "again.xlsx", {"H1": TRUE | {"核实说明": "再报"}})
    county.take(again, MONDAY)
    assert county.state("TL02", "H1") == "属实"


def test_a_workbook_under_a_strange_name_is_kept_by_a_clean_one_and_as_it_was_sent(county: SmallCounty) -> None:
    sent = fill(county.workbook(), county.home / "sent.xlsx", {"H1": TRUE})
    strange = sent.rename(county.home / "反馈\x1b[31m.xlsx")
    (file,) = county.take(strange, MONDAY).receipt.delivery.files
    assert file.name == "反馈_[31m.xlsx"
    assert file.sent is not None
    assert file.sent.endswith(r"\x1b[31m.xlsx")


def test_no_workbook_is_taken_where_one_of_them_is_no_plain_file(county: SmallCounty) -> None:
    sent = fill(county.workbook(), county.home / "sent.xlsx", {"H1": TRUE})
    link = county.home / "link.xlsx"
    link.symlink_to(sent)
    county.reach(MONDAY)
    with pytest.raises(NotPlainError, match="is a link"):
        take_feedback(county.settings, [sent, link], MONDAY)
    assert county.state("TL02", "H1") == "已派发"
