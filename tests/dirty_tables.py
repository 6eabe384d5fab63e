"""What departments write instead of a clean value: forms that can be recovered, and values that cannot."""

from datetime import date
from typing import Any, assert_never

from feed_tables import Row, as_text

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

EXCEL_EPOCH = date(1899, 12, 30)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" or "A" <= c <= "Z" else c for c in text)


def spoil(column: Column, value: Any, way: int) -> str:
    """A form of a value that a department might write, one of several by ``way``."""
    text = as_text(value)
    if not text:
        return text
    match column.type:
        case IdentityNumber():
            return [full_width(text), f" {text[:6]} {text[6:]}\u3000", text.lower(), text][way % 4]
        case Name():
            return [f"{text[0]} {text[1:]}", f"\u3000{text[0]}\u3000{text[1:]}", text, f"{text}\u00a0"][way % 4]
        case Money():
            whole = f"{value:,.2f}"
            ten_thousand = f"{(value / 10000).normalize():f}万元"
            return [f"¥{whole}", f"{text}元", ten_thousand, full_width(text), f"{text}000000001"][way % 5]
        case Integer():
            return [f"{text}.0", full_width(text), f" {text} "][way % 3]
        case Year():
            return [f"{text}年", full_width(text), text][way % 3]
        case Date():
            y, m, d = value.year, value.month, value.day
            serial = str((value - EXCEL_EPOCH).days)
            forms = [
                f"{y}{m:02d}{d:02d}",
                f"{y}.{m}.{d}",
                f"{y}/{m}/{d}",
                f"{y}年{m}月{d}日",
                serial,
                f"{text} 00:00:00",
            ]
            return forms[way % 6]
        case Month():
            y, m = int(text[:4]), int(text[5:])
            return [f"{y}{m:02d}", f"{y}年{m}月", f"{y}年{m:02d}月", full_width(text)][way % 4]
        case YesNo():
            return [["否", "是"], ["0", "1"], ["N", "Y"], ["假", "真"]][way % 4][value]
        case Text():
            return [f" {text}", f"{text}\u3000", full_width(text)][way % 3]
        case Code() | VillageCode() | AreaCode() | CountyCode() | SchoolYear():
            return [f"{text} ", full_width(text)][way % 2]
        case _:
            assert_never(column.type)


def dirty_table(feed: Feed, rows: list[Row]) -> list[list[str]]:
    body = [[spoil(c, row[c.name], n + i) for i, c in enumerate(feed.columns)] for n, row in enumerate(rows)]
    return [[c.title for c in feed.columns], *body]


def bad_values(column: Column) -> list[tuple[str, str]]:
    """(text, reason) for a column: each reason that its type can give."""
    kind = column.type
    out = [("", "missing")] if column.must_be_there else []
    match kind:
        case Text() | Name():
            out += [("很" * (kind.max_length + 1), "too_long"), ("a\x07b", "bad_text"), ("a\nb", "bad_text")]
            out += [("1.35E+10", "bad_text")] if isinstance(kind, Text) else []
            out += [("a|b", "bad_text")] if column.key else []
        case Code() | YesNo():
            out += [("不明", "unknown_code"), ("100", "unknown_code")]
        case Money(may_be_negative=may):
            out += [(t, "bad_money") for t in ("1O0", "l20", "abc", "1,23", "12.345", "1e3", "元", "1.00002", "--5")]
            out += [] if may else [("-0.01", "negative")]
            out += [("9" * 20, "out_of_range")]
        case Integer(minimum=low, maximum=high):
            out += [("三", "bad_number"), ("1.5", "bad_number"), ("1O", "bad_number"), ("-1", "negative")]
            out += [(str(high + 1), "out_of_range"), ("9" * 30, "out_of_range")]
            out += [(str(low - 1), "out_of_range")] if low > 0 else []
        case Year(minimum=low):
            out += [("二〇二〇", "bad_number"), (str(low - 1), "out_of_range"), ("2028", "out_of_range")]
        case Date():
            out += [(t, "bad_date") for t in ("2018-02-30", "20181301", "2018", "2018-3", "昨天", "3/5/2018")]
        case Month():
            out += [(t, "bad_date") for t in ("2018-13", "2018", "201800", "2018.1", "三月", "2018-03-05")]
        case SchoolYear():
            out += [("2025-2027", "bad_date"), ("2025", "bad_date"), ("1980-1981", "out_of_range")]
        case VillageCode():
            out += [("52260110020", "bad_area"), ("110101100200", "bad_area"), ("5.22601E+11", "bad_area")]
        case AreaCode():
            out += [("5226011", "bad_area"), ("110101100", "bad_area"), ("5.22601E+11", "bad_area")]
        case CountyCode():
            out += [("52260", "bad_area"), ("凯里市", "bad_area")]
        case IdentityNumber():
            return []  # a number never costs a row, and no value either: ``<column>_problem`` says what is wrong
        case _:
            assert_never(kind)
    return out
