"""一户一单: per township a workbook, per village a sheet, per household a page with all of its open findings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from expectations.rule import Visit
from expectations.rules import RULES_BY_CODE
from expectations.rules.papers import IDENTITY
from pipelines.house.words import WHOLE_COUNTY, day_in_chinese
from pipelines.reporting.styles import AMBER, BAND, GREY, LOCKED_HEAD, RULE, Book, new_workbook
from warehouse.lake import Lake, atomic_path, safe_name

FOLDER: Final = "一户一单"
_COLUMNS: Final = (("序号", 5), ("问题", 15), ("情况", 40), ("问什么、看什么", 32), ("责任单位", 12), ("核实记录", 27))
_HOUSEHOLDS_A_SHEET: Final = 1_000
"""A sheet takes 1,023 page breaks."""
_SCALE: Final = 80
"""Percent at which the columns fill the width of A4."""

_LINE, _TALLEST = 13.5, 400.0

_DOUBT: Final = "先核对是不是同一个人：看身份证和户口簿原件。"
"""What comes first where the data cannot say whom they speak of."""

Row = Mapping[str, Any]
Columns = Sequence[tuple[str, float]]
"""Headings and widths."""


def write_household_sheets(*, lake: Lake, run: str, as_of: date, county_name: str, rows: pa.Table) -> tuple[Path, ...]:
    """Write ``一户一单/<township>.xlsx`` under the run's reports from ``readable_rows``; return the paths, sorted.

    A finding belongs to the household that it leads to (``visit_household``), else to the certificate; what speaks of
    neither (the county's standard) is on no visit, nor is what was handed down to be looked into (LD10).
    """
    written = []
    everything = by_household(rows)
    for (code, township), visits in townships_of(everything):
        name = f"{code}_{safe_name(township)}.xlsx" if code else f"{WHOLE_COUNTY}.xlsx"
        path = lake.reports(run) / FOLDER / name
        title = f"{county_name}{township} 入户核实单（一户一单）"
        with atomic_path(path) as temporary, new_workbook(temporary, as_of, title, len(visits)) as book:
            for sheet_name, households in _sheets(visits):
                _write_village(book, sheet_name, title, as_of, households)
        written.append(path)
    return tuple(sorted(written))


def by_household(rows: pa.Table) -> pa.Table:
    """Readable rows with ``visit`` (whom to visit) and that household's place, in order of visits."""
    with duckdb.connect() as connection:
        connection.register("readable", rows.drop_columns(["evidence", "sources"]))
        return connection.execute(
            """WITH visited AS (
                SELECT *, coalesce(nullif(visit_household, ''), nullif(certificate_no, '')) AS visit FROM readable
            ), placed AS (
                SELECT * EXCLUDE (township_code, township, village_code, village, head_name),
                    first_value(township_code) OVER own AS township_code, first_value(township) OVER own AS township,
                    first_value(village_code) OVER own AS village_code, first_value(village) OVER own AS village,
                    first_value(head_name) OVER own AS head_name
                FROM visited WHERE visit IS NOT NULL AND subject_kind <> 'lead'
                WINDOW own AS (PARTITION BY visit ORDER BY household_no = '', village_code = '', owner, place)
            )
            SELECT * FROM placed ORDER BY township_code, village_code, village, visit, priority DESC, owner, place"""
        ).to_arrow_table()


def townships_of(rows: pa.Table) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Code and name of each township, with its rows of ``by_household``."""
    for place, part in groupby(rows.to_pylist(), key=lambda r: (r["township_code"], r["township"] or WHOLE_COUNTY)):
        yield place, list(part)


def _sheets(rows: Sequence[Row]) -> Iterator[tuple[str, list[list[Row]]]]:
    """Name and households of each sheet: a village, or a thousand of its households."""
    used: set[str] = set()
    for (code, village), part in groupby(rows, key=lambda r: (r["village_code"], r["village"])):
        households = [list(own) for _, own in groupby(part, key=lambda r: r["visit"])]
        plain = safe_name(village)[:20] if village else "未注明村"
        name = plain if plain not in used else f"{plain}_{code[-3:]}"
        used.add(name)
        for start in range(0, len(households), _HOUSEHOLDS_A_SHEET):
            number = start // _HOUSEHOLDS_A_SHEET + 1
            yield name if number == 1 else f"{name}_{number}", households[start : start + _HOUSEHOLDS_A_SHEET]


def _write_village(book: Book, name: str, title: str, as_of: date, households: Sequence[Sequence[Row]]) -> None:
    sheet = book.sheet(name, title)
    sheet.set_print_scale(_SCALE)  # fitting to a width would make Excel ignore the page breaks
    for at, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(at, at, width)
    breaks, row = [], 0
    for household in households:
        row = _write_household(book, sheet, row, as_of, household)
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[:-1])


def _write_household(book: Book, sheet: Any, row: int, as_of: date, findings: Sequence[Row]) -> int:
    """One household from ``row`` on; return the row after it."""
    first = findings[0]
    sheet.set_row(row, 30)
    sheet.write_string(row, 0, "入户核实单", book.style(font_size=17, bold=True, valign="vcenter"))
    certificates = sorted({finding["certificate_no"] for finding in findings if finding["certificate_no"]})
    facts = {
        "户主": first["head_name"],
        "户编号": first["visit_household"],
        "低保（特困）证号": "、".join(certificates),
        "帮扶责任人": first["helper"],
        "乡镇、村": f"{first['township']}{first['village']}",
        "数据截止": day_in_chinese(as_of),
    }
    told = "　　".join(f"{k}：{v}" for k, v in facts.items() if v)
    write_across(book, sheet, row + 1, told, _COLUMNS, bold=True, font_size=11)
    papers = dict.fromkeys(paper for finding in findings for paper in _visit(finding).papers)
    papers_told = f"请户里备好：{'、'.join(papers) or '身份证、户口簿'}。"
    write_across(book, sheet, row + 2, papers_told, _COLUMNS, font_color=AMBER, font_size=10)
    row += 3
    write_head(book, sheet, row, _COLUMNS)
    frame = {"border": 1, "border_color": RULE, "text_wrap": True, "font_size": 10}
    text, middle = book.style(**frame), book.style(**frame, align="center")
    blank = book.style(**frame, bg_color=BAND, locked=False)
    for number, finding in enumerate(findings, start=1):
        row += 1
        cells = _cells(number, finding)
        sheet.set_row(row, min(_TALLEST, 8 + _LINE * max(3, *map(lines_of, cells, (w for _, w in _COLUMNS)))))
        for at, value in enumerate(cells):
            sheet.write_string(row, at, value, middle if at in (0, 4) else text)
        sheet.write_blank(row, len(cells), None, blank)
    note = "不一致不等于有错：请先听户里怎么说，再对照材料，把核实到的情况写在“核实记录”里。"
    write_across(book, sheet, row + 1, note, _COLUMNS, font_color=GREY)
    sign = "入户人员（两人）：____________、____________　　户主或家人：____________　　入户日期：______年____月____日"
    write_across(book, sheet, row + 2, sign, _COLUMNS, font_size=11, height=34)
    return row + 3


def _cells(number: int, finding: Row) -> tuple[str, ...]:
    return (str(number), problem_of(finding), finding["explanation"], what_to_ask(finding), due_of(finding))


def problem_of(finding: Row) -> str:
    """What it is, whom it is about where that is not the head, and that it is only possible, or a lead: a line each."""
    who = f"\n{finding['name']}" if finding["name"] and finding["name"] != finding["head_name"] else ""
    label = f"\n（{finding['certainty_label']}）" if finding["certainty"] == "possible" else ""
    return f"{finding['rule_name']}{who}{label}"


def due_of(finding: Row) -> str:
    """Who answers for it, and by when."""
    due = f"\n{finding['due_on'].isoformat()}前" if finding["due_on"] else ""
    return f"{finding['owner_label']}{due}"


def what_to_ask(finding: Row) -> str:
    """What a visit asks and looks at for a finding."""
    ask = _visit(finding).ask
    return _DOUBT + ask if finding["certainty"] == "possible" else ask


def _visit(finding: Row) -> Visit:
    rule = RULES_BY_CODE.get(finding["rule"])
    # a finding can outlive its rule, and one that nobody has to be visited for can lie at a household all the same
    visit = (rule and rule.visit) or Visit(f"请核对上面的情况。{finding['clears_when']}")
    if finding["certainty"] != "possible":
        return visit
    return Visit(visit.ask, tuple(dict.fromkeys((*IDENTITY, *visit.papers))))


def write_head(book: Book, sheet: Any, row: int, columns: Columns) -> None:
    """The headings of columns."""
    style = book.style(
        bold=True, font_color="white", bg_color=LOCKED_HEAD, align="center", valign="vcenter", border=1,
        border_color=RULE,
    )  # fmt: skip
    for at, (heading, _) in enumerate(columns):
        sheet.write_string(row, at, heading, style)


def write_across(
    book: Book, sheet: Any, row: int, text: str, columns: Columns, height: float = 0.0, **style: Any
) -> None:
    """A line over the width of all columns; a merged cell does not grow by itself."""
    look = book.style(text_wrap=True, valign="vcenter", **style)
    width = sum(width for _, width in columns)
    sheet.set_row(row, max(height, 8 + 15 * lines_of(text, width)))
    sheet.merge_range(row, 0, row, len(columns) - 1, "", look)
    sheet.write_string(row, 0, text, look)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of that width (characters)."""
    # a Chinese character is as wide as two digits: three bytes of UTF-8 and one character make two
    return sum(max(1, math.ceil((len(t.encode()) + len(t)) / 2 / width)) for t in text.split("\n"))
