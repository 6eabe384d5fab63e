"""The workbooks' look, and how one is opened so that the same content gives the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import xlsxwriter

FONT: Final = "微软雅黑"
INK, GREY, RULE = "#1F2933", "#7B8794", "#CBD2D9"
LOCKED_HEAD, ANSWER_HEAD = "#243B53", "#B7791F"
ANSWER_FILL, BAND = "#FFFBEA", "#F5F7FA"
RED, AMBER = "#AB091E", "#B44D12"

_ROWS_IN_MEMORY: Final = 10_000
"""Of findings: some 100 MB."""


@dataclass
class Book:
    """An open workbook and its formats, each made once."""

    file: Any
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def style(self, **properties: Any) -> Any:
        """A format of these xlsxwriter properties over the house's defaults."""
        wanted = {"font_name": FONT, "font_size": 9, "font_color": INK, "valign": "top", "locked": True} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(wanted)
        return self.formats[key]

    def sheet(self, name: str, header: str, *, landscape: bool = True) -> Any:
        """A protected sheet (no password: 表格 programs refuse what they cannot open) with the house's print set-up."""
        sheet = self.file.add_worksheet(name)
        sheet.set_paper(9)  # A4
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.65, bottom=0.55)
        sheet.set_header(f'&L&"{FONT}"&9{header.replace("&", "&&")}&R&"{FONT}"&9&A', {"margin": 0.3})
        sheet.set_footer(f'&L&"{FONT}"&8含个人信息，仅限经办人员使用&C&"{FONT}"&8第 &P 页，共 &N 页', {"margin": 0.25})
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
        sheet.hide_gridlines(2)
        return sheet


@contextmanager
def new_workbook(path: Path, as_of: date, title: str, rows: int = 0) -> Iterator[Book]:
    """A workbook that is written when the block ends; its dates come from ``as_of``, never from the clock.

    One of more than ``_ROWS_IN_MEMORY`` ``rows`` goes to temporary files as it is written, which takes twice as long.
    """
    held = "in_memory" if rows <= _ROWS_IN_MEMORY else "constant_memory"
    options = {held: True, "strings_to_formulas": False, "strings_to_urls": False}
    file = xlsxwriter.Workbook(str(path), options)
    file.set_properties({"title": title, "author": "liangxian", "created": datetime.combine(as_of, time())})
    try:
        yield Book(file)
    finally:
        file.close()
