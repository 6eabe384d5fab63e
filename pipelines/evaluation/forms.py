"""Survey forms: one workbook a village, whose headings are those of the feed survey_results, so that it can go back."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, assert_never

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
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
from expectations.feeds import FEEDS_BY_NAME
from pipelines.reporting.styles import ANSWER_FILL, ANSWER_HEAD, LOCKED_HEAD, RULE, Book, new_workbook
from warehouse.evaluation.sampling import Sample, Unit
from warehouse.lake import atomic_path, safe_name

SHEET: Final = "入户调查表"
_FEED: Final = FEEDS_BY_NAME["survey_results"]
_GIVEN: Final = ("sample_id", "unit_no", "village_code")
_NOT_TRIED: Final = "未访问"
_WIDTHS: Final = {
    "样本编号": 17,
    "抽样编号": 24,
    "行政区划代码": 14,
    "户编号或证号": 15,
    "样本类型": 13,
    "访问日期": 11,
    "替代的样本编号": 17,
}
_BESIDE: Final = ("户主姓名", "乡镇", "行政村", "样本类型", "主样本或备用", "户编号或证号")
"""Headings beside the feed's: for the surveyor; the reader sets them aside."""
_HELP: Final = (
    "逐户填写黄色各列。主样本找不到或拒访的，如实填写访问结果，再按样本编号顺序访问本类型的备用户；备用户未用到的保持“未访问”。",
    "核查结论：未建档的农户符合建档条件的填“漏评”，已脱贫户不符合退出条件的填“错退”，"
    "在册户不符合建档条件的填“错评”，其余填“符合”。",
    "备用户访问完成的，在“替代的样本编号”中填写它所替代的主样本的样本编号（同村、同样本类型、未完成访问的）。",
    "收入四项为该户上一年度合计（元/户·年），没有的填0，问不到的空着；住房、义务教育、医保、饮水、帮扶责任人、"
    "帮扶政策逐项填“是”或“否”。核查结论由调查员填写，系统另按这些项目推出一个，并列出不一致的户。",
    "家庭人口数按实际共同生活的户籍人口填写。表中不要加写姓名、证件号码和电话。",
    "全部收齐后按 survey_results_县代码_截止日年月日_第几份of共几份.xlsx 命名，放入报送目录；"
    "每次报送须包括本次抽样的全部村。",
)


def write_forms(sample: Sample, heads: Mapping[tuple[str, str], str], folder: Path) -> list[Path]:
    """Write the forms; ``heads``: (group, key) -> the head's name as it may be shown. The same draw, the same bytes."""
    written = []
    for village in sample.villages:
        units = [unit for unit in sample.units if unit.village_code == village.village_code]
        target = folder / f"{safe_name(f'{village.village_code}_{village.township}{village.village}')}.xlsx"
        with atomic_path(target) as temporary:
            title = f"{village.township}{village.village} 入户调查表"
            with new_workbook(temporary, sample.as_of, title) as book:
                _write_sheet(book, sample, title, units, heads)
                _write_help(book, title)
        written.append(target)
    return written


def _write_sheet(
    book: Book, sample: Sample, title: str, units: Sequence[Unit], heads: Mapping[tuple[str, str], str]
) -> None:
    """A row a household. On paper its number and head stand on each of the two pages that its answers take."""
    sheet = book.sheet(SHEET, title)
    asked = [column for column in _FEED.columns if column.name not in _GIVEN]
    unit_no = _FEED["unit_no"].title
    last = [_FEED[name].title for name in _GIVEN if name != "unit_no"]
    headings = [unit_no, *_BESIDE, *(c.title for c in asked), *last]
    first = 1 + len(_BESIDE)
    answers = range(first, first + len(asked))
    sheet.set_row(0, 48)
    for at, heading in enumerate(headings):
        fill = ANSWER_HEAD if at in answers else LOCKED_HEAD
        sheet.set_column(at, at, _WIDTHS.get(heading, 9))
        look = book.style(
            bold=True, font_color="white", bg_color=fill, text_wrap=True, align="center", valign="vcenter"
        )
        sheet.write_string(0, at, heading, look)
    plain = book.style(border=1, border_color=RULE, shrink=True)
    for at, column in zip(answers, asked, strict=True):
        sheet.data_validation(1, at, max(1, len(units)), at, _validation(column))
    for row, unit in enumerate(units, start=1):
        place = sample.by_code[unit.village_code]
        which = "备用" if unit.reserve else "主样本"
        head = heads.get((unit.group, unit.key), "")
        told = (unit.unit_no, head, place.township, place.village, unit.group.label, which, unit.key)
        for at, text in (*enumerate(told), *enumerate((sample.sample_id, unit.village_code), start=answers.stop)):
            sheet.write_string(row, at, text, plain)
        for at, column in zip(answers, asked, strict=True):
            day = "yyyy-mm-dd" if isinstance(column.type, Date) else "General"
            style = book.style(border=1, border_color=RULE, bg_color=ANSWER_FILL, locked=False, num_format=day)
            if column.name == "outcome":
                sheet.write_string(row, at, _NOT_TRIED, style)
            else:
                sheet.write_blank(row, at, None, style)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)
    sheet.set_v_pagebreaks([first + len(asked) // 2])
    sheet.fit_to_pages(2, 0)


def _validation(column: Column) -> dict[str, Any]:
    match column.type:
        case Code(codes):
            return {"validate": "list", "source": list(codes.labels)}
        case YesNo():
            return {"validate": "list", "source": ["是", "否"]}
        case Integer(minimum=low, maximum=high):
            return {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Money()
            | Year()
            | Month()
            | Date()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            return {"validate": "any"}
        case never:
            assert_never(never)


def _write_help(book: Book, title: str) -> None:
    sheet = book.sheet("填表说明", title, landscape=False)
    sheet.set_column(0, 0, 90)
    for row, text in enumerate(_HELP):
        sheet.write_string(row, 0, text, book.style(text_wrap=True, font_size=10))
