"""A label that no code list knows is told once, with the likest that one does; a surplus comma is told as one."""

import pytest
from feed_tables import rows_of, text_table

from expectations.feed import Code
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.staging import Outcome
from pipelines.staging.explaining import say_fault

each_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)


@each_feed
def test_each_label_is_told_once_with_its_rows_the_nearest_and_what_to_do(bench, feed):
    bench.allowed_percent = 0
    columns = [c for c in feed.columns if isinstance(c.type, Code) and c.must_be_there]
    table = text_table(feed, rows_of(feed, 3 * len(columns) + 1))
    wanted = []
    for n, column in enumerate(columns):
        label = column.type.codes.labels[0]
        at = feed.columns.index(column)
        # twice a label of its own with something behind it, once a word like none
        for row, text in ((3 * n + 1, f"{label}☆"), (3 * n + 2, f"{label}☆"), (3 * n + 3, "ⅩⅩⅩ")):
            table[row][at] = text
        wanted.append((column.title, (3 * n + 2, 3 * n + 3), f"有2行“{label}☆”不在代码表内，最接近的是“{label}”"))
        wanted.append((column.title, (3 * n + 4,), "有1行“XXX”不在代码表内，也没有相近的。请改成以下之一："))
    staged = bench.stage_csv(feed, table)
    if not columns:
        return
    assert staged.outcome is Outcome.REJECTED
    told = [n for n in staged.refusals if n.reason == "unknown_code"]
    assert [(n.heading, n.rows) for n in told] == [(heading, rows) for heading, rows, _ in wanted]
    for notice, (_, _, said) in zip(told, wanted, strict=True):
        assert said in notice.text


def test_where_there_are_very_many_labels_the_rest_is_counted(bench):
    bench.allowed_percent = 0
    feed = FEEDS_BY_NAME["register_households"]
    table = text_table(feed, rows_of(feed, 60))
    at = next(n for n, c in enumerate(feed.columns) if c.name == "cause")
    for n, row in enumerate(table[1:]):
        row[at] = f"原因{n}"
    told = [n for n in bench.stage_csv(feed, table).refusals if n.reason == "unknown_code"]
    assert len(told) == 21
    assert "另有40种写法不在代码表内" in told[-1].text


def test_what_is_no_label_is_told_as_before():
    feed = FEEDS_BY_NAME["register_households"]
    assert say_fault(feed, "persons", "bad_number", None, "三") == "不是整数"
    assert say_fault(feed, "cause", "missing", None, "") == "必填项为空"


@each_feed
def test_a_comma_too_many_is_told_as_one_though_the_last_cells_are_blank(bench, feed):
    last = feed.columns[-1]
    if last.must_be_there:
        return
    table = text_table(feed, rows_of(feed, 6))
    for row in table[1:]:
        row[-1] = ""
    slipped = next(n for n, c in enumerate(feed.columns) if c.must_be_there)
    table[3].insert(slipped, "多")
    found = bench.found(bench.stage_csv(feed, table))
    first = next(c for c in feed.columns if c.must_be_there and not c.is_identity_number)
    assert found[4, first.name] == ("row", "bad_text", "surplus_cells")
    assert {row for (row, _), how in found.items() if how[0] == "row"} == {4}


def test_blank_cells_behind_a_row_that_is_fine_are_nothing(bench):
    feed = FEEDS_BY_NAME["register_households"]
    table = text_table(feed, rows_of(feed, 6))
    table[3] += ["", "", ""]
    staged = bench.stage_csv(feed, table)
    assert (bench.problems(staged), len(bench.rows(staged))) == ([], 6)
