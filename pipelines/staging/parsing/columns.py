"""From a declared column type to its parser."""

from datetime import date
from typing import assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import (
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
from expectations.reasons import Reason
from pipelines.staging.parsing.dates import parse_dates, parse_months, parse_school_years
from pipelines.staging.parsing.numbers import MONEY, parse_integer, parse_money
from pipelines.staging.parsing.result import Parsed, mask
from pipelines.staging.parsing.text import parse_area, parse_code, parse_name, parse_text, parse_yes_no

_FIRST_SCHOOL_YEAR = Year().minimum
_EXACT_DIGITS = 15


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type in which a column is staged."""
    match column.type:
        case Money():
            return MONEY
        case Integer() | Year():
            return pa.int32()
        case Date():
            return pa.date32()
        case YesNo():
            return pa.bool_()
        case Text() | Name() | IdentityNumber() | Code() | Month() | VillageCode() | CountyCode() | SchoolYear():
            return pa.string()
        case never:
            assert_never(never)


def parse_column(
    column: Column,
    raw: pa.Array,
    *,
    numeric: npt.NDArray[np.bool_] | None,
    scale: int,
    as_of: date,
    county: str,
) -> Parsed:
    """Typed values and reasons for a column's raw text (any type but IdentityNumber).

    Equal texts are parsed once: what departments write repeats itself.
    """
    encoded = raw.dictionary_encode()
    if len(encoded.dictionary) * 2 <= len(raw):
        parsed = _parse(column, encoded.dictionary, scale, as_of, county).take(encoded.indices)
    else:
        parsed = _parse(column, raw, scale, as_of, county)
    if numeric is not None and isinstance(column.type, Text | Name):
        return _refuse_lost_digits(parsed, raw, numeric)
    return parsed


def _parse(column: Column, raw: pa.Array, scale: int, as_of: date, county: str) -> Parsed:
    match column.type:
        case Text(max_length=most):
            return parse_text(raw, most, key=column.key)
        case Name(max_length=most):
            return parse_name(raw, most, key=column.key)
        case Code(codes=codes):
            return parse_code(raw, codes)
        case Money(may_be_negative=may_be_negative):
            return parse_money(raw, scale=scale, may_be_negative=may_be_negative)
        case Integer(minimum=minimum, maximum=maximum):
            return parse_integer(raw, minimum, maximum)
        case Year(minimum=minimum):
            return parse_integer(raw, minimum, as_of.year + 1, year=True)
        case Month():
            return parse_months(raw)
        case Date():
            return parse_dates(raw)
        case YesNo():
            return parse_yes_no(raw)
        case VillageCode():
            return parse_area(raw, 12, county)
        case CountyCode():
            return parse_area(raw, 6, "")
        case SchoolYear():
            return parse_school_years(raw, _FIRST_SCHOOL_YEAR, as_of.year + 1)
        case IdentityNumber():
            raise TypeError("identity numbers are parsed by themselves")
        case never:
            assert_never(never)


def _refuse_lost_digits(parsed: Parsed, raw: pa.Array, numeric: npt.NDArray[np.bool_]) -> Parsed:
    """A numeric cell keeps 15 digits: a longer number in a text column is not what was typed."""
    lost = (
        numeric
        & mask(pc.greater(pc.binary_length(raw), _EXACT_DIGITS))
        & mask(pc.match_substring_regex(raw, r"^[0-9]+$"))
    )
    if not lost.any():
        return parsed
    reasons = np.where(lost, np.uint8(Reason.BAD_TEXT.code), parsed.reasons).astype(np.uint8)
    return Parsed(pc.if_else(pa.array(lost), pa.scalar(None, parsed.values.type), parsed.values), reasons)
