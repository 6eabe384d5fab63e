"""The warehouse on PostgreSQL: the same rows as the DuckDB version, one publish at a time, readers undisturbed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from builders import D, open_household, payment
from homes import AS_OF, COUNTY, copy_home, settings_of
from nights import night
from sqlalchemy import Table, make_url

from expectations.errors import NotYetError
from pipelines.night.flow import arrived_counties, counties_with_data
from pipelines.night.publishing import publish_recorded
from warehouse.evaluation.datasets import read_datasets
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.lake import Lake
from warehouse.loading import AuditFailed, load_and_publish, load_and_publish_all, open_published
from warehouse.postgres import loading
from warehouse.postgres.loading import publish_to_postgres
from warehouse.tables import TABLES
from warehouse.tables.ordinary import ORDINARY
from warehouse.tables.runs import fact_load

KEY = RecipientKey("university", "university-1", b"the key of this test")
MAY, JULY = date(2026, 5, 31), date(2026, 7, 31)


@pytest.fixture
def conninfo(database: str) -> str:
    return make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def reader(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def plain(value: Any) -> Any:
    """One form for both drivers: exact numbers stay exact, fractions are compared to nine digits, moments in UTC."""
    match value:
        case float():
            return f"{value:.9g}"
        case Decimal():
            return f"{value:.9g}" if value.as_tuple().exponent < -2 else format(value.normalize(), "f")
        case datetime():
            return value.timestamp()
        case _:
            return value


def sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(plain(v) for v in row) for row in rows), key=str)


def on_duckdb(lake: Lake, table: Table) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(lake.warehouse_link.resolve()), read_only=True) as connection:
        names = names_of(connection, table)
        return sorted_rows(connection.execute(f"SELECT {names} FROM {table.fullname}").fetchall())


def on_postgres(connection: psycopg.Connection[Any], table: Table) -> list[tuple[Any, ...]]:
    return sorted_rows(connection.execute(f"SELECT {names_of(connection, table)} FROM {table.fullname}").fetchall())


def names_of(connection: Any, table: Table) -> str:
    """The columns of a table in the order of their declaration: a revision appends what a new file has inside."""
    found = {column[0] for column in connection.execute(f"SELECT * FROM {table.fullname} LIMIT 0").description}
    assert found == {column.name for column in table.columns}
    return ", ".join(column.name for column in table.columns)


def assert_same(lake: Lake, connection: psycopg.Connection[Any]) -> None:
    """Tables as they are; views as a recipient's file has them, for who reads for that recipient."""
    for table in TABLES:
        assert on_postgres(connection, table) == on_duckdb(lake, table), table.name
    inner, outer = KEY.pads
    connection.execute(
        "INSERT INTO warehouse.recipient VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (KEY.recipient, KEY.key_id, inner, outer, KEY.seed),
    )
    connection.execute(
        "INSERT INTO warehouse.reader (role, county, kind, recipient) "
        "VALUES (current_user, '*', 'evaluator', %s) ON CONFLICT DO NOTHING",
        (KEY.recipient,),
    )
    with open_published(lake) as source:
        for dataset in read_datasets(source, KEY):
            names = ", ".join(field.name for field in dataset.fields)
            found = connection.execute(f"SELECT {names} FROM evaluation.{dataset.name}").fetchall()
            if dataset.name != "data_dictionary":  # which there speaks of tables too
                given = [tuple(row.values()) for row in dataset.table.to_pylist()]
                assert sorted_rows(found) == sorted_rows(given), dataset.name


def test_every_table_and_view_has_the_same_rows_as_a_real_night_on_duckdb(
    night_home: Path, database: str, reader: psycopg.Connection[Any], tmp_path: Path
) -> None:
    lake = Lake(copy_home(night_home, tmp_path / "home"))
    publish_to_postgres(lake, database)
    assert_same(lake, reader)
    assert len(on_postgres(reader, ORDINARY["insurance_enrolments"])) > 50
    assert len(reader.execute("SELECT household_no FROM evaluation.household_card").fetchall()) > 20


def test_nights_corrections_and_late_nights_arrive_as_on_duckdb(
    tmp_path: Path, database: str, reader: psycopg.Connection[Any]
) -> None:
    lake = Lake(tmp_path)
    steps = [
        [night(lake, MAY)],
        [night(lake, D, low_income_payments=[payment("C1", "2026-06")]), night(lake, D, county="522602")],
        [night(lake, D, tag="b", register_households=[open_household("H1", income_current=4000)])],
        [night(lake, date(2026, 4, 30))],
    ]
    for number, runs in enumerate(steps, start=1):
        load_and_publish_all(lake=lake, runs=runs)
        publication = publish_to_postgres(lake, database)
        assert publication.number == number
        assert publication.replaced == tuple(sorted(run.part for run in runs))
        assert_same(lake, reader)
    assert publish_to_postgres(lake, database) == replace(publication, replaced=())


def test_a_version_of_other_definitions_is_loaded_whole(
    tmp_path: Path, database: str, reader: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path)
    published = load_and_publish(lake=lake, run=night(lake))
    publish_to_postgres(lake, database)
    monkeypatch.setattr(loading, "definitions_digest", lambda: "1" * 64)
    assert publish_to_postgres(lake, database).replaced == (("522601", D),)
    assert_same(lake, reader)
    with duckdb.connect(str(published.path)) as connection:
        connection.execute("UPDATE warehouse.fact_load SET definitions = 'of an earlier release'")
        connection.execute("ALTER TABLE warehouse.fact_finding RENAME severity TO earlier")
    monkeypatch.setattr(loading, "definitions_digest", lambda: "2" * 64)
    with pytest.raises(NotYetError, match="another release"):
        publish_to_postgres(lake, database)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ("DELETE FROM warehouse.fact_enrolment WHERE source_row = 3", "fact_enrolment: rows is 4 on PostgreSQL, 5 in"),
        (
            "UPDATE warehouse.fact_benefit_month SET yuan_paid = yuan_paid + 1 WHERE month = '2026-05'",
            r"fact_benefit_month: the sum of yuan_paid is \d+\.00 on PostgreSQL, \d+\.00 in",
        ),
        (
            "UPDATE warehouse.fact_student SET student_no = student_no || 'x' WHERE as_of = '2026-06-30'",
            "fact_student: the fingerprint of the keys is",
        ),
    ],
)
def test_a_failed_audit_stops_the_publish_and_yesterdays_stays(
    tmp_path: Path,
    database: str,
    reader: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    spoilt: str,
    message: str,
) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, MAY))
    publish_to_postgres(lake, database)
    before = {table.name: on_postgres(reader, table) for table in TABLES}
    load_and_publish(lake=lake, run=night(lake, D))
    whole = loading._replace

    def lose(source: Any, cursor: Any, piece: Any) -> None:
        whole(source, cursor, piece)
        if f"warehouse.{piece.table.name}" in spoilt:
            cursor.execute(spoilt)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "_replace", lose)
        with pytest.raises(AuditFailed, match=message):
            publish_to_postgres(lake, database)
    assert {table.name: on_postgres(reader, table) for table in TABLES} == before
    assert reader.execute("SELECT number FROM warehouse.publication").fetchall() == [(1,)]
    publish_to_postgres(lake, database)
    assert_same(lake, reader)


READER = """
import json, sys, time
import psycopg
tags_of = '''
  SELECT DISTINCT right(run, 1) FROM warehouse.fact_load
  UNION SELECT DISTINCT right(source_delivery, 1) FROM evaluation.household_card
  UNION SELECT DISTINCT right(source_delivery, 1) FROM warehouse.fact_enrolment
  UNION SELECT DISTINCT right(delivery, 1) FROM evaluation.deliveries
'''
seen, torn, rounds, slowest = set(), 0, 0, 0.0
with psycopg.connect(sys.argv[1]) as connection:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    while True:
        with connection.transaction():
            started = time.perf_counter()
            first = connection.execute("SELECT snapshot FROM warehouse.publication").fetchall()
            tags = {tag for (tag,) in connection.execute(tags_of)}
            slowest = max(slowest, time.perf_counter() - started)
            time.sleep(0.02)
            again = {tag for (tag,) in connection.execute(tags_of)}
            last = connection.execute("SELECT snapshot FROM warehouse.publication").fetchall()
        single = {tag for (tag,) in connection.execute(tags_of)}
        connection.rollback()
        torn += len(tags) != 1 or again != tags or first != last or len(single) != 1
        seen |= tags
        rounds += 1
        if rounds == 1:
            print("reading", file=sys.stderr, flush=True)
        if "e" in single:
            break
        time.sleep(0.2)  # eight that never rest leave the publisher no core to be watched at
print(json.dumps({"seen": sorted(seen), "torn": torn, "rounds": rounds, "slowest": slowest}))
"""


@pytest.mark.slow
def test_eight_readers_never_fail_wait_or_see_a_mixture_while_versions_are_published(
    tmp_path: Path, database: str, conninfo: str
) -> None:
    lake = Lake(tmp_path / "home")
    load_and_publish(lake=lake, run=night(lake, tag="a"))
    publish_to_postgres(lake, database)
    command = [sys.executable, "-c", READER, conninfo]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    for one in readers:
        assert one.stderr is not None
        assert one.stderr.readline().strip() == "reading"
    for tag in "bcde":
        load_and_publish(lake=lake, run=night(lake, tag=tag))
        publish_to_postgres(lake, database)
    for one in readers:
        out, errors = one.communicate(timeout=120)
        assert one.returncode == 0, errors
        told = json.loads(out)
        assert told["torn"] == 0
        assert "a" in told["seen"]


def test_a_reader_in_the_middle_of_a_publish_holds_nothing_up_and_is_not_held_up(
    tmp_path: Path, database: str, conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, tag="a"))
    publish_to_postgres(lake, database)
    load_and_publish(lake=lake, run=night(lake, tag="b"))
    whole, said = loading._audit, []
    with psycopg.connect(conninfo) as early:
        early.execute("SELECT count(*) FROM warehouse.fact_enrolment")  # its transaction stays open throughout

        def look_then_audit(source: Any, cursor: Any, slices: Any) -> None:
            with psycopg.connect(conninfo, options="-clock_timeout=100ms") as other:
                for table in TABLES:  # everything is replaced, nothing committed: no lock may be waited for
                    other.execute(f"SELECT count(*) FROM {table.fullname}")
                said.append(other.execute("SELECT DISTINCT right(run, 1) FROM warehouse.fact_load").fetchall())
            whole(source, cursor, slices)

        monkeypatch.setattr(loading, "_audit", look_then_audit)
        publish_to_postgres(lake, database)
        assert said == [[("a",)]]
        assert early.execute("SELECT DISTINCT right(run, 1) FROM warehouse.fact_load").fetchall() == [("b",)]


def test_publishing_defines_nothing(tmp_path: Path, database: str, reader: psycopg.Connection[Any]) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, MAY))
    publish_to_postgres(lake, database)
    catalogue = (
        "SELECT oid, relname, relfilenode FROM pg_class WHERE relnamespace::regnamespace::text IN ({}) ORDER BY 1"
    )
    catalogue = catalogue.format("'warehouse', 'evaluation', 'office'")
    before = reader.execute(catalogue).fetchall()
    load_and_publish(lake=lake, run=night(lake, D))
    publish_to_postgres(lake, database)
    assert reader.execute(catalogue).fetchall() == before


def test_a_night_with_its_books_on_postgresql_publishes_there(
    night_home: Path, tmp_path: Path, database: str, reader: psycopg.Connection[Any]
) -> None:
    from warehouse.books.backup import backup_books, restore_books
    from warehouse.books.connection import open_books

    home = copy_home(night_home, tmp_path / "home")
    books, server_books = open_books(Lake(home)), open_books(Lake(home), database)
    backup_books(books, tmp_path / "backup")
    restore_books(tmp_path / "backup", server_books)
    settings = settings_of(home)
    settings = replace(settings, home=replace(settings.home, database_url=database))
    assert publish_recorded(settings)["published"]
    assert_same(Lake(home), reader)
    assert on_postgres(reader, fact_load)[0][1] == AS_OF
    assert (counties_with_data(settings, AS_OF), arrived_counties(settings, AS_OF)) == ([COUNTY], [])
    for engine in (books, server_books, settings.home.books):
        engine.dispose()
