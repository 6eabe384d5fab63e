"""Small files as offices really send them (``sent/``): read as their sender meant them, or refused in a sentence.

All persons are made up. Each folder is a kind of fault; the file keeps the name under which it would arrive.
"""

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import scan_inbox
from pipelines.staging import Outcome

SENT = Path(__file__).parent / "sent"


def only(case: str) -> Path:
    (file,) = (SENT / case).iterdir()
    return file


def stage(bench: Any, file: Path) -> Any:
    shutil.copy(file, bench.path(file.name))
    return bench.stage()


TAKEN: dict[str, tuple[int, dict[tuple[int, str], tuple[str, str, str | None]]]] = {
    "03b-error-cells-csv": (
        7,
        {
            (2, "helper_name"): ("value", "missing", "no_figure"),
            (3, "head_name"): ("row", "missing", "no_figure"),
            (4, "village"): ("row", "error_value", None),
            (5, "phone"): ("value", "error_value", None),
            (6, "township"): ("row", "error_value", None),
        },
    ),
    "05b-hidden-sheet-conflict": (10, {}),
    "06b-parquet-timestamptz-month": (3, {}),
    "08b-null-markers-key": (
        0,
        {
            **{(row, "household_no"): ("row", "missing", "word_for_nothing") for row in (2, 3, 4, 5)},
            (5, "exit_year"): ("value", "missing_conditional", None),
        },
    ),
    "08c-parquet-nan": (
        4,
        {(2, "exit_year"): ("value", "missing_conditional", None), (3, "phone"): ("value", "missing", "no_figure")},
    ),
    "09b-csv-eq-quoted-escaped": (3, {}),
    "11b-one-cell-utf8-in-gbk": (
        4,
        {
            (3, "head_name"): ("row", "bad_text", "foreign_encoding"),
            (3, "helper_name"): ("value", "bad_text", "foreign_encoding"),
        },
    ),
    "17b-lost-characters": (
        0,
        {
            **{(row, "head_name"): ("row", "bad_text", "lost_characters") for row in (2, 3, 4, 5)},
            (6, "head_name"): ("row", "bad_text", "foreign_encoding"),
        },
    ),
    "21-xls-codepage-936": (3, {}),
    "24-key-became-date": (0, {(row, "case_no"): ("row", "bad_text", "spoilt_by_spreadsheet") for row in (2, 3, 4, 5)}),
    "61b-unit-above-table-2": (3, {}),
    "61g-unit-row-below-header": (30, {}),
    "62a-dot-zero-keys": (3, {}),
}
"""Rows that are staged, and every cell that is recorded: scope, reason, detail."""


@pytest.mark.parametrize("case", TAKEN)
def test_a_file_that_can_be_read_is_and_what_is_wrong_in_it_is_recorded_by_cell(bench, case):
    rows, found = TAKEN[case]
    staged = stage(bench, only(case))
    assert staged.outcome is Outcome.ACCEPTED, staged.refusals
    assert len(bench.rows(staged)) == rows
    assert bench.found(staged) == found


VALUES: dict[str, tuple[str, list[Any]]] = {
    "06b-parquet-timestamptz-month": ("month", ["2026-03"] * 3),
    "09b-csv-eq-quoted-escaped": ("student_no", [f"G52260119600{end}" for end in ("1010017", "4070031", "7130052")]),
    "61b-unit-above-table-2": ("subsidy", [Decimal(20_000)] * 3),
    "61g-unit-row-below-header": ("paid", [Decimal(20_000)] * 30),
    "62a-dot-zero-keys": ("household_no", [f"5226010000000{n}" for n in range(3)]),
}


@pytest.mark.parametrize("case", VALUES)
def test_what_the_sender_meant_is_staged(bench, case):
    column, values = VALUES[case]
    assert [row[column] for row in bench.rows(stage(bench, only(case)))] == values


def test_an_instant_of_a_day_in_shanghai_is_that_day(bench):
    rows = bench.rows(stage(bench, only("06b-parquet-timestamptz-month")))
    assert {row["paid_on"] for row in rows} == {date(2026, 3, 15)}


def test_words_for_nothing_are_told_by_their_rows_where_they_are_no_problem(bench):
    staged = stage(bench, only("08b-null-markers-key"))
    told = {(n.heading, n.rows) for n in staged.warnings if n.reason == "word_for_nothing"}
    assert told == {("监测对象类别", (4,)), ("户主证件号码", (2, 3))}


def test_a_hidden_sheet_is_named(bench):
    (warning,) = stage(bench, only("05b-hidden-sheet-conflict")).warnings
    assert (warning.reason, warning.sheet) == ("hidden_sheet", "2025备份")
    assert "隐藏" in warning.text


REFUSED = {
    "32a-xlsx-named-csv": [("wrong_kind", r"内容却是Excel工作簿（xlsx）。请把扩展名改为xlsx")],
    "33c-unbalanced-quote": [("unreadable", r"第3行有一个引号没有成对")],
    "33d-two-stray-quotes": [("unreadable", r"第3行有一个引号没有成对")],
    "60i-duplicate-heading": [
        ("ambiguous_heading", r"“姓名”.*出现了2次：A列和I列"),
        ("ambiguous_heading", r"“证件号码”出现了2次：B列和J列"),
    ],
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_that_says_what_to_do(bench, case):
    staged = stage(bench, only(case))
    assert staged.outcome is Outcome.REJECTED
    for refusal, (reason, said) in zip(staged.refusals, REFUSED[case], strict=True):
        assert refusal.reason == reason
        assert re.search(said, refusal.text)
        assert "重新报送" in refusal.text


RIGHT = "low_income_households_522601_20260331"
NAMES = {
    f"{RIGHT}.CSV": "",
    "Low_Income_Households_522601_20260331.csv": "",
    "low_income_households_522601_2026-03-31.csv": "",
    "low_income_households＿522601＿20260331.csv": "",
    f"{RIGHT} (1).csv": rf"改名为 {RIGHT}\.csv",
    f"{RIGHT} - 副本.csv": rf"改名为 {RIGHT}\.csv",
    f"{RIGHT}.csv.csv": rf"改名为 {RIGHT}\.csv",
    f"{RIGHT}.txt": r"“\.txt”不能报送。请用Excel或WPS另存为xlsx或csv",
    f"{RIGHT}.xlsm": r"“\.xlsm”不能报送。请用Excel或WPS另存为xlsx或csv",
    "低保户_522601_20260331.csv": rf"“低保户”无法识别，最接近的是 low_income_households.*请改名为 {RIGHT}\.csv",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leaves_no_doubt_is_taken_and_any_other_told_the_right_one(bench, name):
    staged = stage(bench, SENT / "70-names" / name)
    if not NAMES[name]:
        assert (staged.outcome, len(bench.rows(staged))) == (Outcome.ACCEPTED, 2)
        return
    assert staged.outcome is Outcome.REJECTED
    (refusal,) = staged.refusals
    assert (refusal.reason, refusal.file) == ("bad_name", name)
    assert re.search(NAMES[name], refusal.text)


def test_a_part_waits_for_the_others(bench):
    shutil.copy(SENT / "70-names" / f"{RIGHT}_1of2.csv", bench.path(f"{RIGHT}_1of2.csv"))
    scan = scan_inbox(inbox=bench.lake.inbox, now=bench.received_at)
    assert [w.parts for w in scan.waiting] == ["1 of 2"]
    assert scan.whole == ()


def test_every_case_has_a_test():
    names = {path.name for path in (SENT / "70-names").iterdir()}
    assert {path.name for path in SENT.iterdir()} == {*TAKEN, *REFUSED, "70-names"}
    assert names == {*NAMES, f"{RIGHT}_1of2.csv"}
