"""What a database gives for a cell, as text: departments' types differ, what they mean does not.

A value that Python has not (infinity, 44 BC, 24:00) comes as it was written: it costs its cell, and not the pull.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import CursorResult

from pipelines.reading.decoding import text_of

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_MARIADB_BIT: Final = 16


def take_any_value(driver: Any) -> None:
    """Let a connection of psycopg give values that Python has not."""
    from psycopg import DataError
    from psycopg.adapt import Loader
    from psycopg.types import datetime as loaders

    def lenient(loader: Any) -> Any:
        class Lenient(loader):  # type: ignore[misc]  # the base is given at run time
            def load(self, data: Any) -> Any:
                try:
                    return super().load(data)
                except DataError:
                    return bytes(data).decode("utf-8")

        return Lenient

    class Bits(Loader):
        def load(self, data: Any) -> int:
            return int(bytes(data), 2)

    for name, loader in (
        ("date", loaders.DateLoader),
        ("time", loaders.TimeLoader),
        ("timetz", loaders.TimetzLoader),
        ("timestamp", loaders.TimestampLoader),
        ("timestamptz", loaders.TimestamptzLoader),
        ("interval", loaders.IntervalLoader),
    ):
        driver.adapters.register_loader(name, lenient(loader))
    for name in ("bit", "varbit"):
        driver.adapters.register_loader(name, Bits)


def bit_columns(result: CursorResult[Any]) -> frozenset[int]:
    """Positions of the columns that MariaDB and MySQL give as the bytes of a number: BIT(n)."""
    description = result.cursor.description if result.cursor is not None else ()
    is_mysql = result.dialect.name in ("mysql", "mariadb")
    return frozenset(at for at, column in enumerate(description or ()) if is_mysql and column[1] == _MARIADB_BIT)


def as_texts(values: Sequence[Any], *, is_bits: bool = False) -> pa.Array:
    """A column as text."""
    if is_bits:
        values = [int.from_bytes(v) if isinstance(v, bytes) else v for v in values]
    if set(map(type, values)) <= {str, type(None)}:
        return pa.array(values, pa.string())
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "真" if value else "假"
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return text_of(bytes(value))
        case float() if value.is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        case _:
            return str(value)  # a larger float keeps its exponent: its last digits are lost, and staging says so


def _moment(value: datetime) -> str:
    """An instant is its day at home, whatever the session's zone."""
    local = value
    if value.tzinfo:
        try:
            local = value.astimezone(_SHANGHAI).replace(tzinfo=None)
        except OverflowError:  # the last hours of the year 9999
            return value.isoformat(sep=" ")
    return local.date().isoformat() if local.time() == time(0) else local.isoformat(sep=" ")
