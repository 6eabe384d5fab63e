"""What departments send and can be recovered gives the same staged rows as the clean file."""

import json
import random
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import openpyxl
import pytest
from covering import COVERING
from dirty_tables import dirty_table
from feed_tables import (
    cell_table,
    file_name,
    identity_number,
    rows_of,
    text_table,
    write_csv,
    write_parquet,
    write_xlsx,
)

from expectations.feed import Money
from expectations.feeds import FEEDS_BY_NAME
from pipelines.staging import Outcome

ROWS = 40

each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)


@each_feed
@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_every_form_of_a_value_is_staged_as_the_clean_one(bench, content, feed, encoding, delimiter):
    rows = rows_of(feed, ROWS)
    staged = bench.stage_csv(feed, dirty_table(feed, rows), encoding=encoding, delimiter=delimiter)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows


@each_feed
@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_forms_of_values_are_recovered_from_text_cells_too(bench, content, feed, suffix):
    rows = rows_of(feed, ROWS)
    path, table = bench.path(file_name(feed, suffix)), dirty_table(feed, rows)
    if suffix == "xlsx":
        write_xlsx(path, {"数据": table})
    else:
        write_parquet(path, table)
    staged = bench.stage()
    assert content(feed, bench.rows(staged)) == rows
    assert [r["_sheet"] for r in bench.rows(staged)] == (["数据"] if suffix == "xlsx" else [None]) * ROWS


@each_feed
def test_numbers_and_dates_in_spreadsheet_cells_are_staged_as_text_is(bench, content, feed):
    rows = rows_of(feed, ROWS)
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"Sheet1": cell_table(feed, rows)})
    staged = bench.stage()
    assert content(feed, bench.rows(staged)) == rows
    assert [r["_row"] for r in bench.rows(staged)] == list(range(2, ROWS + 2))


@each_feed
def test_headings_are_known_by_synonym_in_any_order_with_marks_and_extra_columns(bench, content, feed):
    rows = rows_of(feed, ROWS)
    table = text_table(feed, rows)
    for i, column in enumerate(feed.columns):
        heading = column.headings[-1]
        marks = ["*{}", "{}＊", " {} ", "{}\n"]
        if isinstance(column.type, Money):
            marks = ["{}(元)", "{}（元）", "{}\n(元)", "*{} （元）"]
        table[0][i] = marks[i % 4].format(heading[0] + " " + heading[1:] if i % 3 == 0 else heading)
    order = list(range(len(feed.columns) + 1))
    random.Random(5).shuffle(order)
    table = [[(*row, "备注" if n == 0 else "x")[i] for i in order] for n, row in enumerate(table)]
    staged = bench.stage_csv(feed, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(feed, bench.rows(staged)) == rows
    assert staged.extra_columns == ("备注",)
    profile = bench.lake.profile(feed.name, staged.delivery.county, staged.delivery.id)
    assert json.loads(profile.read_text(encoding="utf-8"))["extra_columns"] == ["备注"]


@each_feed
def test_titles_totals_blank_lines_and_notes_are_counted_and_rows_keep_their_numbers(bench, content, feed):
    rows = rows_of(feed, ROWS)
    header, *body = text_table(feed, rows)
    width = len(header)

    def line(*cells):
        return [c for c, _ in zip_longest(cells, range(width), fillvalue="")]

    table = [
        line(f"{feed.title}统计表"),
        line("填报单位：某局"),
        [],
        header,
        *body[:10],
        line("小计", "10"),
        [],
        line(" ", "\u3000"),
        *body[10:],
        line("", "合 计", "40"),
        line("总计"),
        [],
        ["注：以上数据由各乡镇核实"],
        line("填表人：某某"),
    ]
    staged = bench.stage_csv(feed, table)
    accounting = staged.delivery.accounting
    assert (accounting.read, accounting.staged, accounting.totals_or_blank) == (ROWS + 8, ROWS, 8)
    assert content(feed, bench.rows(staged)) == rows
    numbers = [r["_row"] for r in bench.rows(staged)]
    assert numbers == [*range(5, 15), *range(18, 18 + ROWS - 10)]


@each_feed
def test_a_workbook_with_merged_titles_merged_cells_and_notes_keeps_its_rows(bench, content, feed, tmp_path):
    rows = rows_of(feed, ROWS)
    # a part of a key can stand in several rows too; a column that tells nothing apart is merged rather
    must = [c for c in feed.columns if c.must_be_there and not c.is_identity_number and feed.key != (c.name,)]
    merged = feed.columns.index(min(must, key=lambda c: c.key))
    name = feed.columns[merged].name
    for row in rows[4:8]:
        row[name] = rows[4][name]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = f"{feed.title}花名册"
    sheet.merge_cells(start_row=2, start_column=2, end_row=2, end_column=len(feed.columns) + 1)
    for r, cells in enumerate(text_table(feed, rows), start=4):
        for c, cell in enumerate(cells, start=2):
            sheet.cell(r, c, cell)
    sheet.merge_cells(start_row=9, start_column=merged + 2, end_row=12, end_column=merged + 2)
    sheet.cell(ROWS + 7, 3, "说明：数据截至月底")
    book.save(bench.path(file_name(feed, "xlsx")))
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(feed, bench.rows(staged)) == rows
    assert [r["_row"] for r in bench.rows(staged)] == list(range(5, ROWS + 5))
    assert staged.delivery.accounting.totals_or_blank == 3


def test_of_a_two_row_header_the_lower_counts_or_both_joined(bench, content):
    feed = FEEDS_BY_NAME["low_income_payments"]
    rows = rows_of(feed, 5)
    _, *body = text_table(feed, rows)
    upper = ["低保证号", "发放", "", "", "收款人", "", "发放", ""]
    lower = ["", "年月", "批次号", "金额(元)", "姓名", "证件号码", "状态", "日期"]
    staged = bench.stage_csv(feed, [["低保金发放表"], upper, lower, *body])
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(feed, bench.rows(staged)) == rows
    assert bench.rows(staged)[0]["_row"] == 4


def test_a_two_row_header_with_merged_cells_is_read_from_a_workbook(bench, content):
    feed = FEEDS_BY_NAME["low_income_payments"]
    rows = rows_of(feed, 5)
    _, *body = text_table(feed, rows)
    book = openpyxl.Workbook()
    sheet = book.active
    for c, cell in enumerate(["低保证号", "发放", None, None, "收款人", None, "发放", None], start=1):
        sheet.cell(1, c, cell)
    for c, cell in enumerate([None, "年月", "批次号", "金额", "姓名", "证件号码", "状态", "日期"], start=1):
        sheet.cell(2, c, cell)
    for cells in ("A1:A2", "B1:D1", "E1:F1", "G1:H1"):
        sheet.merge_cells(cells)
    for row in body:
        sheet.append(row)
    book.save(bench.path(file_name(feed, "xlsx")))
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(feed, bench.rows(staged)) == rows
    assert bench.rows(staged)[0]["_row"] == 3


def test_two_sheets_with_the_headings_are_two_parts_and_a_cover_sheet_is_none(bench, content):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 6)
    sheets = {
        "封面": [["学籍数据"]],
        "城关": text_table(feed, rows[:4]),
        "汇总": [["学校", "人数"], ["一小", 4]],
        "乡下": text_table(feed, rows[4:]),
    }
    write_xlsx(bench.path(file_name(feed, "xlsx")), sheets)
    staged = bench.stage()
    assert content(feed, bench.rows(staged)) == rows
    assert [(r["_sheet"], r["_row"]) for r in bench.rows(staged)][3:5] == [("城关", 5), ("乡下", 2)]


def test_a_column_in_ten_thousands_is_scaled_but_a_cell_with_its_own_unit_is_not(bench):
    feed = FEEDS_BY_NAME["housing_renovations"]
    rows = rows_of(feed, 3)
    table = text_table(feed, rows)
    at = table[0].index("补助金额")
    table[0][at] = "补助金额（万元）"
    for line, cell in zip(table[1:], ["3.5", "1.23456", "35000元"], strict=True):
        line[at] = cell
    staged = bench.stage_csv(feed, table)
    assert [r["subsidy"] for r in bench.rows(staged)] == [Decimal("35000.00"), Decimal("12345.60"), Decimal("35000.00")]


def test_of_a_title_and_its_synonym_the_title_counts_and_the_other_is_extra(bench):
    feed = FEEDS_BY_NAME["insurance_enrolments"]
    rows = rows_of(feed, 2)
    table = [["缴费年度", *line] if n == 0 else ["2019", *line] for n, line in enumerate(text_table(feed, rows))]
    staged = bench.stage_csv(feed, table)
    assert [r["year"] for r in bench.rows(staged)] == [r["year"] for r in rows]
    assert staged.extra_columns == ("缴费年度",)


def test_dots_in_minority_names_become_one(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 4)
    for row, name in zip(rows, ["阿依·古丽", "阿依•古丽", "阿依.古丽", "阿 依．古　丽"], strict=True):
        row["name"] = name
    staged = bench.stage_rows(feed, rows)
    assert {r["name"] for r in bench.rows(staged)} == {"阿依·古丽"}


def test_identity_numbers_of_15_digits_are_lengthened_wherever_they_stand(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 2)
    numbers = [identity_number(n) for n in range(2)]
    short = [n[:6] + n[8:17] for n in numbers]
    table = cell_table(feed, rows)
    at = table[0].index("证件号码")
    table[1][at], table[2][at] = short[0], int(short[1])
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    assert [r["person_id"] for r in bench.rows(bench.stage())] == numbers


@pytest.mark.parametrize("cell", [float(identity_number(3)), 5.13e17, "5.13E+17", "5.226E+017"])
def test_an_identity_number_that_a_spreadsheet_made_a_number_of_is_never_padded(bench, cell):
    feed = FEEDS_BY_NAME["students"]
    table = cell_table(feed, rows_of(feed, 1))
    table[1][table[0].index("证件号码")] = cell
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    staged = bench.stage()
    (row,) = bench.rows(staged)
    assert (row["person_id"], row["person_id_problem"]) == (None, "unrecoverable")
    assert staged.delivery.accounting.values_refused == 0


def test_months_that_a_spreadsheet_made_dates_of_are_months(bench):
    feed = FEEDS_BY_NAME["low_income_payments"]
    table = cell_table(feed, rows_of(feed, 2))
    at = table[0].index("发放年月")
    table[1][at], table[2][at] = date(2026, 3, 1), 202604
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    assert [r["month"] for r in bench.rows(bench.stage())] == ["2026-03", "2026-04"]


def test_a_quoted_line_break_makes_no_row_and_a_short_row_is_padded(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 3)
    rows[1]["enrolled_on"] = None
    table = [[*line, "备\n注" if n == 1 else ""] for n, line in enumerate(text_table(feed, rows))]
    table[0][-1] = "备注"
    table[2] = table[2][:-2]
    staged = bench.stage_csv(feed, table)
    assert [r["_row"] for r in bench.rows(staged)] == [2, 3, 4]
    assert bench.rows(staged)[1]["enrolled_on"] is None


def test_a_row_whose_values_may_have_slipped_is_not_trusted(bench):
    feed = FEEDS_BY_NAME["education_subsidies"]
    rows = rows_of(feed, 20)
    path = write_csv(bench.path(file_name(feed)), text_table(feed, rows))
    clean = path.read_text(encoding="utf-8").splitlines()
    clean[5] = clean[5].replace(f"{rows[4]['amount']:.2f}", "1,234.00")
    path.write_text("\n".join(clean), encoding="utf-8")
    staged = bench.stage()
    assert staged.delivery.accounting.quarantined == 1
    assert bench.problems(staged)[0]["row"] == 6
