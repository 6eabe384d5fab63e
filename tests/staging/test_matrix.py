"""Feed × format × dirt: what the CSV tests show holds for xls, zip and Parquet too, all forms of dirt at once."""

import random
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from covering import COVERING
from dirty_tables import bad_values, dirty_table
from feed_tables import cell_table, file_name, rows_of, text_table, write_csv, write_parquet, write_xlsx

from expectations.feed import Column, Feed, Money
from expectations.feeds import FEEDS
from pipelines.staging import Outcome

ROWS = 24
TITLES = 2
SHEET = "名册"

each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)


def shuffled(feed: Feed, table: list[list[Any]]) -> list[list[Any]]:
    """Synonyms with marks for headings, columns in another order, and one more of them."""
    marks = ["*{}", " {} ", "{}\n", "{}"]
    heads = [c.headings[-1] + ("（元）" if isinstance(c.type, Money) else "") for c in feed.columns]
    header = [marks[i % 4].format(h) for i, h in enumerate(heads)]
    order = list(range(len(header) + 1))
    random.Random(7).shuffle(order)
    return [[[*row, "备注" if n == 0 else "x"][i] for i in order] for n, row in enumerate([header, *table[1:]])]


def surrounded(feed: Feed, table: list[list[Any]]) -> list[list[Any]]:
    """Titles above, a subtotal and a blank line within, a total and a note below."""
    width = len(table[0])

    def line(first: str) -> list[Any]:
        return [first, *[""] * (width - 1)]

    middle = 1 + ROWS // 2
    return [
        line(f"{feed.title}统计表"),
        line("填报单位：某局"),
        *table[:middle],
        ["小计", "12", *[""] * (width - 2)],
        line(""),
        *table[middle:],
        ["合计", "24", *[""] * (width - 2)],
        line("注：由各乡镇核实"),
    ]


ALL_ROWS = [*range(TITLES + 2, TITLES + 2 + ROWS // 2), *range(TITLES + 4 + ROWS // 2, TITLES + 4 + ROWS)]
"""The row numbers of the data in a table that was surrounded."""


def everything(feed: Feed) -> list[list[Any]]:
    """A table with every kind of dirt that can be recovered."""
    return surrounded(feed, shuffled(feed, dirty_table(feed, rows_of(feed, ROWS))))


def spoilt_cells(feed: Feed, *, control_characters: bool = True) -> list[tuple[Column, str, str]]:
    """(column, text, reason): every value of every column that must be refused."""
    cells = [(c, text, reason) for c in feed.columns for text, reason in bad_values(c)]
    return [cell for cell in cells if control_characters or "\x07" not in cell[1]]


def spoilt_table(feed: Feed, cells: list[tuple[Column, str, str]]) -> list[list[Any]]:
    """A table whose n-th row has the n-th spoilt cell, and a clean row at the end."""
    table = text_table(feed, rows_of(feed, len(cells) + 1))
    for n, (column, text, _) in enumerate(cells, start=1):
        table[n][feed.columns.index(column)] = text
    return table


def check_recovered(bench, content, feed: Feed, *, sheet: str | None, numbers: list[int]) -> None:
    """What lies in the inbox is staged as the clean rows are, with the row numbers that the department sees."""
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows_of(feed, ROWS)
    assert [(r["_sheet"], r["_row"]) for r in bench.rows(staged)] == [(sheet, n) for n in numbers]


def check_refused(
    bench, feed: Feed, cells: list[tuple[Column, str, str]], *, file: str, sheet: str | None, first_row: int = 2
) -> None:
    """Each spoilt cell is recorded with its reason at its place, and nothing else is."""
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    keys = ("scope", "file", "sheet", "row", "column", "heading", "reason")
    found = [tuple(p[k] for k in keys) for p in bench.problems(staged) if p["reason"] != "missing_conditional"]
    assert found == [
        ("row" if c.must_be_there else "value", file, sheet, n, c.name, c.title, reason)
        for n, (c, _, reason) in enumerate(cells, start=first_row)
    ]
    assert staged.delivery.accounting.quarantined == sum(c.must_be_there for c, _, _ in cells)


@pytest.fixture(scope="module")
def xls(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of old workbooks, nine feeds of each kind, all converted in one call."""
    folder = tmp_path_factory.mktemp("xls")
    for feed in FEEDS:
        write_xlsx(folder / f"everything-{feed.name}.xlsx", {"封面": [["某县"]], SHEET: everything(feed)})
        write_xlsx(folder / f"typed-{feed.name}.xlsx", {SHEET: cell_table(feed, rows_of(feed, ROWS))})
        cells = spoilt_cells(feed, control_characters=False)
        write_xlsx(folder / f"spoilt-{feed.name}.xlsx", {SHEET: spoilt_table(feed, cells)})
    books = sorted(folder.glob("*.xlsx"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [tool("soffice"), "--headless", profile, "--convert-to", "xls:MS Excel 97", "--outdir", folder, *books]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert len(list(folder.glob("*.xls"))) == len(books)
    return folder


def put(bench, book: Path, feed: Feed) -> str:
    """Lay a workbook into the inbox as a department would send it; return its name there."""
    name = file_name(feed, "xls")
    bench.path(name).write_bytes(book.read_bytes())
    return name


@pytest.mark.services
@each_feed
def test_an_old_workbook_with_every_dirt_at_once_gives_the_clean_rows(bench, content, xls, feed):
    put(bench, xls / f"everything-{feed.name}.xls", feed)
    check_recovered(bench, content, feed, sheet=SHEET, numbers=ALL_ROWS)


@pytest.mark.services
@each_feed
def test_numbers_and_dates_of_an_old_workbook_are_staged_as_text_is(bench, content, xls, feed):
    put(bench, xls / f"typed-{feed.name}.xls", feed)
    check_recovered(bench, content, feed, sheet=SHEET, numbers=list(range(2, ROWS + 2)))


@pytest.mark.services
@each_feed
def test_each_spoilt_cell_of_an_old_workbook_has_its_reason_and_place(bench, xls, feed):
    name = put(bench, xls / f"spoilt-{feed.name}.xls", feed)
    check_refused(bench, feed, spoilt_cells(feed, control_characters=False), file=name, sheet=SHEET)


@each_feed
def test_a_workbook_with_every_dirt_at_once_gives_the_clean_rows(bench, content, feed):
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"封面": [["某县"]], SHEET: everything(feed)})
    check_recovered(bench, content, feed, sheet=SHEET, numbers=ALL_ROWS)


@each_feed
def test_a_csv_file_with_every_dirt_at_once_gives_the_clean_rows(bench, content, feed):
    write_csv(bench.path(file_name(feed)), everything(feed), encoding="gb18030", delimiter=";")
    check_recovered(bench, content, feed, sheet=None, numbers=ALL_ROWS)


@each_feed
def test_a_zip_of_a_csv_part_and_a_workbook_part_gives_the_clean_rows(bench, content, feed, tmp_path):
    table = dirty_table(feed, rows_of(feed, ROWS))
    half = 1 + ROWS // 2
    one, two = file_name(feed, "csv", part="_1of2"), file_name(feed, "xlsx", part="_2of2")
    write_csv(tmp_path / one, shuffled(feed, table[:half]), encoding="gb18030")
    write_xlsx(tmp_path / two, {SHEET: [table[0], *table[half:]]})
    outer = file_name(feed, "zip")
    with zipfile.ZipFile(bench.path(outer), "w", zipfile.ZIP_DEFLATED) as z:
        for name in (two, one):
            z.write(tmp_path / name, f"报送/{name}")
    staged = bench.stage()
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows_of(feed, ROWS)
    places = {(r["_file"], r["_sheet"]) for r in bench.rows(staged)}
    assert places == {(f"{outer}/{one}", None), (f"{outer}/{two}", SHEET)}


@each_feed
def test_each_spoilt_cell_of_a_zipped_file_has_its_reason_and_place(bench, feed, tmp_path):
    cells, name, outer = spoilt_cells(feed), file_name(feed), file_name(feed, "zip")
    write_csv(tmp_path / name, [[""], *spoilt_table(feed, cells)], encoding="gb18030")
    with zipfile.ZipFile(bench.path(outer), "w", zipfile.ZIP_DEFLATED) as z:
        z.write(tmp_path / name, name)
    # a value with a line break in it takes two lines of the file and is one row all the same
    check_refused(bench, feed, cells, file=f"{outer}/{name}", sheet=None, first_row=3)


@each_feed
def test_parquet_with_synonyms_in_any_order_and_any_form_of_values_gives_the_clean_rows(bench, content, feed):
    write_parquet(bench.path(file_name(feed, "parquet")), shuffled(feed, dirty_table(feed, rows_of(feed, ROWS))))
    check_recovered(bench, content, feed, sheet=None, numbers=list(range(1, ROWS + 1)))


@each_feed
def test_each_spoilt_cell_of_a_parquet_file_has_its_reason_and_place(bench, feed):
    cells = spoilt_cells(feed)
    name = file_name(feed, "parquet")
    write_parquet(bench.path(name), spoilt_table(feed, cells))
    check_refused(bench, feed, cells, file=name, sheet=None, first_row=1)
