"""What cannot be recovered gives the reason that feeds.md names, with file, sheet, row and column."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from dirty_tables import bad_values
from feed_tables import (
    COUNTY,
    as_text,
    cell_table,
    file_name,
    identity_number,
    name_columns,
    rows_of,
    text_table,
    write_xlsx,
)

from expectations.feed import (
    Code,
    Column,
    Date,
    Feed,
    Integer,
    Money,
    Name,
    YesNo,
)
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.staging import Outcome


def refused_alone(bench, feed: Feed, cells: list[tuple[Column, str]]) -> Any:
    """A workbook in which the n-th cell is spoilt in row n + 2."""
    table = text_table(feed, rows_of(feed, len(cells) + 1))
    for n, (column, text) in enumerate(cells):
        table[n + 1][[c.name for c in feed.columns].index(column.name)] = text
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"名册": table})
    return bench.stage()


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_each_refused_cell_is_recorded_with_its_reason_and_place(bench, feed):
    cells = [(c, t, r) for c in feed.columns for t, r in bad_values(c)]
    staged = refused_alone(bench, feed, [(c, t) for c, t, _ in cells])
    assert staged.outcome is Outcome.ACCEPTED
    expected = [
        ("row" if c.must_be_there else "value", file_name(feed, "xlsx"), "名册", n + 2, c.name, c.title, r)
        for n, (c, _, r) in enumerate(cells)
    ]
    keys = ("scope", "file", "sheet", "row", "column", "heading", "reason")
    found = [tuple(p[k] for k in keys) for p in bench.problems(staged) if p["reason"] != "missing_conditional"]
    assert found == expected
    refused = [n + 2 for n, (c, _, _) in enumerate(cells) if c.must_be_there]
    assert [q["_row"] for q in bench.quarantined(staged)] == refused
    accounting = staged.delivery.accounting
    assert accounting.quarantined == len(refused)
    values = [p for p in bench.problems(staged) if p["scope"] == "value" and p["row"] not in refused]
    assert accounting.values_refused == len(values)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_personal_values_are_masked_where_they_are_refused(bench, feed):
    long_name = "张" * 201
    table = text_table(feed, rows_of(feed, 3))
    spoilt = {
        c.name: "13812345678\x07" if not isinstance(c.type, Name) else long_name for c in feed.columns if c.personal
    }
    for i, column in enumerate(feed.columns):
        if column.personal and not column.is_identity_number:
            table[1][i] = spoilt[column.name]
    staged = bench.stage_csv(feed, table)
    for problem in bench.problems(staged):
        if problem["column"] in spoilt:
            assert problem["value"] in ("张*", "***", "1381***********678\x07", "138****678\x07"), problem["value"]
            assert "12345" not in problem["value"]


def test_a_row_with_several_problems_counts_by_its_first_and_lists_all(bench):
    feed = FEEDS_BY_NAME["register_members"]
    rows = rows_of(feed, 3)
    table = text_table(feed, rows)
    names = [c.name for c in feed.columns]
    for column, text in (("sex", "X"), ("relation", "邻居"), ("person_status", "")):
        table[2][names.index(column)] = text
    staged = bench.stage_csv(feed, table)
    problems = bench.problems(staged)
    assert [(p["column"], p["scope"], p["reason"], p["first"]) for p in problems if p["row"] == 3] == [
        ("sex", "value", "unknown_code", False),
        ("relation", "row", "unknown_code", True),
        ("person_status", "row", "missing", False),
    ]
    assert bench.quarantined(staged)[0]["_reason"] == "unknown_code"
    assert staged.delivery.accounting.values_refused == 0


def test_a_value_that_another_requires_is_recorded_but_costs_no_row(bench):
    feed = FEEDS_BY_NAME["register_households"]
    rows = rows_of(feed, 3)
    for row, status in zip(rows, ("已脱贫", "未脱贫", "已脱贫"), strict=True):
        row["poverty_status"], row["exit_year"] = status, None
    rows[2]["exit_year"] = 2021
    staged = bench.stage_rows(feed, rows)
    (problem,) = bench.problems(staged)
    assert (problem["scope"], problem["row"], problem["column"]) == ("value", 2, "exit_year")
    assert problem["reason"] == "missing_conditional"
    assert staged.delivery.accounting.values_refused == 1
    assert staged.delivery.accounting.staged == 3


def test_a_column_that_is_not_there_is_null_and_required_only_where_another_value_asks(bench):
    feed = FEEDS_BY_NAME["low_income_households"]
    rows = rows_of(feed, 5)
    for row, status in zip(rows, ("停保", "渐退", "在保", "在保", "停保"), strict=True):
        row["status"], row["programme"] = status, "农村特困"
    table = text_table(feed, rows)
    at = table[0].index("停保日期")
    staged = bench.stage_csv(feed, [[c for i, c in enumerate(line) if i != at] for line in table])
    assert [r["end_date"] for r in bench.rows(staged)] == [None] * 5
    assert [(p["row"], p["column"], p["heading"], p["value"]) for p in bench.problems(staged)] == [
        (2, "end_date", "停保日期", ""),
        (6, "end_date", "停保日期", ""),
    ]


def test_a_topup_above_the_benefit_is_refused_and_an_equal_one_is_not(bench):
    feed = FEEDS_BY_NAME["low_income_households"]
    rows = rows_of(feed, 2)
    for row, topup in zip(rows, ("100.01", "100.00"), strict=True):
        row["monthly_benefit"], row["category_topup"] = Decimal("100.00"), Decimal(topup)
    staged = bench.stage_rows(feed, rows)
    assert [r["category_topup"] for r in bench.rows(staged)] == [None, Decimal("100.00")]
    assert [p["reason"] for p in bench.problems(staged) if p["column"] == "category_topup"] == ["out_of_range"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "blank"),
        ("\u3000", "blank"),
        ("52260119800101", "malformed"),
        ("无", "malformed"),
        ("X" * 18, "malformed"),
        ("5.13E+17", "unrecoverable"),
        ("522601198002301230", "bad_date"),
        ("522601800230123", "bad_date"),
        (identity_number(1)[:17] + ("1" if identity_number(1)[17] != "1" else "2"), "bad_check_digit"),
        (identity_number(1, date(2026, 7, 1)), "born_after_as_of"),
        (identity_number(1, date(1899, 12, 31)), "born_before_1900"),
    ],
)
def test_an_identity_number_never_costs_a_row(bench, text, problem):
    feed = FEEDS_BY_NAME["insurance_enrolments"]
    table = text_table(feed, rows_of(feed, 2))
    table[1][table[0].index("证件号码")] = text
    staged = bench.stage_csv(feed, table)
    first, second = bench.rows(staged)
    assert (first["person_id"], first["person_id_problem"]) == (None, problem)
    assert second["person_id_problem"] is None
    assert bench.problems(staged) == []
    assert (staged.delivery.accounting.quarantined, staged.delivery.accounting.values_refused) == (0, 0)


@pytest.mark.parametrize("born", [date(2026, 6, 30), date(1900, 1, 1)])
def test_births_on_the_bounds_are_valid(bench, born):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 1)
    rows[0]["person_id"] = identity_number(1, born)
    assert bench.rows(bench.stage_rows(feed, rows))[0]["person_id"] == rows[0]["person_id"]


def test_a_long_number_in_a_text_column_that_a_spreadsheet_cut_is_refused(bench):
    feed = FEEDS_BY_NAME["register_households"]
    table = cell_table(feed, rows_of(feed, 2))
    table[1][0], table[2][0] = 522601100200123, 5226011002001234567
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    staged = bench.stage()
    assert [r["household_no"] for r in bench.rows(staged)] == ["522601100200123"]
    assert [(p["column"], p["reason"]) for p in bench.problems(staged)] == [("household_no", "bad_text")]


def test_exact_repeats_collapse_to_the_first_and_are_counted(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 3)
    table = text_table(feed, rows)
    again = [f" {cell}" for cell in table[1]]
    staged = bench.stage_csv(feed, [*table, again, table[2]])
    accounting = staged.delivery.accounting
    assert (accounting.read, accounting.staged, accounting.repeated) == (5, 3, 2)
    assert [r["_row"] for r in bench.rows(staged)] == [2, 3, 4]


def test_refused_values_of_repeats_are_not_counted_twice(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 1)
    table = text_table(feed, rows)
    table[1][-1] = "昨天"
    staged = bench.stage_csv(feed, [*table, table[1]])
    accounting = staged.delivery.accounting
    assert (accounting.staged, accounting.repeated, accounting.values_refused) == (1, 1, 1)


def beside_the_key(feed):
    """The first column that no key holds and whose values differ between rows; None where there is none."""
    kinds = Name | Money | YesNo | Code | Integer | Date
    return next((c for c in feed.columns if not c.key and isinstance(c.type, kinds)), None)


@pytest.mark.parametrize("feed", [feed for feed in FEEDS if beside_the_key(feed)], ids=lambda f: f.name)
def test_rows_with_one_key_and_different_content_are_all_set_aside(bench, feed):
    rows = rows_of(feed, 6)
    other = beside_the_key(feed)
    clash = {**rows[1], other.name: rows_of(feed, 1, start=2)[0][other.name]}
    staged = bench.stage_rows(feed, [*rows, clash, rows[1]])
    accounting = staged.delivery.accounting
    assert (accounting.read, accounting.staged, accounting.quarantined, accounting.repeated) == (8, 5, 2, 1)
    problems = [p for p in bench.problems(staged) if p["reason"] == "conflicting_key"]
    assert [(p["row"], p["scope"], p["column"], p["first"]) for p in problems] == [
        (3, "row", feed.key[0], True),
        (8, "row", feed.key[0], True),
    ]
    assert [q["_reason"] for q in bench.quarantined(staged)] == ["conflicting_key"] * 2
    if other.name in name_columns(feed):
        assert [q[other.name] for q in bench.quarantined(staged)] == [rows[1][other.name], clash[other.name]]


def test_a_row_that_is_refused_by_itself_conflicts_with_nobody(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 2)
    table = text_table(feed, [*rows, rows[0]])
    table[3][table[0].index("学段")] = "不明"
    staged = bench.stage_csv(feed, table)
    assert (staged.delivery.accounting.staged, staged.delivery.accounting.quarantined) == (2, 1)


def test_rows_whose_key_lacks_a_valid_number_have_no_key_but_can_repeat(bench):
    feed = FEEDS_BY_NAME["insurance_enrolments"]
    row = rows_of(feed, 1)[0]
    table = text_table(feed, [row, {**row, "name": "李四"}, row])
    at = table[0].index("证件号码")
    table[1][at], table[2][at], table[3][at] = "", "123", "456"
    staged = bench.stage_csv(feed, table)
    accounting = staged.delivery.accounting
    assert (accounting.staged, accounting.quarantined, accounting.repeated) == (2, 0, 1)
    assert [r["person_id_problem"] for r in bench.rows(staged)] == ["blank", "malformed"]


KEYED_BY_PEOPLE = tuple(feed for feed in FEEDS if any(feed[name].is_identity_number for name in feed.key))


@pytest.mark.parametrize("feed", KEYED_BY_PEOPLE, ids=lambda f: f.name)
def test_people_without_a_number_who_share_the_rest_of_a_key_repeat_and_never_conflict(bench, feed):
    """Two members of one certificate, both without a number, both sent twice, and a third one sent once."""
    number = next(name for name in feed.key if feed[name].is_identity_number)
    name = feed.name_beside(number)
    one, other, third = ({**rows_of(feed, 1)[0], name: said} for said in ("张一", "张二", "张三"))
    table = text_table(feed, [one, other, one, other, third])
    for row in table[1:]:
        row[feed.columns.index(feed[number])] = ""
    staged = bench.stage_csv(feed, table)
    accounting = staged.delivery.accounting
    assert (accounting.staged, accounting.quarantined, accounting.repeated) == (3, 0, 2)
    assert [(row[name], row["_row"]) for row in bench.rows(staged)] == [("张一", 2), ("张二", 3), ("张三", 6)]


def test_quarantined_rows_keep_their_names_as_staged(bench):
    feed = FEEDS_BY_NAME["students"]
    table = text_table(feed, rows_of(feed, 2))
    table[1][0], table[1][table[0].index("学段")] = "阿 依 • 古丽", "不明"
    (row,) = bench.quarantined(bench.stage_csv(feed, table))
    assert row["name"] == "阿依·古丽"
    assert row["stage"] == "不明"
    assert row["person_id"] == identity_number(0)
    assert row["enrolled_on"] == as_text(rows_of(feed, 1)[0]["enrolled_on"])


def test_a_single_cell_between_data_is_a_refused_row_and_below_them_a_note(bench):
    feed = FEEDS_BY_NAME["students"]
    header, *body = text_table(feed, rows_of(feed, 2))
    staged = bench.stage_csv(feed, [header, body[0], ["第二小学"], body[1], ["注：完"], [], ["填表人"]])
    accounting = staged.delivery.accounting
    assert (accounting.read, accounting.staged, accounting.quarantined, accounting.totals_or_blank) == (6, 2, 1, 3)
    assert {p["row"] for p in bench.problems(staged)} == {3}


@pytest.mark.parametrize("below", [["合计", "0"], ["注：本月无数据"]], ids=["a total", "a note"])
def test_a_delivery_of_no_data_but_a_total_or_a_note_is_an_empty_one(bench, below):
    feed = FEEDS_BY_NAME["students"]
    header = text_table(feed, [])[0]
    staged = bench.stage_csv(feed, [header, below])
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    accounting = staged.delivery.accounting
    assert (accounting.read, accounting.staged, accounting.quarantined, accounting.totals_or_blank) == (1, 0, 0, 1)


def test_the_county_of_a_village_is_that_of_the_delivery(bench):
    feed = FEEDS_BY_NAME["housing_renovations"]
    rows = rows_of(feed, 2)
    rows[0]["village_code"] = "520102100200"
    staged = bench.stage_rows(feed, rows)
    assert [r["village_code"][:6] for r in bench.rows(staged)] == [COUNTY]
