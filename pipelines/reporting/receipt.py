"""回执: what of a returned workbook was taken, what was not and why, for the department that sent it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipelines.house.words import day_in_chinese
from pipelines.reporting.styles import AMBER, BAND, GREY, LOCKED_HEAD, RED, RULE, new_workbook
from warehouse.books.deliveries import Delivery
from warehouse.lake import Lake, atomic_path

OUTCOMES: Final = {
    "refused": "未采用",
    "applied": "已登记",
    "noted": "已补充登记",
    "repeated": "以前已登记，没有变化",
    "blank": "没有填写",
}
"""What became of a row, as the department reads it; the order in which the receipt counts them."""

_COLUMNS: Final = (("行号", 7), ("问题编号", 27), ("结果", 20), ("状态变化", 20), ("列", 14), ("原因和办法", 62))


def count_outcomes(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Rows by outcome, each outcome named; a row with several problems counts once."""
    last = {(row["sheet"], row["row"]): row["outcome"] for row in rows}
    return {outcome: sum(found == outcome for found in last.values()) for outcome in OUTCOMES}


def write_receipt(lake: Lake, delivery: Delivery, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write the receipt of a returned workbook; ``rows`` are those of the books' ``feedback_rows``. Return its path."""
    path, on = lake.receipt(delivery.sha256), delivery.as_of
    if on is None:
        raise ValueError(f"delivery {delivery.id} has no day")
    title = "反馈工作簿回执"
    counts = count_outcomes(rows)
    with atomic_path(path) as temporary, new_workbook(temporary, on, title) as book:
        sheet = book.sheet("回执", title)
        sheet.fit_to_pages(1, 0)
        for at, (_, width) in enumerate(_COLUMNS):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, title, book.style(font_size=15, bold=True, valign="vcenter"))
        said = "、".join(f"{label}{counts[outcome]:,}行" for outcome, label in OUTCOMES.items() if counts[outcome])
        lines = [
            (f"文件：{delivery.files[0].name}    登记日期：{day_in_chinese(on)}    编号：{delivery.id}", GREY),
            (f"结果：{said or '没有可读的行'}。", RED if counts["refused"] or delivery.reason else GREY),
            *((f"整份退回：{reason}", RED) for reason in delivery.reason),
        ]
        if counts["refused"]:
            lines.append(("未采用的行请按“原因和办法”在原表中改好重交；已登记的行不用改，重复交不会重复登记。", AMBER))
        for number, (text, colour) in enumerate(lines, start=1):
            sheet.write_string(number, 0, text, book.style(font_size=10, font_color=colour))
        head = book.style(
            bold=True, font_color="white", bg_color=LOCKED_HEAD, align="center", valign="vcenter", border=1,
            border_color="white",
        )  # fmt: skip
        top = len(lines) + 2
        for at, (heading, _) in enumerate(_COLUMNS):
            sheet.write_string(top, at, heading, head)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
        told = sorted((r for r in rows if r["outcome"] != "blank"), key=lambda r: (order[r["outcome"]], r["number"]))
        for number, row in enumerate(told, start=top + 1):
            refused = row["outcome"] == "refused"
            style = book.style(text_wrap=True, bottom=4, bottom_color=RULE, **({"bg_color": BAND} if refused else {}))
            for at, text in enumerate(_cells(row)):
                sheet.write_string(number, at, text, style)
    return path


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    moved = "" if row["to_state"] is None else f"{row['from_state']} → {row['to_state']}"
    return (
        str(row["row"]),
        row["finding_id"] or "",
        OUTCOMES[row["outcome"]],
        moved if row["from_state"] != row["to_state"] else "",
        row["column_name"] or "",
        row["reason"] or "",
    )
