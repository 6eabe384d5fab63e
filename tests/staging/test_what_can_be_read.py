"""A refused row keeps every value that can be read, whatever column cost it its place, in every feed."""

import pytest
from covering import COVERING
from feed_tables import as_text, rows_of, text_table

from expectations.feeds import FEEDS_BY_NAME

REQUIRED = [
    pytest.param(feed, column, id=f"{feed.name}.{column.name}")
    for feed in COVERING
    for column in feed.columns
    if column.must_be_there and not column.is_identity_number
]


@pytest.mark.parametrize("sent", ["", "坏\u0007|"], ids=["nothing", "nonsense"])
@pytest.mark.parametrize(("feed", "column"), REQUIRED)
def test_a_row_refused_for_one_column_says_what_stands_in_the_others(bench, feed, column, sent):
    (row,) = rows_of(feed, 1)
    table = text_table(feed, [row])
    table[1][[c.name for c in feed.columns].index(column.name)] = sent
    (refused,) = bench.quarantined(bench.stage_csv(feed, table))
    unreadable = refused["_unreadable"].split(",")
    assert column.name in unreadable
    readable = {c.name for c in feed.columns} - set(unreadable)
    assert {name: refused[name] for name in readable} == {name: as_text(row[name]) or None for name in readable}
    # what another column's value bounds or asks for may go with it; nothing else does
    others = {c.name for c in feed.columns if c.at_most == column.name or c.required_where}
    assert set(unreadable) <= {column.name, *others}


@pytest.mark.parametrize(("sent", "kept"), [("1", "是"), ("N", "否"), ("也许", "也许")])
def test_yes_and_no_are_kept_as_they_are_staged(bench, sent, kept):
    feed = FEEDS_BY_NAME["low_income_members"]
    table = text_table(feed, rows_of(feed, 1))
    table[1][table[0].index("是否保障对象")] = sent
    table[1][table[0].index("姓名")] = ""
    (refused,) = bench.quarantined(bench.stage_csv(feed, table))
    assert refused["covered"] == kept
    assert ("covered" in refused["_unreadable"].split(",")) == (sent == kept)


def test_rows_in_conflict_can_be_read_whole(bench):
    feed = FEEDS_BY_NAME["register_households"]
    one, other = rows_of(feed, 2)
    other["household_no"] = one["household_no"]
    refused = bench.quarantined(bench.stage_rows(feed, [one, other]))
    assert [row["_unreadable"] for row in refused] == [None, None]
    assert [row["head_id"] for row in refused] == [one["head_id"], other["head_id"]]
