"""Loading PostgreSQL from the audited DuckDB version: what changed, in one transaction that moves the version pointer.

Nothing is defined while publishing. Readers see the version before or the one after: each statement one of them, a
REPEATABLE READ transaction the same one throughout. They wait for nobody: rows are replaced, and reading locks nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, Numeric, Table, make_url

from warehouse.lake import Lake
from warehouse.loading.build import definitions_digest
from warehouse.loading.errors import AuditFailed, NothingPublishedError
from warehouse.loading.load import Scope
from warehouse.loading.loads import LOADS
from warehouse.loading.publish import as_of_its_release
from warehouse.loading.versions import open_version, published_version, snapshot_of
from warehouse.postgres.numbers import cut_sentences
from warehouse.postgres.schema import PUBLISHING, open_store
from warehouse.postgres.tables import finding_text
from warehouse.sql import among, literal
from warehouse.tables import TABLES
from warehouse.tables.runs import fact_finding

_BATCH = 50_000
_SCOPES = {load.table.name: load.scope for load in LOADS}

Part = tuple[str, date]


@dataclass(frozen=True)
class Publication:
    """The version that PostgreSQL's readers see: its number, the snapshot's name, and the parts that were replaced."""

    number: int
    snapshot: str
    replaced: tuple[Part, ...]


@dataclass(frozen=True)
class _Slice:
    """Rows of one table that are replaced: a condition that both stores understand."""

    table: Table
    where: str


def publish_to_postgres(lake: Lake, url: str) -> Publication:
    """Bring PostgreSQL to the version that is published in the home; nothing happens where it has that already.

    Raises AuditFailed where counts, sums or keys differ from the DuckDB version, NothingPublishedError where there is
    none, OtherReleaseError where it lacks what this release has; what PostgreSQL's readers saw stays.
    """
    open_store(url).dispose()
    with adbc.connect(_libpq(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({PUBLISHING})::text")
        cursor.fetchall()
        version = published_version(lake)
        if version is None:
            raise NothingPublishedError()
        before = _published(cursor)
        snapshot, definitions = snapshot_of(version), definitions_digest()
        if before is not None and before[1:] == (snapshot, definitions):
            return Publication(before[0], snapshot, ())
        anew = before is None or before[2] != definitions
        with open_version(version) as source, as_of_its_release(source):
            changed = _changed(source, cursor, anew=anew)
            slices = list(_slices(changed, anew=anew))
            for piece in slices:
                _replace(source, cursor, piece)
                if piece.table is fact_finding:
                    _replace_sentences(source, cursor, piece.where)
            _audit(source, cursor, slices)
        number = before[0] + 1 if before else 1
        cursor.execute("DELETE FROM warehouse.publication")
        cursor.execute(
            "INSERT INTO warehouse.publication (number, snapshot, definitions) "
            f"VALUES {literal((number, snapshot, definitions))}"
        )
        connection.commit()
    return Publication(number, snapshot, tuple(changed))


def _libpq(url: str) -> str:
    """The URL without SQLAlchemy's driver."""
    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
    return make_url(plain).render_as_string(hide_password=False)


def _published(cursor: Any) -> tuple[int, str, str] | None:
    cursor.execute("SELECT number, snapshot, definitions FROM warehouse.publication")
    row = cursor.fetchone()
    return None if row is None else (int(row[0]), str(row[1]), str(row[2]))


def _changed(source: duckdb.DuckDBPyConnection, cursor: Any, *, anew: bool) -> list[Part]:
    """Parts whose content differs between the stores, those that only one of them has among them."""
    query = "SELECT county, as_of, digest FROM warehouse.fact_load"
    given = {(county, as_of): digest for county, as_of, digest in source.execute(query).fetchall()}
    if anew:
        return sorted(given)
    cursor.execute(query)
    held = {(county, as_of): digest for county, as_of, digest in cursor.fetchall()}
    return sorted(part for part in given.keys() | held.keys() if given.get(part) != held.get(part))


def _slices(changed: Sequence[Part], *, anew: bool) -> Iterator[_Slice]:
    """What is replaced of each table."""
    counties = sorted({county for county, _ in changed})
    for table in TABLES:
        if anew:
            yield _Slice(table, "true")
        elif not changed:
            continue
        elif _SCOPES.get(table.name) is Scope.AS_OF:
            yield _Slice(table, among("(county, as_of)", changed))
        elif "county" in table.c:
            yield _Slice(table, among("county", counties))
        elif table.name in _SCOPES:
            yield _Slice(table, "true")


def _replace(source: duckdb.DuckDBPyConnection, cursor: Any, piece: _Slice) -> None:
    columns = ", ".join(f"{column.name}::{_duckdb_type(column.type)} AS {column.name}" for column in piece.table.c)
    cursor.execute(f"DELETE FROM {piece.table.fullname} WHERE {piece.where}")
    rows = source.execute(f"SELECT {columns} FROM {piece.table.fullname} WHERE {piece.where}")
    cursor.adbc_ingest(piece.table.name, rows.to_arrow_reader(_BATCH), mode="append", db_schema_name=piece.table.schema)


def _replace_sentences(source: duckdb.DuckDBPyConnection, cursor: Any, where: str) -> None:
    """What findings say, cut where a department's number stands."""
    cursor.execute(f"DELETE FROM {finding_text.fullname} WHERE {where}")
    told = cut_sentences(source, where)
    cursor.adbc_ingest(finding_text.name, told, mode="append", db_schema_name=finding_text.schema)


def _duckdb_type(type_: object) -> str:
    """The type whose Arrow form PostgreSQL's binary COPY takes for a column."""
    match type_:
        case BigInteger():
            return "BIGINT"
        case Integer():
            return "INTEGER"
        case Boolean():
            return "BOOLEAN"
        case Date():
            return "DATE"
        case DateTime():
            return "TIMESTAMPTZ"
        case Float():
            return "DOUBLE"
        case Numeric():
            return f"DECIMAL({type_.precision},{type_.scale})"
        case _:
            return "VARCHAR"


def _audit(source: duckdb.DuckDBPyConnection, cursor: Any, slices: Sequence[_Slice]) -> None:
    """Row counts of every table; sums of numbers and a fingerprint of the keys of what was replaced."""
    problems: list[str] = []
    for table in TABLES:
        count = f"SELECT count(*) FROM {table.fullname}"
        problems += _compare(source, cursor, table, {"rows": (count, count)})
    for piece in slices:
        end = f"FROM {piece.table.fullname} WHERE {piece.where}"
        figures = {}
        for column in piece.table.c:
            if isinstance(column.type, Numeric | Integer | BigInteger) and not isinstance(column.type, Float):
                total = f"SELECT coalesce(sum({column.name}), 0)::DECIMAL(38, 2)::VARCHAR {end}"
                figures[f"the sum of {column.name}"] = (total, total)
        figures["the fingerprint of the keys"] = _fingerprints(piece.table, end)
        problems += _compare(source, cursor, piece.table, figures)
    if problems:
        raise AuditFailed(problems)


def _fingerprints(table: Table, end: str) -> tuple[str, str]:
    """The sum of 60 bits of each key's MD5, in DuckDB's and in PostgreSQL's words."""
    names = [
        f"CAST(extract(epoch FROM {c.name}) AS BIGINT)" if isinstance(c.type, DateTime) else c.name
        for c in table.primary_key
    ]
    key = "md5(concat_ws('|', " + ", ".join(f"CAST({name} AS VARCHAR)" for name in names) + "))"
    return (
        f"SELECT coalesce(sum(('0x' || {key}[:15])::BIGINT), 0)::VARCHAR {end}",
        f"SELECT coalesce(sum(('x' || substr({key}, 1, 15))::bit(60)::bigint), 0)::VARCHAR {end}",
    )


def _compare(
    source: duckdb.DuckDBPyConnection, cursor: Any, table: Table, figures: dict[str, tuple[str, str]]
) -> Iterator[str]:
    for label, (ours, theirs) in figures.items():
        (wanted,) = source.execute(ours).fetchone() or (None,)
        cursor.execute(theirs)
        (there,) = cursor.fetchone()
        if wanted != there:
            yield f"{table.name}: {label} is {there} on PostgreSQL, {wanted} in the version that was to be loaded"
