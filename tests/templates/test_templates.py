"""Every feed has a template that its own reader takes, empty and filled in, without a warning."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from allowances import allow_all
from feed_tables import AS_OF, COUNTY, file_name

from expectations.feed import Code, Feed, YesNo
from expectations.feeds import FEEDS
from pipelines.landing import scan_inbox
from pipelines.reading import open_file
from pipelines.staging import Outcome, Staged, stage_delivery
from pipelines.templates import example_rows, write_template
from pipelines.templates.workbook import EXAMPLES_SHEET, HELP_SHEET
from warehouse.books.connection import open_books
from warehouse.lake import Lake

EVERY_FEED = pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)


def stage(home: Path, inbox: Path) -> tuple[Staged, Lake]:
    lake = Lake(home)
    now = datetime(2026, 7, 1, 4, tzinfo=UTC)
    (arrival,) = scan_inbox(inbox=inbox, now=now).ready
    staged = stage_delivery(
        lake=lake,
        books=open_books(lake),
        arrival=arrival,
        received_at=now,
        policy_value=lambda key: Decimal(0),
        allows=allow_all,
    )
    return staged, lake


def fill_in(path: Path, feed: Feed, rows: list[dict[str, Any]]) -> None:
    """Type values into the data sheet as a department does, with another program."""
    book = openpyxl.load_workbook(path)
    sheet = book[feed.title]
    for r, row in enumerate(rows, start=2):
        for c, column in enumerate(feed.columns, start=1):
            value = row[column.name]
            sheet.cell(r, c).value = ("是" if value else "否") if isinstance(value, bool) else value
    book.save(path)


@EVERY_FEED
def test_an_empty_template_is_read_without_a_warning(feed: Feed, tmp_path: Path) -> None:
    path = tmp_path / file_name(feed, "xlsx")
    write_template(feed, path)
    opened = open_file(path, path.name, "xlsx", feed)
    assert (opened.problems, opened.warnings) == ((), ())
    (table,) = opened.tables
    assert table.sheet == feed.title
    assert table.layout.extra == ()
    assert list(table.layout.columns) == [c.name for c in feed.columns]
    assert all(heading.scale == 1 for heading in table.layout.columns.values())
    assert sum(len(batch) for batch in table.batches()) == 0


@EVERY_FEED
def test_a_template_filled_in_with_its_own_examples_is_staged_as_typed(feed: Feed, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = inbox / file_name(feed, "xlsx")
    write_template(feed, path)
    rows = example_rows(feed, 3)
    fill_in(path, feed, rows)
    staged, lake = stage(tmp_path / "home", inbox)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert (staged.warnings, staged.extra_columns) == ((), ())
    accounting = staged.delivery.accounting
    assert accounting is not None
    assert (accounting.staged, accounting.quarantined, accounting.values_refused) == (3, 0, 0)
    found = pq.read_table(lake.staged(feed.name, COUNTY, staged.delivery.id)).to_pylist()
    assert [{c.name: row[c.name] for c in feed.columns} for row in found] == rows


@EVERY_FEED
def test_the_example_sheet_shows_valid_rows_of_every_column(feed: Feed, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(feed, path)
    sheet = openpyxl.load_workbook(path)[EXAMPLES_SHEET]
    titles = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert titles == [c.title for c in feed.columns]
    for row in sheet.iter_rows(min_row=2):
        if feed.columns[row[0].row - 2].must_be_there:
            assert all(cell.value for cell in row)


@EVERY_FEED
def test_codes_and_yes_no_have_drop_downs_and_numbers_of_people_are_text(feed: Feed, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(feed, path)
    sheet = openpyxl.load_workbook(path)[feed.title]
    by_cell = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    for at, column in enumerate(feed.columns, start=1):
        letter = sheet.cell(1, at).column_letter
        heading = sheet.cell(1, at).value
        assert ("*" in heading) == column.must_be_there
        rule = by_cell[f"{letter}2"]
        assert rule.promptTitle
        if isinstance(column.type, Code | YesNo):
            labels = column.type.codes.labels if isinstance(column.type, Code) else ("是", "否")
            assert rule.type == "list"
            assert rule.formula1 == f'"{",".join(labels)}"'
        if column.is_identity_number:
            assert sheet.column_dimensions[letter].number_format == "@"


@EVERY_FEED
def test_the_help_sheet_explains_every_column(feed: Feed, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(feed, path)
    cells = {cell.value for row in openpyxl.load_workbook(path)[HELP_SHEET].iter_rows() for cell in row}
    for column in feed.columns:
        assert column.title in cells
        assert not column.synonyms or f"也可写作：{'、'.join(column.synonyms)}" in cells


@EVERY_FEED
def test_a_template_holds_no_formula_and_is_the_same_bytes_every_time(feed: Feed, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_template(feed, first)
    write_template(feed, second)
    assert first.read_bytes() == second.read_bytes()
    for sheet in openpyxl.load_workbook(first):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_examples_are_of_nobody_alive_and_as_of_dates_do_not_matter() -> None:
    for feed in FEEDS:
        for row in example_rows(feed, 3):
            for name in feed.identity_columns:
                assert row[name][6:14] == "19000101"
    assert AS_OF.year > 1900 + 120
