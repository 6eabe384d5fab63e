"""问题清单: the findings, keys locked, with the cells that a department fills in."""

from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from expectations.workbook import (
    ANSWERS,
    COLUMNS,
    LIST_SHEET,
    LONGEST_PLAN_DAYS,
    TEXT_LIMIT,
    Entry,
    SheetColumn,
    office_of,
    row_checksum,
)
from pipelines.reporting.styles import ANSWER_FILL, ANSWER_HEAD, GREY, LOCKED_HEAD, RED, RULE, Book

_FIRST_ANSWER_DATE: Final = date(2015, 1, 1)
_LONGEST_PLAN: Final = timedelta(days=LONGEST_PLAN_DAYS)
_BATCH_ROWS: Final = 5_000
_LINE, _TALLEST = 12.0, 400.0  # points; a row of more than 409 is refused


def write_list(book: Book, rows: pa.Table, as_of: date, title: str, key: bytes) -> None:
    """Write the list sheet: one row a finding (``readable_rows``), heading in row 1; ``key``: of their checksums."""
    sheet = book.sheet(LIST_SHEET, title)
    _head(book, sheet)
    styles = [_cell_style(book, column) for column in COLUMNS]
    severe = {"高": book.style(**_frame(), align="center", text_wrap=True, font_color=RED, bold=True)}
    number = 1
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        values = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        for place in range(batch.num_rows):
            sheet.set_row(number, min(_TALLEST, _LINE * values["lines"][place] + 5))
            keys = [values[c.source][place] for c in COLUMNS if c.key]
            for at, column in enumerate(COLUMNS):
                style = styles[at]
                if column.entry is Entry.CHECKSUM:
                    office = office_of(values["owner"][place], values["township_code"][place] or "")
                    sheet.write_string(number, at, row_checksum(key, office, keys), style)
                    continue
                value = values[column.source][place] if column.source else None
                if column.source == "severity_label":
                    style = severe.get(str(value), style)
                if value is None or value == "":
                    sheet.write_blank(number, at, None, style)
                elif column.entry is Entry.DATE:
                    sheet.write_datetime(number, at, value, style)
                else:
                    sheet.write_string(number, at, value, style)  # never a formula, whatever it begins with
            number += 1
    last = max(number - 1, 1)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    for at, column in enumerate(COLUMNS):
        _validate(sheet, column, at, last, as_of)
    _ask_for_a_reason(book, sheet, last)


def _head(book: Book, sheet: Any) -> None:
    for at, column in enumerate(COLUMNS):
        fill = ANSWER_HEAD if column.entry.is_answer else LOCKED_HEAD
        if column.entry is Entry.CHECKSUM:
            fill = GREY
        style = book.style(
            bold=True, font_color="white", bg_color=fill, align="center", valign="vcenter", text_wrap=True,
            border=1, border_color="white",
        )  # fmt: skip
        sheet.set_column(at, at, column.width, book.style(locked=not column.entry.is_answer))
        sheet.write_string(0, at, column.heading, style)
    sheet.set_row(0, 42)
    frozen = next(at for at, c in enumerate(COLUMNS) if c.source == "batch")
    sheet.freeze_panes(1, frozen)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.print_across()
    sheet.fit_to_pages(2, 0)  # 30 columns on one page would be 4 points high (expectations/workbook.py)
    first_answer = next(at for at, c in enumerate(COLUMNS) if c.entry.is_answer)
    sheet.set_selection(1, first_answer, 1, first_answer)


def _frame() -> dict[str, Any]:
    return {"bottom": 1, "bottom_color": RULE, "right": 1, "right_color": "#EDF0F3"}


def _cell_style(book: Book, column: SheetColumn) -> Any:
    properties = _frame() | {"text_wrap": True}
    if column.centred or column.entry in (Entry.DATE, Entry.ANSWER_CHOICE, Entry.ANSWER_DATE):
        properties["align"] = "center"
    if column.entry in (Entry.DATE, Entry.ANSWER_DATE):
        properties["num_format"] = "yyyy-mm-dd"
    if column.entry.is_answer:
        properties |= {"locked": False, "bg_color": ANSWER_FILL}
    if column.entry is Entry.CHECKSUM:
        properties |= {"font_color": "#B8C1CC", "font_size": 6, "text_wrap": False}
    if column.source in ("finding_id", "batch", "identity_masked", "number"):
        properties |= {"font_size": 8, "font_color": GREY}
    return book.style(**properties)


def _validate(sheet: Any, column: SheetColumn, at: int, last: int, as_of: date) -> None:
    if not column.entry.is_answer:
        return
    options: dict[str, Any] = {"input_title": column.heading[:32], "input_message": column.hint[:255]}
    if column.entry is Entry.ANSWER_CHOICE:
        options |= {
            "validate": "list", "source": list(ANSWERS),
            "error_title": "核实结果", "error_message": "只能选择“属实”或“不属实”。",
        }  # fmt: skip
    elif column.entry is Entry.ANSWER_DATE:
        options |= {
            "validate": "date", "criteria": "between",
            "minimum": _FIRST_ANSWER_DATE, "maximum": as_of + _LONGEST_PLAN,
            "error_title": column.heading, "error_message": "请填写日期，例如 2026-09-30。",
        }  # fmt: skip
    else:
        options |= {
            "validate": "length", "criteria": "<=", "value": TEXT_LIMIT,
            "error_title": column.heading, "error_message": f"请不要超过{TEXT_LIMIT}个字。",
        }  # fmt: skip
    sheet.data_validation(1, at, last, at, options)


def _ask_for_a_reason(book: Book, sheet: Any, last: int) -> None:
    """Colour 核实说明 and 佐证材料 while they are empty beside 不属实: the contract requires both."""
    letters = {c.heading: _letter(at) for at, c in enumerate(COLUMNS)}
    answer = f"${letters['核实结果']}2"
    for heading in ("核实说明", "佐证材料"):
        at = next(i for i, c in enumerate(COLUMNS) if c.heading == heading)
        empty = f'AND({answer}="{ANSWERS[1]}",LEN(TRIM(${letters[heading]}2))=0)'
        rule = {"type": "formula", "criteria": f"={empty}", "format": book.file.add_format({"bg_color": "#F8B4B4"})}
        sheet.conditional_format(1, at, last, at, rule)


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else "A" + chr(ord("A") + at - 26)
