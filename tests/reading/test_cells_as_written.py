"""Whatever way a sheet's cells are written down, every one is read as what it is and where it stands (Hypothesis)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from old_books import Failed, Lost, write_old_book
from packages import FEED, MAIN, PARTS, SHEET, packed

from pipelines.reading import open_file

COLUMNS = len(FEED.columns)
NO_RESULT = "（公式无结果）"

WAYS = {
    "number": ("<c{}><v>7</v></c>", "7"),
    "text": ('<c{} t="inlineStr"><is><t>甲</t></is></c>', "甲"),
    "text of a formula": ('<c{} t="str"><f>A1&amp;"x"</f><v>乙</v></c>', "乙"),
    "number of a formula": ("<c{}><f>1+1</f><v>2</v></c>", "2"),
    "empty text of a formula": ('<c{} t="str"><f>""</f><v></v></c>', ""),
    "no cell": ("<c{}/>", ""),
    "no value": ('<c{} s="1"><v></v></c>', ""),
    "error": ('<c{} t="e"><v>#REF!</v></c>', "#REF!"),
    "error of a formula": ("<c{} t='e'><f>1/0</f><v>#DIV/0!</v></c>", "#DIV/0!"),
    "formula without a result": ("<c{}><f>1+1</f></c>", NO_RESULT),
    "formula of a shared one": ('<c{}><f t="shared" si="0"/><v/></c>', NO_RESULT),
}
"""A cell as it is written, with a place for its name, and what it says."""


@dataclass(frozen=True)
class Cell:
    way: str
    gap: int
    is_named: bool


@dataclass(frozen=True)
class Row:
    gap: int
    is_named: bool
    cells: Sequence[Cell]


cells = st.builds(Cell, st.sampled_from(list(WAYS)), st.sampled_from([0, 0, 0, 1]), st.booleans())
rows = st.lists(
    st.builds(Row, st.sampled_from([0, 0, 1, 3]), st.booleans(), st.lists(cells, max_size=COLUMNS)), max_size=6
)
quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(given: Sequence[Row]) -> tuple[str, dict[tuple[int, int], str]]:
    """The rows below the header as XML, and what stands at (row, column), from 0."""
    out, says, row = [], {}, 0
    for one in given:
        row += 1 + one.gap
        inner, column = [], -1
        for cell in one.cells:
            column += 1 + cell.gap
            name = f' r="{chr(65 + column)}{row + 1}"' if cell.is_named or cell.gap else ""
            form, text = WAYS[cell.way]
            inner.append(form.format(name))
            if column < COLUMNS and text:
                says[row, column] = text
        name = f' r="{row + 1}"' if one.is_named or one.gap else ""
        out.append(f"<row{name}>{''.join(inner)}</row>")
    return "".join(out), says


def read(path: Path, suffix: str) -> dict[tuple[int, int], str]:
    """What is read below the header, at (row, column), from 0."""
    opened = open_file(path, f"x.{suffix}", suffix, FEED)
    assert len(opened.tables) == 1, opened.problems
    return {
        (int(number) - 1, at): column[n].as_py()
        for batch in opened.tables[0].batches()
        for n, number in enumerate(batch.rows)
        for at, column in enumerate(batch.columns[:COLUMNS])
        if column[n].as_py()
    }


@quick
@given(given_rows=rows, prefix=st.sampled_from(["", "x:"]), comment=st.sampled_from(["", "<!-- <c> -->"]))
def test_cells_of_a_workbook_are_read_as_what_they_are_however_they_are_written(given_rows, prefix, comment):
    head = "".join(f'<c t="inlineStr"><is><t>{c.title}</t></is></c>' for c in FEED.columns)
    below, says = written(given_rows)
    data = f'<sheetData><row r="1">{head}</row>{comment}{below}</sheetData>'
    sheet = f'<worksheet xmlns="{MAIN}">{data}</worksheet>'
    if prefix:
        sheet = sheet.replace("<!--", "\0").replace("</", f"\1{prefix}").replace("<", f"<{prefix}")
        sheet = sheet.replace("\1", "</").replace("\0", "<!--").replace("xmlns=", f"xmlns:{prefix[:-1]}=")
    with TemporaryDirectory() as folder:
        assert read(packed(Path(folder) / "x", {**PARTS, SHEET: sheet}), "xlsx") == says


olds = st.sampled_from(
    [
        (None, ""),
        ("甲", "甲"),
        (7, "7"),
        (Failed("#REF!"), "#REF!"),
        (Failed("#N/A"), "#N/A"),
        (Lost("no text"), NO_RESULT),
    ]
)


@quick
@given(table=st.lists(st.lists(olds, min_size=COLUMNS, max_size=COLUMNS), max_size=5))
def test_cells_of_an_old_workbook_are_read_as_what_they_are(table):
    written_rows = [[c.title for c in FEED.columns], *[[cell for cell, _ in row] for row in table]]
    says = {(r, c): text for r, row in enumerate(table, start=1) for c, (_, text) in enumerate(row) if text}
    with TemporaryDirectory() as folder:
        assert read(write_old_book(Path(folder) / "x", written_rows), "xls") == says
