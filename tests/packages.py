"""Xlsx workbooks put together part by part, with what no writer at hand would put into them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from feed_tables import rows_of, text_table

from expectations.feeds import FEEDS_BY_NAME

FEED = FEEDS_BY_NAME["low_income_members"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
LINKS = 'Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def links(*targets: tuple[str, str], kind: str = "worksheet", office: str = OFFICE) -> str:
    """A part that links to others, by name and target."""
    found = "".join(f'<Relationship Id="{name}" Type="{office}/{kind}" Target="{t}"/>' for name, t in targets)
    return f"<{LINKS}>{found}</Relationships>"


def text_cell(text: str) -> str:
    """A cell of text that does not say where it stands."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_of(first: str) -> str:
    """A sheet of one row of data, whose first cell is as given; it does not say where its cells stand."""
    heading, row = text_table(FEED, rows_of(FEED, 1))
    lines = ["".join(map(text_cell, heading)), first + "".join(map(text_cell, row[1:]))]
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(f"<row>{x}</row>" for x in lines)}</sheetData></worksheet>'


ERROR = '<c t="e"><v>#REF!</v></c>'
SHEETS = '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets>'
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{SHEETS}</workbook>'
SHEET = "xl/worksheets/sheet1.xml"


def epochs(*said: str) -> str:
    """A list of sheets with these attributes of the workbook, an element each."""
    return BOOK.replace("<sheets>", "".join(f"<workbookPr {s}/>" for s in said) + "<sheets>")


PARTS = {
    "_rels/.rels": links(("r1", "xl/workbook.xml"), kind="officeDocument"),
    "xl/workbook.xml": BOOK,
    "xl/_rels/workbook.xml.rels": links(("r1", "worksheets/sheet1.xml")),
    SHEET: sheet_of(ERROR),
}
CLEAN = sheet_of(text_cell("C1"))


def packed(path: Path, parts: Mapping[str, str | bytes], more: Mapping[str, str] | None = None) -> Path:
    """An archive of parts; those of ``more`` come last."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*parts.items(), *(more or {}).items()]:
            archive.writestr(name, content)
    return path
