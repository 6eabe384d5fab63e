"""Amounts are staged in yuan wherever their unit is said, and refused where nobody can say which it is."""

from decimal import Decimal

import openpyxl
import pytest
from feed_tables import file_name, rows_of, text_table, write_xlsx
from sent_files import FORMATS, WITH_ROWS_ABOVE

from expectations.feed import Money
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.staging import Outcome

HOUSING = FEEDS_BY_NAME["housing_renovations"]
LOW_INCOME = FEEDS_BY_NAME["low_income_households"]
WITH_MONEY = [f for f in FEEDS if any(isinstance(c.type, Money) for c in f.columns)]

each_feed = pytest.mark.parametrize("feed", WITH_MONEY, ids=lambda f: f.name)
each_form = pytest.mark.parametrize("form", WITH_ROWS_ABOVE)


def amounts(feed):
    return [c for c in feed.columns if isinstance(c.type, Money)]


def in_ten_thousands(feed, rows):
    """A table whose amounts are written in 万元."""
    table = text_table(feed, rows)
    for i, column in enumerate(feed.columns):
        if isinstance(column.type, Money):
            for row in table[1:]:
                row[i] = f"{Decimal(row[i]) / 10_000:f}"
    return table


def line(feed, **cells):
    """A row that holds some cells only, by name."""
    return [cells.get(c.name, "") for c in feed.columns]


def check(bench, content, staged, feed, rows):
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows


@each_feed
@pytest.mark.parametrize("stands", ["title", "right end", "group", "row below", "alone"])
def test_a_unit_outside_the_headings_scales_the_amounts_that_it_speaks_of(bench, content, feed, stands):
    rows = rows_of(feed, 3)
    header, *body = in_ten_thousands(feed, rows)
    width = len(header)
    above = {
        "title": [[f"{feed.title}台账（金额单位：万元）", *[""] * (width - 1)]],
        "right end": [[feed.title], ["填报单位：某局", *[""] * (width - 2), "单位：万元"]],
        "group": [
            [feed.title],
            [f"{c.title}合计（万元）" if c in amounts(feed) else f"{c.title}栏" for c in feed.columns],
        ],
        "alone": [[feed.title, *[""] * (width - 1)], ["（万元）"]],
        "row below": [],
    }[stands]
    below = [line(feed, **{c.name: "万元" for c in amounts(feed)})] if stands == "row below" else []
    staged = bench.stage_csv(feed, [*above, header, *below, *body])
    check(bench, content, staged, feed, rows)
    assert [n.reason for n in staged.warnings] == ["unit"]
    assert all(c.title in staged.warnings[0].text for c in amounts(feed))
    assert bench.rows(staged)[0]["_row"] == len(above) + len(below) + 2


@each_form
def test_a_unit_in_the_title_counts_in_every_format(bench, content, form):
    rows = rows_of(HOUSING, 3)
    table = in_ten_thousands(HOUSING, rows)
    staged = bench.send(form, HOUSING, [["危房改造（单位：万元）", *[""] * (len(table[0]) - 1)], *table])
    check(bench, content, staged, HOUSING, rows)


@pytest.mark.parametrize("form", FORMATS)
def test_a_row_of_units_below_the_headings_counts_in_every_format(bench, content, form):
    rows = rows_of(HOUSING, 3)
    header, *body = in_ten_thousands(HOUSING, rows)
    staged = bench.send(form, HOUSING, [header, line(HOUSING, plan_year="年", subsidy="万元", paid="（万元）"), *body])
    check(bench, content, staged, HOUSING, rows)
    assert staged.delivery.accounting.read == 3
    assert [r["_row"] for r in bench.rows(staged)] == ([2, 3, 4] if form == "parquet" else [3, 4, 5])


def test_the_name_of_a_sheet_can_state_the_unit(bench, content):
    rows = rows_of(HOUSING, 3)
    write_xlsx(bench.path(file_name(HOUSING, "xlsx")), {"明细（万元）": in_ten_thousands(HOUSING, rows)})
    check(bench, content, bench.stage(), HOUSING, rows)


def test_a_group_scales_only_what_is_merged_below_it(bench):
    rows = rows_of(LOW_INCOME, 2)
    header, *body = text_table(LOW_INCOME, rows)
    names = [c.name for c in LOW_INCOME.columns]
    first = names.index("monthly_benefit")
    for row in body:
        row[first], row[first + 1] = "0.05", "0.01"
    book = openpyxl.Workbook()
    book.active.append([None] * first + ["保障金（万元）"])
    for row in (header, *body):
        book.active.append(row)
    book.active.merge_cells(start_row=1, end_row=1, start_column=first + 1, end_column=first + 2)
    book.save(bench.path(file_name(LOW_INCOME, "xlsx")))
    staged = bench.stage()
    assert [r["monthly_benefit"] for r in bench.rows(staged)] == [Decimal("500.00")] * 2
    assert [r["category_topup"] for r in bench.rows(staged)] == [Decimal("100.00")] * 2
    assert [r["monthly_income"] for r in bench.rows(staged)] == [r["monthly_income"] for r in rows]


def test_a_headings_own_unit_counts_before_that_of_the_whole(bench):
    header, *body = text_table(HOUSING, rows_of(HOUSING, 1))
    header[header.index("拨付金额")] = "拨付金额（元）"
    body[0][11], body[0][12] = "2.00", "20000.00"
    staged = bench.stage_csv(HOUSING, [["单位：万元"], header, *body])
    assert [(r["subsidy"], r["paid"]) for r in bench.rows(staged)] == [(Decimal(20_000), Decimal(20_000))]


@pytest.mark.parametrize("cell", ["2万元", "20千元", "200百元", "20000元"])
def test_a_cells_own_unit_counts_before_all(bench, cell):
    header, *body = text_table(HOUSING, rows_of(HOUSING, 1))
    body[0][11] = cell
    for title in ([], [["单位：万元"]], [["单位：千元"]]):
        (row,) = bench.rows(bench.stage_csv(HOUSING, [*title, header, *body]))
        assert row["subsidy"] == Decimal(20_000)


def header_with(**texts):
    return [texts.get(c.name, c.title) for c in HOUSING.columns]


@pytest.mark.parametrize(
    ("above", "header", "below"),
    [
        ([["单位：万元"], ["单位：元"]], header_with(), []),
        ([["单位：亿元"]], header_with(), []),
        ([["单位：元、万元"]], header_with(), []),
        ([["单位：元/年"]], header_with(subsidy="补助金额（元）"), []),
        ([], header_with(subsidy="补助金额（美元）", paid="拨付金额（元）"), []),
        ([], header_with(subsidy="补助金额（元）"), [line(HOUSING, subsidy="万元", paid="元")]),
        ([], header_with(), [line(HOUSING, subsidy="万元")]),
        ([], header_with(), [line(HOUSING, case_no="例：W1", subsidy="万元", paid="万元")]),
        ([line(HOUSING, case_no="某局", subsidy="万元", paid_on="2026年")], header_with(paid="拨付金额（元）"), []),
    ],
    ids=["two", "no yuan", "a choice", "a year", "dollars", "another below", "half a row", "no row", "in a title"],
)
def test_a_unit_that_cannot_be_placed_refuses_the_file_and_says_what_to_write(bench, above, header, below):
    body = text_table(HOUSING, rows_of(HOUSING, 3))[1:]
    staged = bench.stage_csv(HOUSING, [*above, header, *below, *body])
    if above and above[0][0] == "某局":  # 万元 right above one amount is its unit; the other has its own
        assert staged.outcome is Outcome.ACCEPTED
        return
    assert staged.outcome is Outcome.REJECTED
    assert {n.reason for n in staged.refusals} == {"unknown_unit"}
    assert any("（万元）" in n.text and n.rows for n in staged.refusals)


def test_a_note_below_the_table_that_states_another_unit_refuses_the_file(bench):
    table = text_table(HOUSING, rows_of(HOUSING, 3))
    staged = bench.stage_csv(HOUSING, [*table, ["注：本表金额单位为万元"]])
    assert [(n.reason, n.rows) for n in staged.refusals] == [("unknown_unit", (5,))]
    fine = bench.stage_csv(HOUSING, [*table, ["注：本表金额单位为元"]])
    assert fine.outcome is Outcome.ACCEPTED
