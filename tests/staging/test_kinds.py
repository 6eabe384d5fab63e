"""Every kind of thing that a cell can say, in every column of every feed, in every format.

What must become of it follows from the declarations: a kind, a feed, a format or a type that is added is asked of all.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feed_tables import file_name, rows_of, text_table
from kinds import natives, texts
from kinds.asking import applies, ask
from kinds.books import write_book
from kinds.texts import Kind
from kinds.typed import ask_typed, in_parquet, most_types
from kinds.verdicts import Inapplicable
from old_books import write_old_book
from sent_files import FORMATS, rows_before

from expectations.feed import Feed
from expectations.feeds import FEEDS
from pipelines.staging import Outcome

Write = Callable[[Path, Feed, list[list[Any]]], object]


def _xlsx(folder: Path, feed: Feed, table: list[list[Any]], *, later_epoch: bool = False) -> None:
    write_book(folder / file_name(feed, "xlsx"), {"名册": table}, later_epoch=later_epoch)


def _xls(folder: Path, feed: Feed, table: list[list[Any]], *, later_epoch: bool = False) -> None:
    write_old_book(folder / file_name(feed, "xls"), table, errors=False, later_epoch=later_epoch)


def _of_1904(write: Any) -> Write:
    return lambda folder, feed, table: write(folder, feed, table, later_epoch=True)


WORKBOOKS: dict[str, tuple[Write, dict[str, Kind]]] = {
    "xlsx": (_xlsx, texts.KINDS | natives.KINDS),
    "xls": (_xls, texts.KINDS | natives.KINDS | natives.OF_XLS),
    "xlsx of 1904": (_of_1904(_xlsx), natives.OF_1904),
    "xls of 1904": (_of_1904(_xls), natives.OF_1904),
}
FORMS: dict[str, tuple[Write, dict[str, Kind]]] = {
    **{form: (write, texts.KINDS) for form, write in FORMATS.items()},
    **WORKBOOKS,
}
"""How each format is written, and the kinds of cells that it can hold."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_every_kind_of_cell_says_in_every_column_what_the_declaration_makes_of_it(bench, feed, form):
    write, kinds = FORMS[form]
    asked = ask(feed, kinds.values())
    bench.lake.inbox.mkdir(parents=True, exist_ok=True)
    write(bench.lake.inbox, feed, asked.table)
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.refusals
    asked.check(bench, staged, 1 + rows_before(form))


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_a_parquet_column_of_any_type_says_what_the_declaration_makes_of_its_values(bench, feed):
    for turn in range(most_types(feed, in_parquet)):
        asked, types = ask_typed(feed, in_parquet, turn)
        heading, *rows = asked.table
        columns = [pa.array(list(column), kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)]
        pq.write_table(pa.Table.from_arrays(columns, names=heading), bench.path(file_name(feed, "parquet")))
        asked.check(bench, bench.stage(), 1)


def test_a_kind_that_is_not_asked_of_a_type_says_why_and_each_is_asked_of_some():
    for name, kind in (texts.KINDS | natives.KINDS | natives.OF_XLS).items():
        columns = {type(c.type): c for feed in FEEDS for c in feed.columns}.values()
        passed_over = [v for c in columns if isinstance(v := kind.says(c, "", 0), Inapplicable)]
        assert all(v.why for v in passed_over), name
        assert len(passed_over) < len(columns), name
        assert any(applies(kind, c) for c in columns), name


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
@pytest.mark.parametrize("form", ["csv of gb18030", "zip"])
def test_headings_once_more_and_a_comma_too_many_cost_their_rows_and_no_other(bench, feed, form):
    """Nothing says that a row below data holds headings: it goes to quarantine like any, and is counted."""
    heading, *rows = text_table(feed, rows_of(feed, 3))
    staged = bench.send(form, feed, [heading, *rows[:2], heading, ["", *rows[2]]])
    assert staged.outcome is Outcome.ACCEPTED
    assert staged.delivery.accounting.quarantined == 2
    assert [row["_row"] for row in bench.rows(staged)] == [2, 3]
    surplus = [row for (row, _), said in bench.found(staged).items() if said == ("row", "bad_text", "surplus_cells")]
    assert surplus == [5]
