"""What readers of PostgreSQL wait for: their queries on the views, beside the same views without a fence."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlglot
from rich.table import Table
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from sqlglot import exp

from pipelines.benching.loading import new_database
from pipelines.benching.nights import Tell, ratio, run_job
from pipelines.benching.simulated import send
from warehouse.books.connection import postgres_url
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.evaluation.surrogates import KEYS
from warehouse.evaluation.views import EVALUATION, VIEWS
from warehouse.lake import Lake
from warehouse.postgres.loading import publish_to_postgres
from warehouse.postgres.roles import ALL_COUNTIES, Roles, admit_reader, grant_roles
from warehouse.postgres.tables import finding_text
from warehouse.sql import literal
from warehouse.tables.departments import fact_certificate_snapshot
from warehouse.tables.households import bridge_household_certificate, fact_household_snapshot
from warehouse.tables.people import fact_registered_person
from warehouse.tables.readings import dim_policy_reading
from warehouse.tables.runs import fact_finding, fact_load

BARE: Final = "bare"
"""Schema of the same views without fence, own numbers and own order; row security stands on their tables."""

HIDDEN, NOBODY = "one of another county", "one that nobody is"
"""Numbers for which one county's reader gets no row; whether there is such a person must not be told by the time."""
QUERIES: Final[Mapping[str, str]] = {
    "count of persons": "SELECT count(*) FROM {schema}.people",
    "one person by number": "SELECT * FROM {schema}.people WHERE member_no = {number}",
    HIDDEN: "SELECT * FROM {schema}.people WHERE member_no = {hidden}",
    NOBODY: "SELECT * FROM {schema}.people WHERE member_no = {nobody}",
    "persons by village": "SELECT village_code, count(*) FROM {schema}.people GROUP BY 1",
    "households by cause": "SELECT cause, count(*), sum(registered_members) FROM {schema}.household_card GROUP BY 1",
    "persons with their household": "SELECT h.cause, count(*) FROM {schema}.people p "
    "JOIN {schema}.household_card h USING (county, as_of, household_no) GROUP BY 1",
    "findings by rule": "SELECT rule, count(*) FROM {schema}.findings GROUP BY 1",
    "one finding's evidence": "SELECT evidence FROM {schema}.findings WHERE finding_id = {finding}",
}
_SECONDS: Final = 600
_SIMULATED: Final = 3_000
_KEY: Final = RecipientKey("bench", "bench-1", b"the key of a measurement")
_OF_ANOTHER_COUNTY: Final = text(
    "SELECT member_no FROM warehouse.fact_registered_person ORDER BY county DESC, member_no LIMIT 1"
)


def bench_readers(
    persons: int, counties: int, rounds: int, server_url: str, tell: Tell = lambda _: None
) -> dict[str, Any]:
    """Best seconds of each query, of a reader of one county and of one of all, on both kinds of views, interleaved.

    A small county is simulated and loaded; what readers ask of is then copied in the database, under other numbers.
    """
    with new_database(server_url):
        pass  # a server that refuses says so before a county is simulated for it
    few = min(persons // counties, _SIMULATED)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        tell(f"simulate {few:,} registered persons and run their night")
        send(home, few, 1, 1)
        run_job("nights", home)
        return measured(home, persons, counties, rounds, server_url, tell)


def measured(
    home: Path, persons: int, counties: int, rounds: int, server_url: str, tell: Tell = lambda _: None
) -> dict[str, Any]:
    """The same of a home of one county that has published already."""
    took: dict[tuple[str, str, str], list[float]] = {}
    with new_database(server_url) as url, _readers(home, url, persons, counties, tell) as (connection, logins):
        there = connection.scalar(text("SELECT count(*) FROM warehouse.fact_registered_person"))
        for number in range(1, rounds + 1):
            for who, login in logins.items():
                tell(f"round {number} of {rounds}: a reader of {who}")
                for what, sql in QUERIES.items():
                    for schema in (EVALUATION, BARE):
                        seconds = _timed(connection, login, sql, schema)
                        took.setdefault((who, what, schema), []).append(seconds)
    rows = [
        {
            "reader": who,
            "query": what,
            "seconds": round(min(took[who, what, EVALUATION]), 3),
            "bare": round(min(took[who, what, BARE]), 3),
            "ratio": ratio(min(took[who, what, EVALUATION]), min(took[who, what, BARE])),
        }
        for who in ("one county", "all counties")
        for what in QUERIES
    ]
    best = {key: min(seconds) for key, seconds in took.items()}
    told = {
        kind: ratio(best["one county", HIDDEN, schema], best["one county", NOBODY, schema])
        for kind, schema in (("seconds", EVALUATION), ("bare", BARE))
    }
    about = {"persons": there, "counties": counties, "rounds": rounds, "cores": os.cpu_count()}
    return {**about, "queries": rows, "hidden to nobody": told}


@contextmanager
def _readers(
    home: Path, url: str, persons: int, counties: int, tell: Tell
) -> Iterator[tuple[Connection, dict[str, str]]]:
    """A superuser's connection, and a login for one county and one for all, which are gone afterwards."""
    tell("publish to PostgreSQL")
    publish_to_postgres(Lake(home), url)
    roles = Roles(f"bench_{os.getpid()}_{time.time_ns():x}")
    engine = create_engine(postgres_url(url), poolclass=NullPool, hide_parameters=True)
    logins = {"one county": f"{roles.prefix}_one", "all counties": f"{roles.prefix}_all"}
    with engine.begin() as connection:
        grant_roles(connection, roles)
        tell(f"copy them until there are {persons:,} in {counties} counties")
        _multiply(connection, persons, counties)
        county = connection.scalar(text("SELECT min(county) FROM warehouse.fact_load"))
        for login, readable in zip(logins.values(), ([str(county)], [ALL_COUNTIES]), strict=True):
            connection.exec_driver_sql(f"CREATE ROLE {login} LOGIN")
            admit_reader(connection, roles, login, "evaluator", readable, key=_KEY)
        for statement in _bare_views(roles):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql(f"SET statement_timeout = '{_SECONDS}s'")
        try:
            yield connection, logins
        finally:
            connection.exec_driver_sql("RESET SESSION AUTHORIZATION")
            for role in (*logins.values(), *roles.all):
                connection.exec_driver_sql(f"DROP OWNED BY {role} CASCADE")
            for role in (*logins.values(), *roles.all):
                connection.exec_driver_sql(f"DROP ROLE {role}")
    engine.dispose()


def _multiply(connection: Connection, persons: int, counties: int) -> None:
    """Copy the one county that is there; households, persons, certificates and findings of a copy have own numbers."""
    there = connection.scalar(text("SELECT count(*) FROM warehouse.fact_registered_person")) or 1
    base = connection.scalar(text("SELECT min(county) FROM warehouse.fact_load"))
    copies = max(1, round(persons / counties / there))
    codes = ", ".join(f"({literal(str(int(str(base)) + place))})" for place in range(counties))
    beside = f"(VALUES {codes}) AS c (code), generate_series(1, {{copies}}) AS i WHERE t.county = {literal(str(base))}"
    for table in (*_COPIED, *_OF_A_COUNTY):
        times = copies if table in _COPIED else 1
        copied = ", ".join(_copied(column.name, table in _COPIED) for column in table.c)
        rows = f"SELECT {copied} FROM {table.fullname} t, {beside.format(copies=times)}"
        connection.exec_driver_sql(f"CREATE TEMP TABLE copied ON COMMIT DROP AS {rows}".replace("%", "%%"))
        connection.exec_driver_sql(f"DELETE FROM {table.fullname}")
        names = ", ".join(column.name for column in table.c)
        connection.exec_driver_sql(f"INSERT INTO {table.fullname} ({names}) SELECT {names} FROM copied")
        connection.exec_driver_sql("DROP TABLE copied")


def _copied(name: str, is_many: bool) -> str:
    if name == "county":
        return "c.code AS county"
    return f"t.{name} || '-' || c.code || '-' || i AS {name}" if is_many and name in KEYS else f"t.{name}"


_COPIED: Final = (
    fact_registered_person,
    fact_household_snapshot,
    fact_certificate_snapshot,
    bridge_household_certificate,
    fact_finding,
    finding_text,
)
"""What the queries read of households and persons."""
_OF_A_COUNTY: Final = (fact_load, dim_policy_reading)


def _bare_views(roles: Roles) -> Iterator[str]:
    """The declared views as PostgreSQL would have them, were there nothing to hide."""
    yield f"CREATE SCHEMA {BARE}"
    for view in VIEWS:
        statement = sqlglot.parse_one(view.ddl()[0], read="duckdb")
        for table in statement.find_all(exp.Table):
            if table.db == EVALUATION:
                table.set("db", exp.to_identifier(BARE))
        yield statement.sql(dialect="postgres")
    yield f"GRANT USAGE, CREATE ON SCHEMA {BARE} TO {roles.views}"
    for view in VIEWS:
        yield f"ALTER VIEW {BARE}.{view.name} OWNER TO {roles.views}"
    yield f"GRANT USAGE ON SCHEMA {BARE} TO {roles.reading('evaluator')}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {BARE} TO {roles.reading('evaluator')}"


def _timed(connection: Connection, login: str, sql: str, schema: str) -> float:
    hidden = connection.execute(_OF_ANOTHER_COUNTY).scalar_one()
    connection.exec_driver_sql(f"SET SESSION AUTHORIZATION {login}")
    try:
        places = {
            place: str(connection.exec_driver_sql(f"SELECT min({column}) FROM {schema}.{view}").scalar())
            for place, view, column in (("number", "people", "member_no"), ("finding", "findings", "finding_id"))
            if f"{{{place}}}" in sql
        }
        places["hidden"] = hidden if schema == BARE else _KEY.surrogate("member", hidden)
        places["nobody"] = _KEY.surrogate("member", "nobody")
        query = sql.format(schema=schema, **{place: literal(value) for place, value in places.items()})
        started = time.perf_counter()
        connection.exec_driver_sql(query).fetchall()
        return time.perf_counter() - started
    finally:
        connection.exec_driver_sql("RESET SESSION AUTHORIZATION")


def as_table(found: Mapping[str, Any]) -> Table:
    """One line for each reader and query."""
    title = f"{found['persons']:,} registered persons, counties: {found['counties']}, best of {found['rounds']}"
    table = Table("reader of", "query", "seconds", "without fence", "×", title=title)
    for row in found["queries"]:
        table.add_row(row["reader"], row["query"], f"{row['seconds']:.3f}", f"{row['bare']:.3f}", f"{row['ratio']:.2f}")
    told = found["hidden to nobody"]
    table.add_row("one county", f"× {HIDDEN} to {NOBODY}", f"{told['seconds']:.2f}", f"{told['bare']:.2f}", "")
    return table
