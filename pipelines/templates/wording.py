"""What may stand in a column, in the words of those who fill it in."""

from typing import assert_never

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


def need_of(feed: Feed, column: Column) -> str:
    """Whether a column must be filled in."""
    if column.key:
        return "必填（主键）"
    if column.required:
        return "必填"
    asked = column.required_where
    if asked is None:
        return "选填"
    return f"“{feed[asked.column].title}”为{'、'.join(asked.values)}时必填"


def form_of(feed: Feed, column: Column) -> str:
    """The form of a column's values."""
    bound = f"，不大于“{feed[column.at_most].title}”" if column.at_most else ""
    match column.type:
        case IdentityNumber():
            return "18位居民身份证号码，单元格须为文本格式；确实没有的可留空，会列入待补清单"
        case Name():
            return "姓名，中间不加空格"
        case Code(codes=codes):
            return f"以下之一：{'、'.join(codes.labels)}"
        case YesNo():
            return "填“是”或“否”"
        case Money(may_be_negative=negative):
            return f"数字，最多两位小数{'，可为负数' if negative else '，不为负数'}{bound}"
        case Integer(minimum=low, maximum=high):
            return f"整数，{low}至{high}"
        case Year(minimum=low):
            return f"四位年份，{low}年起"
        case Month():
            return "年月，如 2026-06"
        case Date():
            return "日期，如 2026-06-30"
        case VillageCode():
            return "12位村级行政区划代码，前6位为本县代码，文本格式"
        case AreaCode():
            return "6位县级、9位乡级或12位村级行政区划代码，前6位为本县代码，文本格式"
        case CountyCode():
            return "6位县级行政区划代码，文本格式"
        case SchoolYear():
            return "学年，如 2025-2026"
        case Text(max_length=most):
            return f"文字，不超过{most}字{'，不含“|”' if column.key else ''}"
        case never:
            assert_never(never)


def unit_of(column: Column) -> str:
    """The unit behind a heading, or an empty text."""
    return column.unit or ("元" if isinstance(column.type, Money) else "")


def choices_of(column: Column) -> tuple[str, ...]:
    """The values of a drop-down, or none."""
    match column.type:
        case Code(codes=codes):
            return codes.labels
        case YesNo():
            return ("是", "否")
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Money()
            | Integer()
            | Year()
            | Month()
            | Date()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            return ()
        case never:
            assert_never(never)


def heading_of(column: Column) -> str:
    """The heading as the template shows it, in a form that the reader takes: ``月保障金额*`` and its unit below."""
    unit = unit_of(column)
    return column.title + ("*" if column.must_be_there else "") + (f"\n（{unit}）" if unit else "")
