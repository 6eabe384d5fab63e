"""Workbooks of any cells, written part by part: what stands in a cell is what stands in the file."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from old_books import Erred, Failed, Lost
from packages import MAIN, OFFICE, links

_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def write_book(
    path: Path,
    sheets: dict[str, Sequence[Sequence[Any]]],
    *,
    states: dict[str, str] | None = None,
    later_epoch: bool = False,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> Path:
    """A workbook (xlsx) of these sheets, cells of any of ``old_books``' kinds. ``states``: of hidden ones, by name;
    ``hidden_rows``, ``hidden_columns``: counted from 1, in every sheet."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}" state="{(states or {}).get(name, "visible")}"/>'
        for n, name in enumerate(names, start=1)
    )
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(later_epoch)}"/>'
    targets = [(f"r{n}", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
    relations = links(*targets).replace("</Relationships>", "")
    relations += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", links(("r1", "xl/workbook.xml"), kind="officeDocument"))
        archive.writestr("xl/workbook.xml", f"{book}<sheets>{listed}</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", relations)
        archive.writestr("xl/styles.xml", _STYLES)
        for n, table in enumerate(sheets.values(), start=1):
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml", _sheet(table, later_epoch, set(hidden_rows), hidden_columns)
            )
    return path


def _sheet(
    table: Sequence[Sequence[Any]], later_epoch: bool, hidden_rows: set[int], hidden_columns: Sequence[int]
) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" hidden="1" width="0"/>' for n in hidden_columns)
    rows = []
    for r, row in enumerate(table, start=1):
        cells = "".join(_cell(f"{_letters(c)}{r}", value, later_epoch) for c, value in enumerate(row))
        rows.append(f'<row r="{r}" hidden="{int(r in hidden_rows)}">{cells}</row>')
    before = f"<cols>{columns}</cols>" if columns else ""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData></worksheet>'


def _letters(column: int) -> str:
    before, last = divmod(column, 26)
    return (chr(64 + before) if before else "") + chr(65 + last)


def _cell(place: str, value: Any, later_epoch: bool) -> str:
    match value:
        case None | "":
            return ""
        case Erred():
            return f'<c r="{place}" t="e"><v>{value}</v></c>'
        case Failed():
            return f'<c r="{place}" t="e"><f>A1/0</f><v>{value}</v></c>'
        case Lost():
            return f'<c r="{place}"><f>A1</f></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case date():
            epoch = date(1904, 1, 1) if later_epoch else date(1899, 12, 30)
            return f'<c r="{place}" s="1"><v>{(value - epoch).days}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value!r}</v></c>'
        case _:
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'
