"""What stands beside a workbook's cells is found, or the workbook is refused: never is an error a blank in silence."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from feed_tables import rows_of, text_table
from old_books import Failed, write_old_book
from packages import BOOK, CLEAN, ERROR, FEED, MAIN, OFFICE, PARTS, SHEET, STRICT, epochs, links, packed, sheet_of

from pipelines.checking.copying import copy_sheets
from pipelines.reading import UnreadableFileError, open_file
from pipelines.reading.cells import Kind
from pipelines.reading.marked_cells import look_beside


def first_cells(path: Path, suffix: str = "xlsx") -> list[str]:
    """What the first row of data says first, of every sheet; [] where the file is refused in a sentence."""
    opened = open_file(path, f"x.{suffix}", suffix, FEED)
    try:
        return [batch.columns[0][0].as_py() for table in opened.tables for batch in table.batches()]
    except UnreadableFileError:
        return []


INVENTED = {
    "#SPILL!": "#SPILL!", "#CALC!": "#CALC!", "#FIELD!": "#FIELD!", "#GETTING_DATA": "#GETTING_DATA",
    "#BLOCKED!": "#BLOCKED!", "#PYTHON!": "#ERROR!", "#外部!": "#ERROR!", "张三": "#ERROR!", " #REF! ": "#REF!",
    "#n/a": "#n/a", "": "#ERROR!",
}  # fmt: skip
"""What an error cell says, and what is shown of it: what no spreadsheet would say could be anything."""


@pytest.mark.parametrize(("said", "shown"), INVENTED.items())
@pytest.mark.parametrize("cell", ['<c t="e"><v>{}</v></c>', "<x:c s='1' t='e' ><x:f>A1#</x:f><x:v>{}</x:v></x:c>"])
def test_an_error_that_the_reader_does_not_know_costs_its_cell_and_not_the_file(tmp_path, cell, said, shown):
    sheet = sheet_of(cell.format(said))
    if "<x:" in cell:
        sheet = sheet.replace("<worksheet xmlns=", f'<worksheet xmlns:x="{MAIN}" xmlns=')
    path = packed(tmp_path / "x", {**PARTS, SHEET: sheet})
    assert first_cells(path) == [shown]
    (opened,) = open_file(path, "x.xlsx", "xlsx", FEED).tables
    (batch,) = opened.batches()
    assert batch.kinds[0].tolist() == [Kind.ERROR]
    assert len(list(copy_sheets(path, "xlsx", FEED)[0].rows)) == 2


def test_an_unknown_error_on_another_sheet_costs_nothing(tmp_path):
    parts = {
        **PARTS,
        SHEET: CLEAN,
        "xl/workbook.xml": BOOK.replace("</sheets>", '<sheet name="t" sheetId="2" r:id="r2"/></sheets>'),
        "xl/_rels/workbook.xml.rels": links(("r1", "worksheets/sheet1.xml"), ("r2", "worksheets/sheet2.xml")),
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="e"><v>#SPILL!</v></c></row>'
        "</sheetData></worksheet>",
    }
    assert first_cells(packed(tmp_path / "x", parts)) == ["C1"]


@pytest.mark.parametrize("cell", ["#BUSY!", Failed("#BUSY!")])
def test_an_error_of_an_old_workbook_that_the_reader_does_not_know_costs_its_cell(tmp_path, cell):
    heading, row = text_table(FEED, rows_of(FEED, 1))
    assert first_cells(write_old_book(tmp_path / "x", [heading, [cell, *row[1:]]]), "xls") == ["#ERROR!"]


STRICT_BOOK = BOOK.replace(OFFICE, STRICT)
FINE = {
    "plain": PARTS,
    "strict": {
        **PARTS,
        "_rels/.rels": links(("r1", "xl/workbook.xml"), kind="officeDocument", office=STRICT),
        "xl/workbook.xml": STRICT_BOOK,
    },
    "other prefixes": {**PARTS, "xl/workbook.xml": BOOK.replace("xmlns:r", "xmlns:q").replace("r:id", "q:id")},
    "from the root": {**PARTS, "xl/_rels/workbook.xml.rels": links(("r1", "/xl/worksheets/sheet1.xml"))},
    "in a folder of its own": {
        **{name.replace("worksheets", "odd"): part for name, part in PARTS.items()},
        "xl/_rels/workbook.xml.rels": links(("r1", "odd/sheet1.xml")),
    },
    "another book beside it": {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"],
        SHEET: CLEAN,
        **{name.replace("xl/", "o/"): part for name, part in PARTS.items()},
        "_rels/.rels": links(("r1", "o/workbook.xml"), kind="officeDocument"),
    },
    "a tag with > in it": {**PARTS, SHEET: sheet_of('<c x=">" t="e"><v>#REF!</v></c>')},
    "a tag with < in it": {**PARTS, SHEET: sheet_of("<c x='<' t=\"e\"><v>#REF!</v></c>")},
    "a comment": {**PARTS, SHEET: sheet_of('<c t="e"><!-- </c><c> --><v>#REF!</v></c>')},
}


@pytest.mark.parametrize("parts", FINE.values(), ids=FINE)
def test_an_error_is_seen_in_whichever_part_of_the_workbook_it_lies(tmp_path, parts):
    assert first_cells(packed(tmp_path / "x", parts)) == ["#REF!"]


FORMULAS = {
    "nothing": "<c><f>1+1</f></c>",
    "a comment with an end": "<c><!--</c>--><f>1+1</f></c>",
    "before it": "<c><v>2</v><f>1+1</f></c>",
    "a text before it": '<c t="inlineStr"><is><t>2</t></is><f>1+1</f></c>',
}


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_whose_result_the_reader_does_not_give_is_no_blank(tmp_path, cell):
    parts = {**PARTS, SHEET: sheet_of(cell)}
    assert first_cells(packed(tmp_path / "x", parts)) == ["（公式无结果）"]


TWO = [("r1", "worksheets/sheet1.xml"), ("r1", "worksheets/sheet2.xml")]
ODD: dict[str, tuple[Mapping[str, str | bytes], Mapping[str, str]]] = {
    "no list of sheets": ({n: p for n, p in PARTS.items() if n != "xl/workbook.xml"}, {}),
    "no links": ({n: p for n, p in PARTS.items() if n != "xl/_rels/workbook.xml.rels"}, {}),
    "no links of the whole": ({n: p for n, p in PARTS.items() if n != "_rels/.rels"}, {}),
    "no sheet": ({n: p for n, p in PARTS.items() if n != SHEET}, {}),
    "a broken list": ({**PARTS, "xl/workbook.xml": BOOK[:-9]}, {}),
    "broken links": ({**PARTS, "xl/_rels/workbook.xml.rels": "<x>"}, {}),
    "two lists": (PARTS, {"xl/Workbook.xml": BOOK}),
    "two sheets of one name but for capitals": (PARTS, {"xl/worksheets/Sheet1.xml": CLEAN}),
    "two links of one name": (
        {**PARTS, "xl/_rels/workbook.xml.rels": links(*TWO), "xl/worksheets/sheet2.xml": CLEAN},
        {},
    ),
    "two lists that are linked": (
        {
            **PARTS,
            "_rels/.rels": links(("r1", "o/workbook.xml"), ("r2", "xl/workbook.xml"), kind="officeDocument"),
            "o/workbook.xml": BOOK,
        },
        {},
    ),
    "a list by another name": (
        {**PARTS, "_rels/.rels": links(("r1", "xl/book2.xml"), kind="officeDocument"), "xl/book2.xml": BOOK},
        {},
    ),
    "two links of a sheet": (
        {
            **PARTS,
            "xl/workbook.xml": BOOK.replace("r:id", 'xmlns:q="urn:q" q:id="r2" r:id'),
            "xl/_rels/workbook.xml.rels": links(TWO[0], ("r2", "worksheets/sheet2.xml")),
            "xl/worksheets/sheet2.xml": CLEAN,
        },
        {},
    ),
    "another name of the sheet": ({**PARTS, "xl/workbook.xml": BOOK.replace('"s"', '"a\nb"')}, {}),
    "an epoch in no known word": ({**PARTS, "xl/workbook.xml": epochs('date1904="on"')}, {}),
    "two epochs": (
        {**PARTS, "xl/workbook.xml": epochs('date1904="1"', "")},
        {},
    ),
    "two sheets of one name": (
        {
            **PARTS,
            "xl/workbook.xml": BOOK.replace("</sheets>", '<sheet name="s" sheetId="2" r:id="r2"/></sheets>'),
            "xl/_rels/workbook.xml.rels": links(TWO[0], ("r2", "worksheets/sheet2.xml")),
            "xl/worksheets/sheet2.xml": CLEAN,
        },
        {},
    ),
    "a sheet of UTF-16": ({**PARTS, SHEET: PARTS[SHEET].encode("utf-16")}, {}),
    "a value in quotes of XML": ({**PARTS, SHEET: sheet_of("<c><v><![CDATA[12]]></v></c>")}, {}),
    "a value with a comment in it": ({**PARTS, SHEET: sheet_of("<c><v>1<!-- x -->2</v></c>")}, {}),
    "a comment without an end": ({**PARTS, SHEET: sheet_of(ERROR) + "<!--"}, {}),
    "a binary workbook too": (PARTS, {"xl/workbook.bin": "x"}),
    "an open document too": (PARTS, {"content.xml": "<x/>"}),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "more"), ODD.values(), ids=ODD)
def test_a_workbook_that_can_be_understood_in_two_ways_is_refused(tmp_path, parts, more):
    assert first_cells(packed(tmp_path / "x", parts, more)) == []


def test_a_sheet_that_the_reader_takes_for_empty_is_not_passed_over_beside_another(tmp_path):
    parts = {
        **PARTS,
        "xl/workbook.xml": BOOK.replace("</sheets>", '<sheet name="t" sheetId="2" r:id="r2"/></sheets>'),
        "xl/_rels/workbook.xml.rels": links(TWO[0], ("r2", "worksheets/sheet2.xml")),
        "xl/worksheets/sheet2.xml": CLEAN.encode("utf-16"),
    }
    opened = open_file(packed(tmp_path / "x", parts), "x.xlsx", "xlsx", FEED)
    assert opened.tables == ()
    assert "结构不规范" in opened.problems[0].text


def test_an_old_workbook_whose_sheets_are_not_all_found_is_refused(tmp_path, monkeypatch):
    table = text_table(FEED, rows_of(FEED, 1))
    assert first_cells(write_old_book(tmp_path / "x", table), "xls") == [table[1][0]]
    monkeypatch.setattr("pipelines.reading.old_cells.find_book", lambda _: None)
    assert first_cells(tmp_path / "x", "xls") == []


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_a_part_that_lists_others_is_not_held_whole_where_it_is_large(tmp_path, part):
    parts = {**PARTS, part: b"<r>" + b" " * (17 << 20) + b"</r>"}
    with pytest.raises(UnreadableFileError, match="目录部分"):
        look_beside(packed(tmp_path / "large.xlsx", parts))
