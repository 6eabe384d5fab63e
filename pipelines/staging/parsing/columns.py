"""From a declared column type to its parser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, assert_never

import pyarrow as pa
import pyarrow.compute as pc

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
from expectations.feeds import FEEDS
from expectations.reasons import Detail, Reason
from pipelines.reading import Heading
from pipelines.reading.cells import Kind, Kinds
from pipelines.staging.parsing.dates import parse_dates, parse_months, parse_school_years
from pipelines.staging.parsing.numbers import MONEY, parse_integer, parse_money
from pipelines.staging.parsing.result import Parsed, mask
from pipelines.staging.parsing.text import (
    parse_area,
    parse_area_of_county,
    parse_code,
    parse_key,
    parse_name,
    parse_text,
    parse_yes_no,
)
from pipelines.staging.parsing.words import tell_words

_FIRST_SCHOOL_YEAR = Year().minimum
_EXACT_DIGITS = 15
NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})
_TEXT_KEYS = frozenset(c.name for feed in FEEDS for c in feed.columns if c.key and isinstance(c.type, Text))


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
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Code()
            | Month()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            return pa.string()
        case never:
            assert_never(never)


def is_text_key(column: Column) -> bool:
    """Whether rows are joined by this text: it is a key in its own feed or, by its name, in another."""
    return isinstance(column.type, Text) and column.name in _TEXT_KEYS


def parse_column(
    column: Column,
    raw: pa.Array,
    *,
    kinds: Kinds | None,
    heading: Heading,
    as_of: date,
    county: str,
    floated: bool = False,
    words: Mapping[str, str] = NO_WORDS,
) -> Parsed:
    """Typed values and reasons for a column's raw text (any type but IdentityNumber).

    Equal texts are parsed once: what departments write repeats itself. ``floated``: the whole of a text key went
    through floating point. ``words``: a county's own for labels of this column.
    """
    given = _Given(heading.scale, heading.later_epoch, as_of, county, floated, words)
    encoded = raw.dictionary_encode()
    if len(encoded.dictionary) * 2 <= len(raw):
        parsed = tell_words(_parse(column, encoded.dictionary, given), encoded.dictionary).take(encoded.indices)
    else:
        parsed = tell_words(_parse(column, raw, given), raw)
    return parsed if kinds is None else _judge_kinds(column, parsed, raw, kinds)


@dataclass(frozen=True)
class _Given:
    """What else a column's values depend on."""

    scale: int
    later_epoch: bool
    as_of: date
    county: str
    floated: bool
    words: Mapping[str, str]


def _parse(column: Column, raw: pa.Array, given: _Given) -> Parsed:
    match column.type:
        case Text(max_length=most):
            return parse_key(raw, most, floated=given.floated) if is_text_key(column) else parse_text(raw, most)
        case Name(max_length=most):
            return parse_name(raw, most)
        case Code(codes=codes):
            return parse_code(raw, codes, given.words, is_key=column.key)
        case Money(may_be_negative=may_be_negative):
            return parse_money(raw, scale=given.scale, may_be_negative=may_be_negative)
        case Integer(minimum=minimum, maximum=maximum):
            return parse_integer(raw, minimum, maximum)
        case Year(minimum=minimum):
            return parse_integer(raw, minimum, given.as_of.year + 1, year=True)
        case Month():
            return parse_months(raw, later_epoch=given.later_epoch)
        case Date(by_as_of=by_as_of):
            return parse_dates(raw, later_epoch=given.later_epoch, latest=given.as_of if by_as_of else None)
        case YesNo():
            return parse_yes_no(raw)
        case VillageCode():
            return parse_area(raw, 12, given.county)
        case AreaCode():
            return parse_area_of_county(raw, given.county)
        case CountyCode():
            return parse_area(raw, 6, "")
        case SchoolYear():
            return parse_school_years(raw, _FIRST_SCHOOL_YEAR, given.as_of.year + 1)
        case IdentityNumber():
            raise TypeError("identity numbers are parsed by themselves")
        case never:
            assert_never(never)


def _judge_kinds(column: Column, parsed: Parsed, raw: pa.Array, kinds: Kinds) -> Parsed:
    """What cells that are no text say in this column: errors nowhere anything, and in text only a whole number."""
    parsed = parsed.refuse(kinds == Kind.ERROR, Reason.ERROR_VALUE)
    parsed = parsed.refuse(kinds == Kind.NO_RESULT, Reason.NO_CACHED_VALUE)
    parsed = parsed.refuse(kinds == Kind.UNHAD, Detail.UNDECODABLE)
    if not isinstance(column.type, Text | Name):
        return parsed
    fine = parsed.reasons == 0
    number = (kinds == Kind.NUMBER) | (kinds == Kind.EXACT)
    # a numeric cell keeps 15 digits: a longer number is not what was typed
    spoilt = (kinds == Kind.NUMBER) & mask(pc.greater(pc.binary_length(raw), _EXACT_DIGITS))
    spoilt &= mask(pc.match_substring_regex(raw, r"^[0-9]+$"))
    if is_text_key(column) or isinstance(column.type, Name):
        spoilt |= (kinds == Kind.DATE) | (kinds == Kind.BOOLEAN)
        spoilt |= number & ~mask(pc.match_substring_regex(raw, r"^-?[0-9]+$"))
    return parsed.refuse(spoilt & fine, Detail.SPOILT_BY_SPREADSHEET)
