"""Columns of a type, as Parquet and databases have them: what each can hold of a declared column, and what of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, assert_never

import pyarrow as pa
from feed_tables import rows_of, text_table
from kinds.asking import Asked, settle
from kinds.texts import SHANGHAI, day_of
from kinds.verdicts import NO_FIGURE, SPOILT, Blank, NoNumber, Refused, Same, Staged, Verdict

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
from pipelines.staging.parsing.columns import is_text_key

NAN, INFINITY = float("nan"), float("inf")


@dataclass(frozen=True)
class Typed:
    """A type, how the plain text of the n-th row is kept in it, what must become of that, and odd values besides."""

    type: Any
    keep: Callable[[str, int], Any]
    says: Callable[[str, int], Verdict] = lambda *_: Same()
    odd: tuple[tuple[Any, Verdict], ...] = ()


def _midnight(plain: str, hours: int = 0) -> datetime:
    return datetime.combine(day_of(plain), time(), SHANGHAI) + timedelta(hours=hours)


def _number(_: str, n: int) -> int:
    return 100_000 + n


def _its_digits(_: str, n: int) -> Verdict:
    return Staged(str(100_000 + n))


NOON = datetime(2018, 3, 5, 12, tzinfo=SHANGHAI)
_AT_NOON = Staged(NOON.date(), "time_of_day")
NOT_DECODED = b"\xd5\xc5\xff\x81"
_NULL = (None, Blank(word=False))
_NAN, _INFINITY = (NAN, Blank()), (INFINITY, NO_FIGURE)
_HALF = (1.5, Refused("bad_number"))
_LOST = (NOT_DECODED, Refused("bad_text", "lost_characters"))
_INSTANT = Typed(pa.timestamp("us", "UTC"), lambda p, _: _midnight(p), odd=(_NULL,))
_DAY = Typed(pa.date32(), lambda p, _: day_of(p), odd=(_NULL,))
_WORDS = (
    Typed(pa.dictionary(pa.int32(), pa.string()), lambda p, _: p, odd=(_NULL,)),
    Typed(pa.large_string(), lambda p, _: p),
)
_DIGITS = (
    Typed(pa.int64(), lambda p, _: int(p), odd=(_NULL,)),
    Typed(pa.float64(), lambda p, _: float(p), odd=(_NAN,)),
)
_FIGURES = (
    Typed(pa.float64(), lambda p, _: float(p), odd=(_NAN, _INFINITY, _HALF)),
    Typed(pa.int32(), lambda p, _: int(p), odd=(_NULL,)),
)


def in_parquet(column: Column) -> Sequence[Typed]:
    """The types in which a column can come in Parquet."""
    match column.type:
        case Text() if is_text_key(column):
            return (
                Typed(pa.float64(), _number, _its_digits, (_NAN, _INFINITY, (1001.5, SPOILT))),
                Typed(pa.decimal128(12, 1), _number, _its_digits, ((Decimal("1001.5"), SPOILT),)),
                Typed(pa.int64(), _number, _its_digits, (_NULL,)),
                Typed(pa.date32(), lambda *_: date(2020, 1, 1), lambda *_: SPOILT),
                Typed(pa.bool_(), lambda *_: True, lambda *_: SPOILT),
            )
        case Text() | Code() | SchoolYear():
            return _WORDS
        case Name():
            return (Typed(pa.binary(), lambda p, n: p.encode(("gb18030", "utf-8")[n % 2]), odd=(_LOST,)), *_WORDS)
        case Money():
            exact = Typed(
                pa.decimal128(18, 4), lambda p, _: Decimal(p), odd=((Decimal("1.0001"), Refused("bad_money")),)
            )
            return Typed(pa.float64(), lambda p, _: float(p), odd=(_NAN, _INFINITY)), exact
        case Integer() | Year():
            return _FIGURES
        case Date():
            return _INSTANT, _DAY, Typed(_INSTANT.type, _INSTANT.keep, odd=((NOON, _AT_NOON),))
        case Month():
            return _INSTANT, _DAY
        case YesNo():
            return Typed(pa.bool_(), lambda p, _: p == "是", odd=(_NULL,)), Typed(
                pa.int8(), lambda p, _: int(p == "是")
            )
        case VillageCode() | AreaCode() | CountyCode():
            return _DIGITS
        case IdentityNumber():
            lost = Typed(
                pa.float64(),
                lambda p, _: float(p.replace("X", "0")),
                lambda *_: NoNumber("unrecoverable"),
                ((NAN, NoNumber("blank")),),
            )
            return Typed(pa.binary(), lambda p, _: p.encode()), lost, *_WORDS
        case never:
            assert_never(never)


def on_postgres(column: Column) -> Sequence[Typed]:
    """The types in which a column can stand on PostgreSQL; values as its text."""
    match column.type:
        case Text() if is_text_key(column):
            return tuple(
                Typed(name, lambda _, n: str(100_000 + n), _its_digits)
                for name in ("numeric(12,1)", "double precision", "bigint")
            )
        case Text() | Code() | SchoolYear() | IdentityNumber():
            return Typed("text", lambda p, _: p), Typed("char(60)", lambda p, _: p)
        case Name():
            return (
                Typed("bytea", lambda p, n: p.encode(("gb18030", "utf-8")[n % 2]), odd=(_LOST,)),
                Typed("varchar(60)", lambda p, _: p),
            )
        case Money():
            odd = (("NaN", Blank()), ("Infinity", NO_FIGURE))
            return tuple(Typed(name, lambda p, _: p, odd=odd) for name in ("numeric", "double precision"))
        case Integer() | Year():
            return Typed("double precision", lambda p, _: p, odd=(("NaN", Blank()), ("1.5", _HALF[1]))), _of_integers()
        case Date():
            return (
                Typed("date", lambda p, _: p, odd=(("infinity", NO_FIGURE), ("0044-03-15 BC", Refused("bad_date")))),
                Typed("timestamptz", lambda p, n: str(_midnight(p)), odd=((str(NOON), _AT_NOON),)),
                Typed("timestamp", lambda p, _: p, odd=(("2018-03-05 12:00", _AT_NOON),)),
            )
        case Month():
            return (
                Typed("date", lambda p, _: f"{p}-01", odd=(("-infinity", NO_FIGURE),)),
                Typed("timestamptz", lambda p, _: str(_midnight(p))),
            )
        case YesNo():
            return Typed("boolean", lambda p, _: str(p == "是")), Typed("bit(1)", lambda p, _: str(int(p == "是")))
        case VillageCode() | AreaCode() | CountyCode():
            return Typed("bigint", lambda p, _: p), Typed("numeric(12)", lambda p, _: p)
        case never:
            assert_never(never)


def on_mariadb(column: Column) -> Sequence[Typed]:
    """The types in which a column can stand on MariaDB; values as its text, or bytes."""
    zero = Refused("bad_date")
    match column.type:
        case Text() if is_text_key(column):
            return tuple(
                Typed(name, lambda _, n: str(100_000 + n), _its_digits)
                for name in ("decimal(12,1)", "double", "bigint")
            )
        case Text() | Code() | SchoolYear() | IdentityNumber():
            return Typed("varchar(60)", lambda p, _: p), Typed("text", lambda p, _: p)
        case Name():
            return (
                Typed("varbinary(60)", lambda p, n: p.encode(("gb18030", "utf-8")[n % 2]), odd=(_LOST,)),
                Typed("varchar(60)", lambda p, _: p),
            )
        case Money():
            return tuple(Typed(name, lambda p, _: p, odd=(_NULL,)) for name in ("decimal(18,2)", "double"))
        case Integer() | Year():
            return Typed("double", lambda p, _: p, odd=(("1.5", _HALF[1]),)), _of_integers()
        case Date():
            return (
                Typed("date", lambda p, _: p, odd=(("0000-00-00", zero),)),
                Typed("datetime", lambda p, _: p, odd=(("2018-03-05 12:00", _AT_NOON),)),
            )
        case Month():
            return Typed("date", lambda p, _: f"{p}-01", odd=(("0000-00-00", zero),)), Typed(
                "datetime", lambda p, _: f"{p}-01"
            )
        case YesNo():
            return Typed("bit(1)", lambda p, _: bytes([p == "是"])), Typed(
                "tinyint(1)", lambda p, _: str(int(p == "是"))
            )
        case VillageCode() | AreaCode() | CountyCode():
            return Typed("bigint", lambda p, _: p), Typed("decimal(12)", lambda p, _: p)
        case never:
            assert_never(never)


def _of_integers() -> Typed:
    return Typed("integer", lambda p, _: p, odd=(_NULL,))


def most_types(feed: Feed, types: Callable[[Column], Sequence[Typed]]) -> int:
    """How many tables it takes until every column came in each of its types."""
    return max(len(types(column)) for column in feed.columns)


def ask_typed(feed: Feed, types: Callable[[Column], Sequence[Typed]], turn: int) -> tuple[Asked, list[Any]]:
    """A table whose columns have types, each in its ``turn``; a row for each odd value, and a plain one at the end."""
    taken = [(c, types(c)[turn % len(types(c))]) for c in feed.columns]
    odd = [(c, *value) for c, typed in taken for value in typed.odd]
    rows = rows_of(feed, len(odd) + 1)
    asked = Asked(feed, text_table(feed, rows))
    for n, row in enumerate(rows):
        asked.rows[n] = row | dict.fromkeys((f"{name}_problem" for name in feed.identity_columns), None)
    for n in range(len(rows)):
        strange = odd[n] if n < len(odd) else None
        for place, (column, typed) in enumerate(taken):
            plain = asked.table[n + 1][place]
            if strange is not None and strange[0] is column:
                asked.table[n + 1][place] = strange[1]
                settle(asked, n, column, strange[2])
            else:
                asked.table[n + 1][place] = typed.keep(plain, n)
                settle(asked, n, column, typed.says(plain, n))
    return asked, [typed.type for _, typed in taken]
