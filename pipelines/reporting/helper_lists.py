"""帮扶责任人清单: per township a workbook, per helper a sheet with what stands open at the households helped.

Whom a helper visits, what to ask and by when; what the departments' books say stands on the household's visit sheet.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipelines.house.words import WHOLE_COUNTY, day_in_chinese
from pipelines.reporting.households import (
    by_household,
    due_of,
    lines_of,
    problem_of,
    townships_of,
    what_to_ask,
    write_across,
    write_head,
)
from pipelines.reporting.links import NO_HELPER
from pipelines.reporting.styles import BAND, GREY, RULE, Book, new_workbook
from warehouse.lake import Lake, atomic_path, safe_name

FOLDER: Final = "帮扶责任人"
CONTENTS: Final = "目录"
_COLUMNS: Final = (
    ("序号", 5), ("户主", 10), ("村", 12), ("户编号", 14), ("问题", 16), ("问什么、看什么", 40), ("责任单位", 13),
    ("走访记录", 21),
)  # fmt: skip
_CONTENTS: Final = (("帮扶责任人", 30), ("户数", 12), ("问题条数", 12), ("其中待核", 12))
_LINE, _TALLEST = 13.5, 400.0
_LONGEST_NAME: Final = 24
"""A sheet's name has 31 characters, a number behind it included."""

Row = Mapping[str, Any]


def write_helper_lists(*, lake: Lake, run: str, as_of: date, county_name: str, rows: pa.Table) -> tuple[Path, ...]:
    """Write ``帮扶责任人/<township>.xlsx`` under the run's reports from ``readable_rows``; return the paths, sorted.

    A sheet for each helper, the households that have none last; two helpers of one name in a township cannot be told
    apart and share it. No file bears a name, for the paths stand in the summary. Certificates off the register have
    no helper: the contents count them.
    """
    written = []
    for (code, township), visits in townships_of(by_household(rows)):
        own = [row for row in visits if row["helper"]]
        if not own:
            continue
        path = lake.reports(run) / FOLDER / (f"{code}_{safe_name(township)}.xlsx" if code else f"{WHOLE_COUNTY}.xlsx")
        title = f"{county_name}{township} 帮扶责任人清单"
        lists = list(_lists(own))
        with atomic_path(path) as temporary, new_workbook(temporary, as_of, title, len(own)) as book:
            _write_contents(book, title, as_of, lists, len({row["visit"] for row in visits if not row["helper"]}))
            for sheet_name, helper, findings in lists:
                _write_list(book, sheet_name, title, as_of, helper, findings)
        written.append(path)
    return tuple(sorted(written))


def _lists(rows: Sequence[Row]) -> Iterator[tuple[str, str, list[Row]]]:
    """Name of the sheet, helper and findings of each, households in order of visits; who has no helper comes last."""
    used: Counter[str] = Counter({CONTENTS: 1})
    ordered = sorted(rows, key=lambda row: (row["helper"] == NO_HELPER, row["helper"]))
    for helper, findings in groupby(ordered, key=lambda row: row["helper"]):
        plain = safe_name(helper)[:_LONGEST_NAME]
        used[plain.casefold()] += 1
        number = used[plain.casefold()]
        yield plain if number == 1 else f"{plain}_{number}", helper, list(findings)


def _write_contents(
    book: Book, title: str, as_of: date, lists: Sequence[tuple[str, str, Sequence[Row]]], elsewhere: int
) -> None:
    sheet = book.sheet(CONTENTS, title, landscape=False)
    for at, (_, width) in enumerate(_CONTENTS):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "帮扶责任人清单", book.style(font_size=17, bold=True, valign="vcenter"))
    until = f"数据截止：{day_in_chinese(as_of)}。每位帮扶责任人一张表，可单独打印交本人；只交本人所帮各户的。"
    write_across(book, sheet, 1, until, _CONTENTS, font_color=GREY, font_size=10)
    write_head(book, sheet, 2, _CONTENTS)
    frame = {"border": 1, "border_color": RULE, "font_size": 10}
    name = book.style(**frame, valign="vcenter")
    count = book.style(**frame, valign="vcenter", align="right", num_format="#,##0")
    row = 2
    for sheet_name, helper, findings in lists:
        row += 1
        place = sheet_name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{place}'!A1", name, helper if helper != NO_HELPER else f"（{NO_HELPER}）")
        doubtful = sum(finding["certainty"] == "possible" for finding in findings)
        for at, number in enumerate((len({f["visit"] for f in findings}), len(findings), doubtful), start=1):
            sheet.write_number(row, at, number, count)
    if elsewhere:
        told = f"另有{elsewhere}个低保（特困）证不在建档立卡，没有帮扶责任人，见《一户一单》。"
        write_across(book, sheet, row + 1, told, _CONTENTS, font_color=GREY, font_size=10)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _write_list(book: Book, name: str, title: str, as_of: date, helper: str, findings: Sequence[Row]) -> None:
    sheet = book.sheet(name, title)
    for at, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 30)
    heading = f"帮扶责任人：{helper}" if helper != NO_HELPER else "没有登记帮扶责任人的户"
    sheet.write_string(0, 0, heading, book.style(font_size=17, bold=True, valign="vcenter"))
    homes = len({finding["visit"] for finding in findings})
    told = f"{homes}户，{len(findings)}条待办。数据截止：{day_in_chinese(as_of)}。"
    if helper == NO_HELPER:
        told += "请先为这些户落实帮扶责任人，并填入建档立卡信息。"
    write_across(book, sheet, 1, told, _COLUMNS, font_size=11)
    write_head(book, sheet, 2, _COLUMNS)
    frame = {"border": 1, "border_color": RULE, "text_wrap": True, "font_size": 10}
    text, middle = book.style(**frame), book.style(**frame, align="center")
    blank = book.style(**frame, bg_color=BAND, locked=False)
    row = 2
    for number, (_, household) in enumerate(groupby(findings, key=lambda finding: finding["visit"]), start=1):
        for place, finding in enumerate(household):
            row += 1
            cells = _cells(number if place == 0 else None, finding)
            tall = max(lines_of(cell, width) for cell, (_, width) in zip(cells, _COLUMNS, strict=False))
            sheet.set_row(row, min(_TALLEST, 8 + _LINE * max(2, tall)))
            for at, value in enumerate(cells):
                sheet.write_string(row, at, value, middle if at in (0, 6) else text)
            sheet.write_blank(row, len(cells), None, blank)
    note = "不一致不等于有错：请先听户里怎么说，再对照材料。各部门数据怎么说、要备什么材料，见这一户的《一户一单》。"
    write_across(book, sheet, row + 1, note, _COLUMNS, font_color=GREY)
    sign = "走访人：____________　　走访日期：______年____月____日"
    write_across(book, sheet, row + 2, sign, _COLUMNS, font_size=11, height=34)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _cells(number: int | None, finding: Row) -> tuple[str, ...]:
    """A household's number, head and place stand beside its first finding only."""
    first = number is not None
    return (
        str(number) if first else "",
        finding["head_name"] if first else "",
        finding["village"] if first else "",
        finding["visit_household"] if first else "",
        problem_of(finding),
        what_to_ask(finding),
        due_of(finding),
    )
