"""Kinds of cells that only a workbook holds: numbers, days, truths, errors, formulas without a result."""

from datetime import date
from typing import Any, assert_never

from kinds.texts import EARLY, LATE, Kind, day_of, is_day
from kinds.verdicts import (
    SPOILT,
    Inapplicable,
    NoNumber,
    Refused,
    Same,
    Staged,
    Verdict,
    junk,
    of_days,
    unless_number,
)
from old_books import Erred, Failed, Lost

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
from pipelines.staging.parsing.columns import is_text_key

_FAILED = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_NO_DIGITS = "no number is the value of such a column"


def _number(plain: str, n: int) -> Any:
    """The plain value as a number cell, and any number where it is none."""
    try:
        return float(plain)
    except ValueError:
        return float(100_000 + n)


def _as_number(column: Column, plain: str, n: int) -> Verdict:
    match column.type:
        case Money() | Integer() | Year() | VillageCode() | AreaCode() | CountyCode():
            return Same()
        case Text():
            return Staged(str(100_000 + n))
        case Name():
            return Refused("bad_text", "no_letter")
        case Code() | YesNo():
            return Refused("unknown_code")
        case IdentityNumber():  # 18 digits do not fit a number cell, and one that ends in X is none
            return NoNumber("unrecoverable" if plain.isdigit() else "malformed")
        case Date() | Month():
            return Inapplicable("a number is a serial there")
        case SchoolYear():
            return Refused("bad_date")
        case never:
            assert_never(never)


def _as_fraction(column: Column) -> Verdict:
    match column.type:
        case Text():
            return SPOILT if is_text_key(column) else Staged("43831.5")
        case Name():  # the point is the dot of a name, between no letters
            return Refused("bad_text", "no_letter")
        case Money():
            return Inapplicable("an amount has decimals")
        case Date():
            return Inapplicable("a serial with a time of day: told as such a day")
        case Month():
            return Staged("2020-01")
        case _:
            return junk(column, SPOILT)


def _as_day(column: Column, text: str) -> Verdict:
    match column.type:
        case Date() | Month():
            return Same()
        case Text() if not is_text_key(column):
            return Staged(text)
        case Name():
            return Refused("bad_text", "no_letter")
        case _:
            return junk(column, SPOILT)


def _as_truth(column: Column) -> Verdict:
    match column.type:
        case YesNo():
            return Same()
        case Text() if not is_text_key(column):
            return Staged("真")
        case _:
            return junk(column, SPOILT)


def _day(plain: str, _: int) -> date:
    return day_of(plain) if is_day(plain) else date(2020, 1, 1)


KINDS = {
    "a number cell": Kind(5, _number, _as_number),
    "a fraction": Kind(5, lambda *_: 43831.5, lambda c, *_: _as_fraction(c)),
    "a day": Kind(5, _day, lambda c, *_: _as_day(c, "2020-01-01")),
    "a truth": Kind(5, lambda plain, _: plain != "否", lambda c, *_: _as_truth(c)),
    "an error": Kind(
        9, lambda _, n: Erred(_FAILED[n % 7]), lambda c, *_: unless_number(c, Refused("error_value"), "malformed")
    ),
    "a formula that failed": Kind(
        9, lambda _, n: Failed(_FAILED[n % 7]), lambda c, *_: unless_number(c, Refused("error_value"), "malformed")
    ),
    "a formula without a result": Kind(
        9, lambda *_: Lost("no text"), lambda c, *_: unless_number(c, Refused("no_cached_value"), "malformed")
    ),
    "a serial of the workbook's own epoch": Kind(
        4, lambda plain, n: (_day(plain, n) - EARLY).days, lambda c, *_: of_days(c, Same())
    ),
}
"""By what they are called."""

OF_XLS = {
    "half of a character": Kind(8, lambda *_: "甲\ud840", lambda c, *_: junk(c, Refused("bad_text", "lost_characters")))
}
"""Its text are units of 16 bits: of no other format can half a character be written."""

OF_1904 = {
    "a day": KINDS["a day"],
    "a serial of the workbook's own epoch": Kind(
        4, lambda plain, n: (_day(plain, n) - LATE).days, lambda c, *_: of_days(c, Same())
    ),
}
"""Of a workbook that counts from 1904."""
