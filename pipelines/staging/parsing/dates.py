"""Dates, months and school years."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Reason
from pipelines.staging.parsing.cleaning import clean
from pipelines.staging.parsing.octets import CLOCK, traits_of
from pipelines.staging.parsing.result import Parsed, decide, mask, null_where

_TIME = (
    r"^(?P<day>.*?)(?:[ T]+(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)?(?:[-+][0-9]{2}:?(?:[0-9]{2})?)?)|(?P<alone>Z|[-+][0-9]{2}:[0-9]{2}))?$"
)
"""A day with a time of day or a zone behind it; only where there is a colon."""
_DATE_FORMS = (
    r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0*)?$",
    r"^([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})$",
    r"^([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})$",
    r"^([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日?$",
)
_MONTH_FORMS = (
    r"^([0-9]{4})([0-9]{2})(?:\.0*)?$",
    r"^([0-9]{4})/([0-9]{1,2})$",
    r"^([0-9]{4})\.([0-9]{2})$",  # with one digit 2025.1 may have been 2025.10
    r"^([0-9]{4})\s*年\s*([0-9]{1,2})\s*月$",
)
_SERIAL = r"^[0-9]{4,5}(\.[0-9]+)?$"
_EXCEL_EPOCH = np.datetime64("1899-12-30", "D")
_LATER = 1462  # days between the epochs of 1900 and 1904
_ZONE = "Asia/Shanghai"
_DAY = 86_400
_LAST_MINUTE = _DAY - 60
_FIRST_SERIAL, _LAST_SERIAL = 2101, 99_999  # 1900 to 2100 is more likely a year than a day of 1905
_FIRST_YEAR, _LAST_YEAR = 1900, 2999

Days = npt.NDArray[np.datetime64]
BoolMask = npt.NDArray[np.bool_]


def parse_dates(raw: pa.Array, *, later_epoch: bool = False, latest: date | None = None) -> Parsed:
    """Calendar dates from 1900 on.

    An instant (with a zone or an offset) is its day in Asia/Shanghai. Of a time of day without a zone only the last
    minute counts: the day that begins then was meant. ``later_epoch``: serials count from 1904. Days after
    ``latest`` are out of range.
    """
    text = clean(raw)
    days, found, clock = _days(text, later_epoch)
    late = found & (days > np.datetime64(latest)) if latest else np.zeros(len(text), dtype=bool)
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~found, Reason.BAD_DATE), (late, Reason.OUT_OF_RANGE))
    return Parsed(null_where(pa.array(days, pa.date32()), reasons), reasons, clock)


def parse_months(raw: pa.Array, *, later_epoch: bool = False) -> Parsed:
    """Calendar months as ``YYYY-MM``; a date counts where it is the first of a month, as spreadsheets keep months."""
    text = clean(raw)
    days, is_day, _ = _days(text, later_epoch)
    plain = text
    for form in _MONTH_FORMS:
        plain = pc.replace_substring_regex(plain, form, r"\1-\2")
    # a first day is a month: 2018-03-01 becomes 2018-03
    first = is_day & (days.astype("datetime64[M]").astype("datetime64[D]") == days)
    parts = pc.extract_regex(plain, r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})$")
    year, month = _part(parts, "y"), _part(parts, "m")
    fits = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)
    months = np.where(fits, _month(np.where(fits, year, 1970), np.where(fits, month, 1)), days.astype("datetime64[M]"))
    found = fits | first
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~found, Reason.BAD_DATE))
    return Parsed(null_where(pa.array(np.datetime_as_string(months), pa.string()), reasons), reasons)


def parse_school_years(raw: pa.Array, minimum: int, maximum: int) -> Parsed:
    """School years ``2025-2026``; both years lie between the bounds."""
    text = clean(raw)
    plain = pc.replace_substring_regex(text, r"^([0-9]{4})\s*[-–—]\s*([0-9]{4})\s*(?:学年)?$", r"\1-\2")
    parts = pc.extract_regex(plain, r"^(?P<a>[0-9]{4})-(?P<b>[0-9]{4})$")
    first, second = _part(parts, "a"), _part(parts, "b")
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        ((first < 0) | (second != first + 1), Reason.BAD_DATE),
        ((first < minimum) | (second > maximum), Reason.OUT_OF_RANGE),
    )
    return Parsed(null_where(plain, reasons), reasons)


def _days(text: pa.Array, later_epoch: bool) -> tuple[Days, BoolMask, BoolMask | None]:
    """Days, which texts are one (the others hold 1970-01-01), and which were written with a time of day."""
    timed = _Timed(text) if traits_of(text) & CLOCK or _ends_in_zone(text) else None
    plain = text if timed is None else timed.day
    for form in _DATE_FORMS:
        plain = pc.replace_substring_regex(plain, form, r"\1-\2-\3")
    parts = pc.extract_regex(plain, r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})$")
    year, month, day = _part(parts, "y"), _part(parts, "m"), _part(parts, "d")
    found = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    start = _month(np.where(found, year, 1970), np.where(found, month, 1))
    days = start.astype("datetime64[D]") + np.where(found, day - 1, 0)
    found &= days.astype("datetime64[M]") == start  # 31 April would be in May
    seconds = np.zeros(len(text), dtype=np.int64)
    if timed is not None:
        found &= timed.is_one
        days, seconds = timed.in_shanghai(days)
    serial_text = mask(pc.match_substring_regex(text, _SERIAL))
    if serial_text.any():
        number = pc.if_else(pa.array(serial_text), text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
        serial = np.floor(number).astype(np.int64)
        is_serial = serial_text & (serial >= _FIRST_SERIAL) & (serial <= _LAST_SERIAL)
        days = np.where(is_serial, _EXCEL_EPOCH + serial + (_LATER if later_epoch else 0), days)
        seconds = np.where(is_serial, np.round((number - serial) * _DAY).astype(np.int64), seconds)
        found |= is_serial
    days = days + (seconds >= _LAST_MINUTE)
    clock = found & (seconds > 0) & (seconds < _LAST_MINUTE)
    return np.where(found, days, np.datetime64("1970-01-01", "D")), found, clock if clock.any() else None


def _ends_in_zone(text: pa.Array) -> bool:
    return bool(pc.any(pc.ends_with(text, "Z")).as_py())


class _Timed:
    """Texts that may hold a time of day and a zone: the text of the day, seconds of the day, seconds east of UTC."""

    def __init__(self, text: pa.Array) -> None:
        parts = pc.extract_regex(text, _TIME)
        self.day = pc.fill_null(pc.struct_field(parts, "day"), "")
        hours, minutes, seconds = (_part(parts, name) for name in ("h", "m", "s"))
        self.seconds = np.where(hours < 0, 0, hours * 3600 + np.maximum(minutes, 0) * 60 + np.maximum(seconds, 0))
        # 24:00 is the next day's midnight
        self.is_one = (minutes < 60) & (seconds < 61) & (self.seconds <= _DAY)
        zone, alone = (pc.fill_null(pc.struct_field(parts, name), "") for name in ("zone", "alone"))
        zone = pc.binary_join_element_wise(zone, alone, "")
        self.is_zoned = mask(pc.not_equal(zone, ""))
        offset = pc.extract_regex(zone, r"^(?:UTC|GMT)?(?P<sign>[-+])(?P<h>[0-9]{2}):?(?P<m>[0-9]{2})?$")
        east = np.maximum(_part(offset, "h"), 0) * 3600 + np.maximum(_part(offset, "m"), 0) * 60
        west = mask(pc.equal(pc.fill_null(pc.struct_field(offset, "sign"), ""), "-"))
        self.offset = np.where(west, -east, east)

    def in_shanghai(self, days: Days) -> tuple[Days, npt.NDArray[np.int64]]:
        """Days and seconds of the day, those of instants in Asia/Shanghai."""
        if not self.is_zoned.any():
            return days, self.seconds
        moment = days.astype("datetime64[s]") + (self.seconds - np.where(self.is_zoned, self.offset, 0))
        local = pc.local_timestamp(pa.array(moment, pa.timestamp("s", tz=_ZONE))).to_numpy(zero_copy_only=False)
        chosen = np.where(self.is_zoned, local, moment).astype("datetime64[s]")
        day = chosen.astype("datetime64[D]")
        return day, (chosen - day).astype(np.int64)


def _month(year: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> Days:
    return ((year - 1970) * 12 + month - 1).astype("datetime64[M]")


def _part(parts: pa.Array, name: str) -> npt.NDArray[np.int64]:
    """One named part as integers; -1 where there is none."""
    field = pc.fill_null(pc.struct_field(parts, name), "")
    field = pc.if_else(pc.equal(field, ""), "-1", field)
    return np.asarray(field.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
