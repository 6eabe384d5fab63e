"""The way back from a recipient's number, for who may see what it stands for: each known number is hashed and compared.

Nothing leads back by itself; whoever has the recipient's keys and the warehouse can try all that there are.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from warehouse.evaluation.giving import raws_of
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.evaluation.surrogates import KEYS, LISTED, ROW, SOURCE, is_own_number, row_number
from warehouse.evaluation.views import VIEWS, View

PERSON: Final = "person"
"""Kind of an identity number, whose surrogate is a pseudonym."""
_ROW: Final = "row"
_BATCH: Final = 100_000


@dataclass(frozen=True)
class Resolved:
    """What one of a recipient's numbers stands for; of a row the delivery, file, sheet and number."""

    given: str
    key_id: str
    kind: str
    county: str
    value: str


def resolve(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[RecipientKey], given: Collection[str]
) -> list[Resolved]:
    """What numbers of a recipient stand for, under any of his keys; those that stand for nothing are left out."""
    wanted, found = set(given), set()
    for kind, asked in sorted(_asked().items()):
        rows: Any = connection.execute(" UNION ".join(sorted(asked)))
        while batch := rows.fetchmany(_BATCH):
            for county, *parts in batch:
                value = row_number(*parts) if kind == _ROW else parts[0]
                if value:
                    found |= {
                        Resolved(number, key.key_id, kind, county, value.replace("\0", " "))
                        for key in keys
                        if (number := key.pseudonym(value) if kind == PERSON else key.surrogate(kind, value)) in wanted
                    }
    return sorted(found, key=lambda one: (one.given, one.county, one.kind, one.value))


def _asked() -> dict[str, set[str]]:
    """By kind the queries for all values of it in what recipients are given."""
    asked: dict[str, set[str]] = {}
    for view in VIEWS:
        for kind, values in _of(view):
            asked.setdefault(kind, set()).add(f"SELECT DISTINCT county, {values} FROM {view.source}")
    return asked


def _of(view: View) -> Iterator[tuple[str, str]]:
    raws = raws_of(view)
    for column in view.columns:
        if column.name == ROW:
            alias = column.sql.rpartition(".")[0]
            yield _ROW, ", ".join(f"{alias}.{part}" for part in (*SOURCE, ROW))
        elif is_own_number(column.name) and column.name != LISTED:
            yield KEYS[column.name], raws.get(column.name, column.sql)
        if column.raw:
            yield PERSON, column.raw
