"""Dates, months and school years."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Reason
from pipelines.staging.parsing.result import Parsed, decide, mask, null_where
from pipelines.staging.parsing.text import clean

_TIME = r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$"
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
_FIRST_SERIAL, _LAST_SERIAL = 2101, 99_999  # 1900 to 2100 is more likely a year than a day of 1905
_FIRST_YEAR, _LAST_YEAR = 1900, 2999

Days = npt.NDArray[np.datetime64]


def parse_dates(raw: pa.Array) -> Parsed:
    """Calendar dates from 1900 on; a time of day behind them is left out."""
    text = clean(raw)
    days, found = _days(text)
    reasons = decide((mask(pc.equal(text, "")), Reason.MISSING), (~found, Reason.BAD_DATE))
    return Parsed(null_where(pa.array(days, pa.date32()), reasons), reasons)


def parse_months(raw: pa.Array) -> Parsed:
    """Calendar months as ``YYYY-MM``; a date counts where it is the first of a month, as spreadsheets keep months."""
    text = clean(raw)
    days, is_day = _days(text)
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


def _days(text: pa.Array) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Days, and which texts are one; the others hold 1970-01-01."""
    plain = pc.replace_substring_regex(text, _TIME, "")
    for form in _DATE_FORMS:
        plain = pc.replace_substring_regex(plain, form, r"\1-\2-\3")
    parts = pc.extract_regex(plain, r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})$")
    year, month, day = _part(parts, "y"), _part(parts, "m"), _part(parts, "d")
    found = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    start = _month(np.where(found, year, 1970), np.where(found, month, 1))
    days = start.astype("datetime64[D]") + np.where(found, day - 1, 0)
    found &= days.astype("datetime64[M]") == start  # 31 April would be in May
    serial_text = mask(pc.match_substring_regex(text, _SERIAL))
    if serial_text.any():
        number = pc.if_else(pa.array(serial_text), text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
        serial = np.floor(number).astype(np.int64)
        is_serial = serial_text & (serial >= _FIRST_SERIAL) & (serial <= _LAST_SERIAL)
        days = np.where(is_serial, _EXCEL_EPOCH + serial, days)
        found |= is_serial
    return np.where(found, days, np.datetime64("1970-01-01", "D")), found


def _month(year: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> Days:
    return ((year - 1970) * 12 + month - 1).astype("datetime64[M]")


def _part(parts: pa.Array, name: str) -> npt.NDArray[np.int64]:
    """One named part as integers; -1 where there is none."""
    field = pc.fill_null(pc.struct_field(parts, name), "-1")
    return np.asarray(field.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
