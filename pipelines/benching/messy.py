"""A messy file of any number of rows, as a department would send it: the same bytes for the same number."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import xlsxwriter

from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from expectations.identity import check_character

FEED: Final[Feed] = FEEDS_BY_NAME["low_income_households"]
COUNTY: Final = "522601"
DAY: Final = "20260630"

_CHUNK = 50_000
_FAMILY = "张王李赵吴周徐孙马朱胡郭何高林罗郑梁谢宋"
_GIVEN = "一二三四五六七八九春夏秋冬山河云龙凤"


def file_name(suffix: str) -> str:
    """The name under which the file is sent."""
    return f"{FEED.name}_{COUNTY}_{DAY}.{suffix}"


def write_csv(folder: Path, rows: int) -> Path:
    """GB18030, a title above, a total below."""
    path = folder / file_name("csv")
    with path.open("w", encoding="gb18030", newline="") as stream:
        stream.write(f"{FEED.title}名册{',' * (len(FEED.columns) - 1)}\r\n")
        stream.write(",".join(c.title for c in FEED.columns) + "\r\n")
        for chunk in _chunks(rows):
            stream.writelines('"' + '","'.join(row) + '"\r\n' for row in chunk)
        stream.write(f"合计,{rows}{',' * (len(FEED.columns) - 2)}\r\n")
    return path


def write_xlsx(folder: Path, rows: int) -> Path:
    """The same rows as text cells of a workbook."""
    path = folder / file_name("xlsx")
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_string(0, 0, f"{FEED.title}名册")
        sheet.write_row(1, 0, [c.title for c in FEED.columns])
        at = 2
        for chunk in _chunks(rows):
            for row in chunk:
                for place, cell in enumerate(row):
                    sheet.write_string(at, place, cell)
                at += 1
        sheet.write_row(at, 0, ["合计", str(rows)])
    return path


def _chunks(rows: int) -> Iterator[list[tuple[str, ...]]]:
    for first in range(0, rows, _CHUNK):
        draws = np.random.default_rng([7, first]).integers(0, 1 << 30, (min(_CHUNK, rows - first), 8)).tolist()
        chunk = [_row(first + i, d) for i, d in enumerate(draws)]
        for i, d in enumerate(draws):
            if i and d[7] % 1000 == 0:
                chunk[i] = chunk[i - 1]  # an exact repeat
        yield chunk


def _row(n: int, d: list[int]) -> tuple[str, ...]:
    """Row ``n`` from random numbers; a few in a hundred have something that must be refused."""
    name = (
        _FAMILY[d[0] % 20] + ("", " ", "\u3000")[d[0] // 20 % 3] + _GIVEN[d[0] // 60 % 18] + _GIVEN[d[0] // 1080 % 18]
    )
    first = f"{COUNTY}{1940 + n % 60}{1 + n // 60 % 12:02d}{1 + n // 720 % 28:02d}{n // 20160 % 1000:03d}"
    number = first + check_character(first)
    forms = (number, number.lower(), f" {number}", _wide(number), number[:17])
    number = forms[d[1] % 40 if d[1] % 40 < len(forms) else 0]
    persons, covered = 1 + d[2] % 6, d[2] % (2 + d[2] % 6)
    status = ("在保", "在保", "在保", "渐退", "停保")[d[3] % 5]
    benefit, topup = 100 + d[4] % 900, d[4] % 100
    programme = ("农村低保", "城市低保", "农村特困", "不明")[
        min(d[5] % 300, 3) if d[5] % 300 < 3 or d[5] % 100 == 0 else 0
    ]
    return (
        f"D{n:09d}" if d[5] % 7 else f" D{n:09d}",
        name,
        number,
        f"{COUNTY}{100 + d[2] % 9}{200 + d[3] % 20}",
        programme,
        "ABC"[d[6] % 3] if programme in ("农村低保", "城市低保") and d[6] % 50 else "",
        _wide(str(persons)) if d[6] % 9 == 0 else str(persons),
        str(covered),
        _money(d[4] % 700, d[6]),
        ("补差", "分档", "全额")[d[0] % 3],
        _money(benefit, d[3]),
        _money(topup, d[1]) if d[1] % 3 else "",
        _date(d[2], d[5]),
        status,
        _date(d[4], d[0]) if status == "停保" else "",
        _date(d[6], d[3]) if status == "渐退" else "",
    )


def _money(yuan: int, way: int) -> str:
    return (f"{yuan}", f"{yuan}.50", f"¥{yuan:,}.00", f"{yuan}元", _wide(str(yuan)), "1O0")[way % 5 if way % 500 else 5]


def _date(n: int, way: int) -> str:
    y, m, d = 2012 + n % 14, 1 + n // 14 % 12, 1 + n // 168 % 28
    forms = (f"{y}-{m:02d}-{d:02d}", f"{y}{m:02d}{d:02d}", f"{y}.{m}.{d}", f"{y}/{m}/{d}", f"{y}年{m}月{d}日", "昨天")
    return forms[way % 5 if way % 500 else 5]


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)
