"""Kinds of cells that any format can hold, since they are text: how each is written, and what must become of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kinds.verdicts import (
    NO_FIGURE,
    SPOILT,
    Blank,
    Inapplicable,
    NoNumber,
    Refused,
    Same,
    Staged,
    Verdict,
    junk,
    of_amounts,
    of_days,
    unless_number,
)

from expectations import nothing
from expectations.feed import Column, Date, Name, Text
from pipelines.staging.parsing.columns import is_text_key

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLY, LATE = date(1899, 12, 30), date(1904, 1, 1)
"""Days from which workbooks count."""

_NOTHING, _NO_FIGURE, _ERRORS = (sorted(w) for w in (nothing.NOTHING, nothing.NO_FIGURE, nothing.ERRORS))


@dataclass(frozen=True)
class Kind:
    """A kind of cell, of a part of issue H's list: ``write(plain, n)`` is what stands in the n-th row instead of the
    plain text, ``says(column, plain, n)`` what must become of it."""

    part: int
    write: Callable[[str, int], Any]
    says: Callable[[Column, str, int], Verdict]


def is_day(plain: str) -> bool:
    """Whether a plain text is a date or a month."""
    return re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", plain) is not None


def day_of(plain: str) -> date:
    """The day of a date or a month."""
    return date.fromisoformat(plain if len(plain) == 10 else f"{plain}-01")


def instant(plain: str, n: int, hours: int = 0) -> str:
    """An instant of a day in Shanghai, so many hours after its midnight, as systems write it."""
    moment = datetime.combine(day_of(plain), time(), SHANGHAI) + timedelta(hours=hours)
    utc, york = moment.astimezone(UTC), moment.astimezone(ZoneInfo("America/New_York"))
    forms = (
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{utc:%Y-%m-%d %H:%M:%S+00:00}",
        f"{utc:%Y/%m/%d %H:%M:%S.000 UTC}",
        f"{moment:%Y-%m-%dT%H:%M:%S+0800}",
        f"{york:%Y-%m-%dT%H:%M:%S%z}",
    )
    return forms[n % len(forms)]


def _in_a_day(write: Callable[[str, int], str]) -> Callable[[str, int], str]:
    """Written of days only: of any other column there is nothing to write."""
    return lambda plain, n: write(plain, n) if is_day(plain) else plain


def _of_clock(column: Column) -> Verdict:
    """A month has no time of day to be warned of."""
    return of_days(column, Same("time_of_day") if isinstance(column.type, Date) else Same())


def _moved(column: Column, plain: str) -> Verdict:
    return junk(column, Staged(f"{plain}\u9fb4"))


def _in_names(column: Column, detail: str, text: str) -> Verdict:
    """What is a fault in names, and in other text a text."""
    return junk(column, Staged(text), Refused("bad_text", detail))


def _half_lost(n: int) -> str:
    return f"张{'?□〓'[n % 3]}{n}"


def _point_zero(column: Column, text: str) -> Verdict:
    match column.type:
        case Name():
            return Refused("bad_text", "no_letter")
        case Text():
            return SPOILT if is_text_key(column) else Staged(text)
        case _:
            return Inapplicable("a figure may be written so")


def _scientific(column: Column) -> Verdict:
    return NoNumber("unrecoverable") if column.is_identity_number else junk(column, SPOILT)


KINDS = {
    "a word for nothing": Kind(
        6,
        lambda _, n: f" {(_NOTHING[n % len(_NOTHING)]).upper()}\u3000",
        lambda c, *_: NoNumber("blank") if c.is_identity_number else Blank(),
    ),
    "a figure that could not be had": Kind(
        6, lambda _, n: _NO_FIGURE[n % len(_NO_FIGURE)], lambda c, *_: unless_number(c, NO_FIGURE, "blank")
    ),
    "an error value": Kind(
        9,
        lambda _, n: _ERRORS[n % len(_ERRORS)].upper(),
        lambda c, *_: unless_number(c, Refused("error_value"), "malformed"),
    ),
    "an error value that is new": Kind(
        9, lambda *_: "#PYTHON!", lambda c, *_: unless_number(c, Refused("error_value"), "malformed")
    ),
    "a replaced byte": Kind(8, lambda *_: "甲乙\ufffd", lambda c, *_: junk(c, Refused("bad_text", "lost_characters"))),
    "a character that could not be written": Kind(
        8,
        lambda _, n: _half_lost(n),
        lambda c, _, n: _in_names(c, "lost_characters", _half_lost(n)),
    ),
    "no letter": Kind(8, lambda _, n: f"——{n}", lambda c, _, n: _in_names(c, "no_letter", f"——{n}")),
    "another encoding": Kind(8, lambda *_: "鐜嬩紵", lambda c, *_: junk(c, Refused("bad_text", "foreign_encoding"))),
    "a character that moved": Kind(8, lambda plain, _: f"{plain}\ue81e", lambda c, plain, _: _moved(c, plain)),
    "format characters": Kind(5, lambda plain, _: f"\u200b{plain}\u00ad\u202c", lambda *_: Same()),
    "blanks of other kinds": Kind(5, lambda plain, _: f"\u3000{plain}\u00a0", lambda *_: Same()),
    "a spreadsheet's protection": Kind(5, lambda plain, _: f'="{plain}"', lambda *_: Same()),
    "an apostrophe": Kind(5, lambda plain, n: "'`"[n % 2] + plain, lambda *_: Same()),
    "scientific notation": Kind(5, lambda *_: "5.22601E+17", lambda c, *_: _scientific(c)),
    "a point and nought": Kind(5, lambda _, n: f"{1000 + n}.0", lambda c, _, n: _point_zero(c, f"{1000 + n}.0")),
    "an instant": Kind(2, _in_a_day(instant), lambda c, *_: of_days(c, Same())),
    "an instant at noon": Kind(2, _in_a_day(lambda p, n: instant(p, n, 12)), lambda c, *_: _of_clock(c)),
    "the last minute of the day before": Kind(
        2,
        _in_a_day(lambda p, n: f"{day_of(p) - timedelta(days=1)} {('23:59:17', '23:59', '24:00:00')[n % 3]}"),
        lambda c, *_: of_days(c, Same()),
    ),
    "a time of day": Kind(2, _in_a_day(lambda p, _: f"{day_of(p)} 08:30:00"), lambda c, *_: _of_clock(c)),
    "a serial": Kind(4, _in_a_day(lambda p, _: str((day_of(p) - EARLY).days)), lambda c, *_: of_days(c, Same())),
    "a unit in the cell": Kind(
        3,
        lambda plain, n: _in_units(plain, n),
        lambda c, *_: of_amounts(c, Same()),
    ),
}
"""By what they are called."""


def _in_units(plain: str, n: int) -> str:
    """An amount in a unit of its own; of what is none nothing is written."""
    try:
        amount = Decimal(plain)
    except ArithmeticError:
        return plain
    unit, scale = (("万元", 10_000), ("千元", 1_000), ("百元", 100), ("元", 1))[n % 4]
    return f"{amount / scale:f}{unit}"
