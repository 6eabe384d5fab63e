"""SQL text for what a statement cannot bind: paths, comments, views, lists of codes.

DuckDB and PostgreSQL read it alike. A list may be empty: nothing is among none, and everything is outside of it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

Value = str | int | date | Path | tuple["Value", ...]

OLDEST_READER = "v1.0.0"
"""Storage version of the files that we make: any DuckDB since 1.0 opens them (design facts)."""

_PLACE = re.compile(r"(?<!:):([a-z_]+)")


def literal(value: Value) -> str:
    """A value as it stands in a statement: ``'it''s'``, ``3``, ``DATE '2026-06-30'``, ``('a', 'b')``.

    Raises ValueError for a text with a NUL, at which both databases would end the statement, TypeError for other kinds.
    """
    match value:
        case bool() | datetime():
            raise TypeError(f"a {type(value).__name__} is bound, not written")
        case str() | Path():
            text = str(value)
            if "\0" in text:
                raise ValueError("a text with a NUL cannot stand in a statement")
            return "'" + text.replace("'", "''") + "'"
        case int():
            return str(int(value))
        case date():
            return f"DATE '{value.isoformat()}'"
        case tuple():
            return f"({', '.join(literal(part) for part in value)})"
        case _:
            raise TypeError(f"a {type(value).__name__} is bound, not written")


def identifier(name: str) -> str:
    """A name as it stands in a statement, whatever letters it has. Raises ValueError for a NUL."""
    if "\0" in name:
        raise ValueError("a name with a NUL cannot stand in a statement")
    return '"' + name.replace('"', '""') + '"'


def among(expression: str, values: Iterable[Value]) -> str:
    """The condition that an expression is one of ``values``."""
    return _listed(expression, "IN", values) or "false"


def outside(expression: str, values: Iterable[Value]) -> str:
    """The condition that an expression is none of ``values``; of null, nobody can say it unless there are none."""
    return _listed(expression, "NOT IN", values) or "true"


def cases(expression: str, outcomes: Mapping[str, str], otherwise: str) -> str:
    """The outcome (SQL) of the value that an expression has, else ``otherwise``."""
    whens = " ".join(f"WHEN {literal(value)} THEN {outcome}" for value, outcome in outcomes.items())
    return f"CASE {expression} {whens} ELSE {otherwise} END" if whens else otherwise


def bound(statement: str, **values: Value) -> str:
    """A statement whose places ``:name`` hold ``values``; ``::TYPE`` is none. Raises KeyError for a place without."""
    return _PLACE.sub(lambda place: literal(values[place[1]]), statement)


def parquet(path: Path) -> str:
    """A Parquet file as a relation of DuckDB."""
    return f"read_parquet({literal(path)})"


def _listed(expression: str, operator: str, values: Iterable[Value]) -> str:
    listed = ", ".join(literal(value) for value in values)
    return f"{expression} {operator} ({listed})" if listed else ""
