"""A heading names one column: of groups the one that says so, and what cannot be told apart is refused."""

import openpyxl
import pytest
from feed_tables import file_name, rows_of, text_table, write_csv
from sent_files import FORMATS, WITH_ROWS_ABOVE, sheet_in

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.reading import open_file
from pipelines.reading.notices import column_letters
from pipelines.staging import Outcome

STUDENTS = FEEDS_BY_NAME["students"]
GROUPS = ["学生", "", "", "", "", "", "", "", "家长", ""]
UNDER = ["姓名", "证件号码", "学籍号", "学校", "学段", "年级", "学籍状态", "入学日期", "姓名", "证件号码"]

each_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
each_form = pytest.mark.parametrize("form", FORMATS)
each_form_with_rows_above = pytest.mark.parametrize("form", WITH_ROWS_ABOVE)


def pupils_and_parents(count=3):
    """Rows of pupils with a parent's name and number behind."""
    return [[*row, "某家长", "522601197001010097"] for row in text_table(STUDENTS, rows_of(STUDENTS, count))[1:]]


@each_feed
def test_any_heading_that_stands_twice_refuses_the_file_and_names_both_places(tmp_path, feed):
    table = text_table(feed, rows_of(feed, 3))
    for place, column in enumerate(feed.columns):
        twice = [[*row, *(["", ""] if n else ["备注", column.title])] for n, row in enumerate(table)]
        opened = open_file(write_csv(tmp_path / "x", twice), "x.csv", "csv", feed)
        (notice,) = opened.problems
        assert (notice.reason, notice.heading, notice.rows) == ("ambiguous_heading", column.title, (1,))
        assert f"{column_letters(place)}列和{column_letters(len(table[0]) + 1)}列" in notice.text
        assert opened.tables == ()


@each_form
def test_a_heading_that_stands_twice_refuses_a_file_of_any_format(bench, form):
    table = [[*row, "" if n else "姓名"] for n, row in enumerate(text_table(STUDENTS, rows_of(STUDENTS, 3)))]
    table[0][0] = "姓名"
    staged = bench.send(form, STUDENTS, table)
    assert staged.outcome is Outcome.REJECTED
    (notice,) = staged.refusals
    assert (notice.sheet, notice.heading) == (sheet_in(form), "姓名")
    assert staged.delivery.reason == (notice.text,)


@each_form
def test_a_heading_that_stands_twice_over_equal_cells_is_taken_once(bench, content, form):
    rows = rows_of(STUDENTS, 3)
    table = [[*row, row[1]] for row in text_table(STUDENTS, rows)]
    staged = bench.send(form, STUDENTS, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(STUDENTS, bench.rows(staged)) == rows
    assert staged.extra_columns == ("证件号码",)


@each_form_with_rows_above
def test_of_two_groups_the_one_that_is_part_of_a_heading_counts(bench, content, form):
    table = [["学籍登记表", *[""] * 9], GROUPS, UNDER, *pupils_and_parents()]
    staged = bench.send(form, STUDENTS, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert content(STUDENTS, bench.rows(staged)) == rows_of(STUDENTS, 3)
    assert staged.extra_columns == ("姓名", "证件号码")


def test_groups_that_are_merged_cells_count_in_any_order(bench, content):
    order = [8, 9, *range(8)]
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["家长", "", "学生", *[""] * 7], [UNDER[i] for i in order]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:J1")
    for row in pupils_and_parents():
        sheet.append([row[i] for i in order])
    book.save(bench.path(file_name(STUDENTS, "xlsx")))
    assert content(STUDENTS, bench.rows(bench.stage())) == rows_of(STUDENTS, 3)


@each_form_with_rows_above
def test_groups_that_say_nothing_of_the_columns_refuse_the_file(bench, form):
    groups = ["本人", "", "", "", "", "", "", "", "监护人", ""]
    staged = bench.send(form, STUDENTS, [groups, UNDER, *pupils_and_parents()])
    assert staged.outcome is Outcome.REJECTED
    assert [(n.heading, n.rows) for n in staged.refusals] == [("姓名", (2,)), ("证件号码", (2,))]
    assert "A列和I列" in staged.refusals[0].text
    assert "B列和J列" in staged.refusals[1].text


def test_the_letters_of_a_column_are_those_of_the_sheet_wherever_its_data_begin(bench):
    book = openpyxl.Workbook()
    for r, row in enumerate([UNDER, *pupils_and_parents()], start=3):
        for c, cell in enumerate(row, start=4):
            book.active.cell(r, c, cell)
    book.save(bench.path(file_name(STUDENTS, "xlsx")))
    assert "D列和L列" in bench.stage().refusals[0].text


def test_no_heading_is_offered_for_two_missing_columns(bench):
    table = text_table(STUDENTS, rows_of(STUDENTS, 3))
    table[0][table[0].index("学籍号")] = "学校号"
    table[0][table[0].index("学校")] = "备注"
    refusals = bench.stage_csv(STUDENTS, table).refusals
    assert [("“学校号”" in n.text) for n in refusals] == [False, True]
