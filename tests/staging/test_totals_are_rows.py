"""A feed of totals: a row in which all key cells are given is none, whatever its first cell says."""

from feed_tables import rows_of, text_table

from expectations.feeds import FEEDS_BY_NAME

FEED = FEEDS_BY_NAME["reported_totals"]


def test_a_row_whose_key_is_given_is_a_row_though_it_begins_like_a_total(bench):
    table = text_table(FEED, rows_of(FEED, 4))
    item, form = (next(n for n, c in enumerate(FEED.columns) if c.name == name) for name in ("item", "form"))
    # the item stands first, as on a form that is read from the left
    table = [[row[item], *row[:item], *row[item + 1 :]] for row in table]
    table[2][0] = table[3][0] = table[4][0] = "合计"
    table[4][form + 1] = ""
    staged = bench.stage_csv(FEED, table)
    accounting = staged.delivery.accounting
    assert (accounting.staged, accounting.totals_or_blank, accounting.quarantined) == (3, 1, 0)
    assert [row["item"] for row in bench.rows(staged)][1:] == ["合计", "合计"]


def test_a_figure_that_is_no_whole_number_or_less_than_none_is_refused(bench):
    rows = [{**row, "reported": 5} for row in rows_of(FEED, 3)]
    table = text_table(FEED, rows)
    table[2][-1], table[3][-1] = "0.5", "-2"
    staged = bench.stage_csv(FEED, table)
    assert staged.delivery.accounting.quarantined == 2
    assert [row["reported"] for row in bench.rows(staged)] == [5]
