"""The template of a feed: a data sheet ready to be filled in, examples, and 填表说明."""

from datetime import date
from pathlib import Path
from typing import Any, Final, assert_never

from xlsxwriter.utility import xl_col_to_name

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from pipelines.reporting.styles import ANSWER_HEAD, BAND, GREY, LOCKED_HEAD, RULE, Book, new_workbook
from pipelines.templates.examples import EXAMPLE_COUNTY, example_rows
from pipelines.templates.wording import choices_of, form_of, heading_of, need_of

EXAMPLES_SHEET: Final = "示例"
HELP_SHEET: Final = "填表说明"
_CREATED = date(2026, 1, 1)  # a template has no as-of date; with a fixed one the same declaration gives the same bytes
_LAST_ROW = 1_048_575
_MARKED_ROWS = 20_000  # blanks are coloured so far down: a spreadsheet works out such rules cell by cell
_LONGEST_LIST = 255  # of a drop-down, in characters
_EXAMPLES = 3


def write_template(feed: Feed, path: Path) -> None:
    """Write the workbook; our own reader takes it, empty or filled in, without a warning."""
    with new_workbook(path, _CREATED, f"{feed.title}报送模板") as book:
        _write_data(book, feed)
        _write_examples(book, feed)
        _write_help(book, feed)


def _write_data(book: Book, feed: Feed) -> None:
    sheet = book.file.add_worksheet(feed.title)
    sheet.set_row(0, 40)
    for at, column in enumerate(feed.columns):
        sheet.set_column(at, at, _width(column), book.style(num_format=_number_format(column), font_size=10))
        fill = LOCKED_HEAD if column.must_be_there else ANSWER_HEAD if column.required_where else GREY
        head = book.style(bold=True, font_color="white", bg_color=fill, align="center", valign="vcenter",
                          text_wrap=True, border=1, border_color="white")  # fmt: skip
        sheet.write_string(0, at, heading_of(column), head)
        sheet.data_validation(1, at, _LAST_ROW, at, _validation(feed, column, xl_col_to_name(at)))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    _colour_blanks(book, sheet, feed)


def _colour_blanks(book: Book, sheet: Any, feed: Feed) -> None:
    """Colour what is required and still empty, in rows that somebody has begun."""
    letters = {c.name: xl_col_to_name(at) for at, c in enumerate(feed.columns)}
    begun = f"COUNTA($A2:${xl_col_to_name(len(feed.columns) - 1)}2)>0"
    fill = book.file.add_format({"bg_color": "#F8B4B4"})
    for at, column in enumerate(feed.columns):
        blank = f"LEN(TRIM(${letters[column.name]}2))=0"
        asked = column.required_where
        if column.must_be_there:
            criteria = f"=AND({begun},{blank})"
        elif asked is not None:
            values = ",".join(f'${letters[asked.column]}2="{v}"' for v in asked.values)
            criteria = f"=AND(OR({values}),{blank})"
        else:
            continue
        sheet.conditional_format(1, at, _MARKED_ROWS, at, {"type": "formula", "criteria": criteria, "format": fill})


def _validation(feed: Feed, column: Column, letter: str) -> dict[str, Any]:
    """The check and the hint of a column's cells."""
    hint = f"{need_of(feed, column)}。{form_of(feed, column)}"
    shown = {"input_title": column.title[:32], "input_message": hint[:255]}
    refused = {"error_title": column.title[:32], "error_message": form_of(feed, column)[:255]}
    # what a department's own lists hold may be right all the same: it is warned, and the check says the rest
    warned = refused | {"error_type": "warning"}
    choices = choices_of(column)
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        return shown | refused | {"validate": "list", "source": list(choices)}
    match column.type:
        case IdentityNumber():
            one = f"LEN({letter}2)"
            return shown | warned | {"validate": "custom", "value": f"=OR({one}=18,{one}=15)"}
        case VillageCode():
            return shown | warned | {"validate": "length", "criteria": "equal to", "value": 12}
        case Money(may_be_negative=negative):
            low = -1_000_000_000 if negative else 0
            return shown | warned | {"validate": "decimal", "criteria": ">=", "value": low}
        case Integer(minimum=low, maximum=high):
            return shown | warned | {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
        case Year(minimum=low):
            return shown | warned | {"validate": "integer", "criteria": "between", "minimum": low, "maximum": 2100}
        case Date():
            first, last = date(1900, 1, 1), date(2100, 12, 31)
            return shown | warned | {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        case Text(max_length=most) | Name(max_length=most):
            return shown | warned | {"validate": "length", "criteria": "<=", "value": most}
        case Code() | Month() | YesNo() | AreaCode() | CountyCode() | SchoolYear():
            return shown | {"validate": "any"}
        case never:
            assert_never(never)


def _number_format(column: Column) -> str:
    """Text wherever a spreadsheet would change what is typed: numbers of 18 digits, codes, months."""
    match column.type:
        case Money():
            return "0.00"
        case Integer() | Year():
            return "0"
        case Date():
            return "yyyy-mm-dd"
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Code()
            | Month()
            | YesNo()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            return "@"
        case never:
            assert_never(never)


def _width(column: Column) -> float:
    if isinstance(column.type, IdentityNumber):
        return 22
    longest = max((len(c) for c in choices_of(column)), default=4)
    return max(12, 2 * len(column.title) + 3, 2 * longest + 4)


def _write_examples(book: Book, feed: Feed) -> None:
    """Examples, one column each: beside their headings a reader would take them for a second part of the data.

    And so it would take a sheet that is as wide as the data, so that a narrow feed has fewer.
    """
    examples = min(_EXAMPLES, len(feed.columns) - 2)
    sheet = book.file.add_worksheet(EXAMPLES_SHEET)
    sheet.fit_to_pages(1, 0)
    head = book.style(bold=True, font_color="white", bg_color=GREY)
    title = book.style(bold=True, bg_color=BAND, bottom=1, bottom_color=RULE)
    cell = book.style(num_format="@", bottom=1, bottom_color=RULE)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, examples, 26)
    sheet.write_string(0, 0, "以下为虚构的示例", head)
    for n in range(1, examples + 1):
        sheet.write_string(0, n, f"第{n}条", head)
    rows = example_rows(feed, examples)
    for at, column in enumerate(feed.columns, start=1):
        sheet.write_string(at, 0, column.title, title)
        for n, row in enumerate(rows, start=1):
            sheet.write_string(at, n, shown_value(row[column.name]), cell)


def shown_value(value: Any) -> str:
    """A typed value as a person writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _write_help(book: Book, feed: Feed) -> None:
    sheet = book.file.add_worksheet(HELP_SHEET)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    wrapped = book.style(text_wrap=True)
    for at, width in enumerate((22, 26, 60, 14, 30)):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, f"《{feed.title}》填表说明", book.style(bold=True, font_size=14))
    at = 1
    for at, sentence in enumerate(_sentences(feed), start=1):
        sheet.merge_range(at, 0, at, 4, "", wrapped)
        sheet.write_string(at, 0, f"{at}. {sentence}", wrapped)
        sheet.set_row(at, 26)
    head = book.style(bold=True, font_color="white", bg_color=LOCKED_HEAD)
    for place, text in enumerate(("列", "是否必填", "怎么填", "计量", "也认得的列名")):
        sheet.write_string(at + 2, place, text, head)
    cell = book.style(text_wrap=True, bottom=1, bottom_color=RULE)
    for line, column in enumerate(feed.columns, start=at + 3):
        # a synonym alone in its cell would make these lines look like a header
        also = f"也可写作：{'、'.join(column.synonyms)}" if column.synonyms else ""
        cells = (column.title, need_of(feed, column), form_of(feed, column), column.unit, also)
        for place, text in enumerate(cells):
            sheet.write_string(line, place, text, cell)


def _sentences(feed: Feed) -> tuple[str, ...]:
    key = "、".join(feed[name].title for name in feed.key)
    return (
        f"在工作表“{feed.title}”中从第2行起填写，一行一条；不要改动表头，不用的选填列可以空着。",
        f"每次报送截至某一天的全部记录（全量），由{feed.sender.label}负责；同一主键（{key}）只能有一行。",
        "深蓝色表头带*的列必填，棕色表头的列按条件必填，灰色表头的列选填；应填未填的格子会变红。",
        f"报送时请把文件命名为“{feed.name}_县代码_数据截止日.xlsx”，例如 {feed.name}_{EXAMPLE_COUNTY}_20260630.xlsx。",
        "证件号码、编号、代码一律为文本格式；从别处复制时请“选择性粘贴—数值”，以免格式被改掉。",
        "报送前可先自查：liangxian check 文件名。自查会列出每个问题所在的行和列，不保存任何数据。",
        "“示例”工作表中的人和号码都是虚构的，请勿复制到数据表中报送。",
    )
