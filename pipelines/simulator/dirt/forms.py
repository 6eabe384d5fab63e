"""Ways in which departments write a value: those that can be read back, and those that cannot, with feeds.md's reason.

Each form is a small function from the clean text of a cell to what the department wrote; it gives None where the form
does not fit that text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    ColumnType,
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
from expectations.identity import check_character

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
IMPOSSIBLE_DATE: Final = "2018-02-30"
_EPOCH = date(1899, 12, 30)

Write = Callable[[str, Column], str | None]


@dataclass(frozen=True)
class Form:
    """One way of writing. ``reason``: why it is refused (None: it is read back as the clean value).

    ``numeric``: the cell of a workbook then holds a number instead of text.
    """

    name: str
    types: tuple[type[ColumnType], ...]
    write: Write
    reason: str | None = None
    numeric: bool = False

    def fits(self, column: Column) -> bool:
        """Whether the form is for that column."""
        return isinstance(column.type, self.types)


def _wide(text: str, column: Column) -> str | None:
    return text.translate(_WIDE)


def _blank_behind(text: str, column: Column) -> str | None:
    return text + " "


def _blank_inside(text: str, column: Column) -> str | None:
    return f"{text[0]} {text[1:]}" if len(text) > 1 else None


def _ideographic_blank(text: str, column: Column) -> str | None:
    return f"{text[0]}\u3000{text[1:]}" if len(text) == 2 else None


def _dot(dot: str) -> Write:
    return lambda text, column: text.replace("·", dot) if "·" in text else None


def _is_number(text: str) -> bool:
    """A valid number: one that is lost already is not written in another way, lest it be found again."""
    return bool(re.fullmatch(r"[0-9]{17}[0-9X]", text)) and check_character(text[:17]) == text[17]


def _lower_x(text: str, column: Column) -> str | None:
    return text.lower() if _is_number(text) and text.endswith("X") else None


def _fifteen(text: str, column: Column) -> str | None:
    return text[:6] + text[8:17] if _is_number(text) and text[6:8] == "19" else None


def _in_groups(text: str, column: Column) -> str | None:
    return f"{text[:6]} {text[6:14]} {text[14:]}" if _is_number(text) else None


def _parts(text: str) -> tuple[int, int, int]:
    day = date.fromisoformat(text)
    return day.year, day.month, day.day


def _dated(pattern: str) -> Write:
    def write(text: str, column: Column) -> str | None:
        year, month, day = _parts(text)
        return pattern.format(y=year, m=month, d=day)

    return write


def _serial(text: str, column: Column) -> str | None:
    return str((date.fromisoformat(text) - _EPOCH).days)


def _monthly(pattern: str) -> Write:
    return lambda text, column: pattern.format(y=int(text[:4]), m=int(text[5:]))


def _thousands(text: str, column: Column) -> str | None:
    return f"{Decimal(text):,}" if abs(Decimal(text)) >= 1000 else None


def _with_sign(text: str, column: Column) -> str | None:
    return None if text.startswith("-") else f"¥{text}"


def _with_unit(text: str, column: Column) -> str | None:
    return f"{text}元"


def in_ten_thousands(text: str) -> str:
    """Yuan as 万元: the same amount, at most six decimals."""
    scaled = (Decimal(text) / 10_000).normalize()
    return f"{scaled:f}"


def _ten_thousands(text: str, column: Column) -> str | None:
    return f"{in_ten_thousands(text)}万元" if Decimal(text) >= 1000 else None


def _short_money(text: str, column: Column) -> str | None:
    return text.rstrip("0").rstrip(".") if "." in text and text.endswith("0") else None


def _noise(text: str, column: Column) -> str | None:
    return f"{text}000000002" if "." in text else None


def _decimal_zero(text: str, column: Column) -> str | None:
    return f"{text}.0"


def _with_year(text: str, column: Column) -> str | None:
    return f"{text}年"


def _finer(text: str, column: Column) -> str | None:
    """A finer label or a standard's number that stands for the label."""
    if not isinstance(column.type, Code):
        return None
    finer = [accepted for accepted, label in column.type.codes.also.items() if label == text]
    return finer[(len(column.name) + len(text)) % len(finer)] if finer else None


def _yes_no(yes: str, no: str) -> Write:
    return lambda text, column: yes if text == "是" else no


NUMBERS_AS_TEXT: Final = (IdentityNumber, VillageCode, Integer, Year)

RECOVERABLE: Final[tuple[Form, ...]] = (
    Form("full-width digits", (*NUMBERS_AS_TEXT, Money, Date, Text), _wide),
    Form("blank behind", (Name, Text, Code, VillageCode, YesNo, Date, Money), _blank_behind),
    Form("blank inside the name", (Name,), _blank_inside),
    Form("ideographic blank inside the name", (Name,), _ideographic_blank),
    Form("bullet for the dot", (Name,), _dot("•")),
    Form("full stop for the dot", (Name,), _dot(".")),
    Form("lower-case x", (IdentityNumber,), _lower_x),
    Form("15 digits", (IdentityNumber,), _fifteen),
    Form("blanks inside the number", (IdentityNumber,), _in_groups),
    Form("date 20180305", (Date,), _dated("{y}{m:02d}{d:02d}")),
    Form("date 2018.3.5", (Date,), _dated("{y}.{m}.{d}")),
    Form("date 2018/3/5", (Date,), _dated("{y}/{m}/{d}")),
    Form("date 2018年3月5日", (Date,), _dated("{y}年{m}月{d}日")),
    Form("date as Excel serial", (Date,), _serial),
    Form("date with time", (Date,), _dated("{y}-{m:02d}-{d:02d} 00:00:00")),
    Form("month 201803", (Month,), _monthly("{y}{m:02d}")),
    Form("month 2018年3月", (Month,), _monthly("{y}年{m}月")),
    Form("thousands separators", (Money,), _thousands),
    Form("¥ before the amount", (Money,), _with_sign),
    Form("元 behind the amount", (Money,), _with_unit),
    Form("万元 behind the amount", (Money,), _ten_thousands),
    Form("amount without closing zeros", (Money,), _short_money),
    Form("amount with spreadsheet noise", (Money,), _noise),
    Form("whole number with .0", (Integer, Year), _decimal_zero),
    Form("年 behind the year", (Year,), _with_year),
    Form("finer label or standard number", (Code,), _finer),
    Form("1/0 for 是/否", (YesNo,), _yes_no("1", "0")),
    Form("Y/N for 是/否", (YesNo,), _yes_no("Y", "N")),
)


def _always(text: str) -> Write:
    return lambda clean, column: text


def _letter_o(text: str, column: Column) -> str | None:
    return text.replace("0", "O", 1) if "0" in text else None


def _negative(text: str, column: Column) -> str | None:
    is_money = isinstance(column.type, Money)
    return f"-{text}" if is_money and not column.type.may_be_negative and Decimal(text) > 0 else None  # type: ignore[union-attr]


def _too_many(text: str, column: Column) -> str | None:
    return str(column.type.maximum + 69) if isinstance(column.type, Integer) else None


def _other_county(text: str, column: Column) -> str | None:
    return ("11" if not text.startswith("11") else "12") + text[2:]


def _cut_short(text: str, column: Column) -> str | None:
    return text[:-2]


def _bell(text: str, column: Column) -> str | None:
    return f"{text}\x07"


def _long(text: str, column: Column) -> str | None:
    return text + "（详见附件）" * 40


def _with_bar(text: str, column: Column) -> str | None:
    return f"{text[:4]}|{text[4:]}" if column.key else None


_ALL_BUT_NUMBERS = (
    Name,
    Text,
    Code,
    Money,
    Date,
    Month,
    Integer,
    Year,
    YesNo,
    VillageCode,
    AreaCode,
    CountyCode,
    SchoolYear,
)

REFUSED: Final[tuple[Form, ...]] = (
    Form("blank", _ALL_BUT_NUMBERS, _always(""), "missing"),
    Form("word of no list", (Code,), _always("待核实"), "unknown_code"),
    Form("neither yes nor no", (YesNo,), _always("待定"), "unknown_code"),
    Form("word for a date", (Date, Month, SchoolYear), _always("不详"), "bad_date"),
    Form("impossible date", (Date,), _always(IMPOSSIBLE_DATE), "bad_date"),
    Form("word for an amount", (Money,), _always("见附件"), "bad_money"),
    Form("letter O for zero", (Money,), _letter_o, "bad_money"),
    Form("minus before the amount", (Money,), _negative, "negative"),
    Form("word for a number", (Integer, Year), _always("若干"), "bad_number"),
    Form("too great a number", (Integer,), _too_many, "out_of_range"),
    Form("year long ago", (Year,), _always("1949"), "out_of_range"),
    Form("area code cut short", (VillageCode, AreaCode, CountyCode), _cut_short, "bad_area"),
    Form("village of another county", (VillageCode,), _other_county, "bad_area"),
    Form("control character", (Text, Name), _bell, "bad_text"),
    Form("bar in the key", (Text,), _with_bar, "bad_text"),
    Form("text too long", (Text,), _long, "too_long"),
)


def _wrong_check(text: str, column: Column) -> str | None:
    return text[:17] + ("7" if text[17:] != "7" else "8") if _is_number(text) else None


def _one_short(text: str, column: Column) -> str | None:
    return text[:17] if _is_number(text) else None


def _scientific(text: str, column: Column) -> str | None:
    return f"{Decimal(int(text[:17]) * 10):.2E}" if _is_number(text) else None


def _bad_birth(text: str, column: Column) -> str | None:
    return f"{text[:10]}0230{text[14:]}" if _is_number(text) else None


def _all_digits(text: str, column: Column) -> str | None:
    return text if _is_number(text) and text[17] != "X" else None


def _fifteen_digits(text: str, column: Column) -> str | None:
    return _fifteen(text, column)


SPOILED: Final[tuple[Form, ...]] = (
    Form("number blank", (IdentityNumber,), _always(""), "blank"),
    Form("number with a wrong check character", (IdentityNumber,), _wrong_check, "bad_check_digit"),
    Form("number one digit short", (IdentityNumber,), _one_short, "malformed"),
    Form("number in scientific notation", (IdentityNumber,), _scientific, "unrecoverable"),
    Form("number with an impossible birth date", (IdentityNumber,), _bad_birth, "bad_date"),
)
"""Identity numbers that are lost: they cost no row."""

NUMERIC: Final[tuple[Form, ...]] = (
    Form("18 digits as a number", (IdentityNumber,), _all_digits, "unrecoverable", numeric=True),
    Form("15 digits as a number", (IdentityNumber,), _fifteen_digits, numeric=True),
)
"""What workbooks do to numbers that were typed without an apostrophe."""
