"""The rows of every book that belong to a household, a certificate or a person, as one run of the books had them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import duckdb
import pyarrow as pa

from expectations.feeds import FEEDS
from pipelines.reading_out.cards.blocks import Block, Whose
from pipelines.staging.schema import staged_schema
from warehouse.current import Conformed
from warehouse.sql import literal

Row = Mapping[str, Any]

NORMAL: Final = "正常"
"""Who is there, of the rows of register_members."""


class Kind(StrEnum):
    """What a card, or a look-up, is about."""

    HOUSEHOLD = "household"
    CERTIFICATE = "certificate"
    PERSON = "person"


@dataclass(frozen=True)
class Subject:
    """One household, certificate or person, by its number."""

    kind: Kind
    number: str


@dataclass(frozen=True)
class Family:
    """A subject, who belongs to it, and the rows of each book (by feed) that do, in the block's order.

    ``households`` and ``certificates`` are numbers, ``people`` valid identity numbers; each sorted.
    """

    subject: Subject
    households: Sequence[str] = ()
    certificates: Sequence[str] = ()
    people: Sequence[str] = ()
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)


_REGISTERED: Final = f"""
    SELECT DISTINCT m.household_no, m.person_id
    FROM register_members m SEMI JOIN register_households h USING (household_no)
    WHERE m.person_status = {literal(NORMAL)} AND m.person_id IS NOT NULL"""
_CERTIFIED: Final = "SELECT DISTINCT certificate_no, person_id FROM low_income_members WHERE person_id IS NOT NULL"

_PREPARED: Final = (
    f"CREATE TEMP TABLE registered AS {_REGISTERED}",
    f"CREATE TEMP TABLE certified AS {_CERTIFIED}",
)

_FAMILIES: Final = {
    Whose.PERSON: """
        SELECT n, number AS person_id FROM subjects WHERE kind = 'person'
        UNION SELECT n, person_id FROM subjects JOIN registered ON household_no = number WHERE kind = 'household'
        UNION SELECT n, person_id FROM subjects JOIN certified ON certificate_no = number WHERE kind = 'certificate'""",
    Whose.HOUSEHOLD: """
        SELECT n, number AS household_no FROM subjects WHERE kind = 'household'
        UNION SELECT n, household_no FROM family_people JOIN registered USING (person_id)
              JOIN subjects USING (n) WHERE kind <> 'household'""",
    Whose.CERTIFICATE: """
        SELECT n, number AS certificate_no FROM subjects WHERE kind = 'certificate'
        UNION SELECT n, certificate_no FROM family_people JOIN certified USING (person_id)""",
}
"""Who and what belongs to a subject: registered persons of a household, all members of a certificate; the certificates
that these stand in, and for who is no household's the households that they are registered in."""


@contextmanager
def open_rows(conformed: Conformed) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the rows that counted, a view of each feed's name; one that is not there has no row."""
    with duckdb.connect() as connection:
        for feed in FEEDS:
            current = conformed.heard.get(feed.name)
            if current is None:
                connection.register(feed.name, staged_schema(feed).empty_table())
            else:
                connection.execute(f"CREATE VIEW {feed.name} AS {current.sql()}")
        for statement in _PREPARED:
            connection.execute(statement)
        yield connection


def gather(connection: duckdb.DuckDBPyConnection, subjects: Sequence[Subject], blocks: Sequence[Block]) -> list[Family]:
    """The families of some subjects, in their order, with their rows of each block's book."""
    kinds, numbers = [one.kind.value for one in subjects], [one.number for one in subjects]
    asked = pa.table({"n": range(len(subjects)), "kind": pa.array(kinds, pa.string()), "number": numbers})
    connection.register("asked", asked.cast(pa.schema({"n": pa.int64(), "kind": pa.string(), "number": pa.string()})))
    connection.execute("CREATE OR REPLACE TEMP TABLE subjects AS FROM asked")
    belongs: dict[Whose, list[list[str]]] = {}
    for whose, query in _FAMILIES.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {whose.value} AS {query}")
        belongs[whose] = [[] for _ in subjects]
        for n, number in connection.execute(f"FROM {whose.value} ORDER BY ALL").fetchall():
            belongs[whose][n].append(number)
    found: list[dict[str, list[Row]]] = [{block.name: [] for block in blocks} for _ in subjects]
    for block in blocks:
        for row in connection.execute(_rows_of(block)).to_arrow_table().to_pylist():
            found[row.pop("n")][block.name].append(row)
    return [
        Family(subject, belongs[Whose.HOUSEHOLD][n], belongs[Whose.CERTIFICATE][n], belongs[Whose.PERSON][n], found[n])
        for n, subject in enumerate(subjects)
    ]


def _rows_of(block: Block) -> str:
    """SQL: rows of a book with the number ``n`` of the subject that each belongs to, a row once."""
    place = ("_delivery", "_file", "_sheet", "_row")
    where = ", ".join(f"f.{name}" for name in place)
    fits = " UNION ".join(
        f"SELECT w.n, {where} FROM {block.name} f JOIN {whose.value} w ON f.{column} = w.{whose.key}"
        for whose, column in block.by
    )
    same = " AND ".join(f"f.{name} IS NOT DISTINCT FROM w.{name}" for name in place)
    order = f"w.n, {block.order}, f._file, f._row"
    return f"SELECT w.n, f.* FROM {block.name} f JOIN ({fits}) w ON {same} ORDER BY {order}"
