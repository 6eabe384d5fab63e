"""The red team: what evaluators, departments, townships, the loader and strangers try on PostgreSQL, and do not get."""

from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from builders import D, pid
from nights import TRUANT, night
from psycopg import errors
from sqlalchemy import create_engine, make_url, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from towns import NUMBERS, OURS, PASSWORD, SECRETS, THEIRS, Town, key_of, one_event, town

from expectations.errors import ValueRefusedError
from warehouse.evaluation.views import VIEWS
from warehouse.lake import Lake
from warehouse.loading import load_and_publish
from warehouse.postgres import roles
from warehouse.postgres.loading import publish_to_postgres
from warehouse.postgres.roles import (
    Roles,
    admit_reader,
    databases_open_to_all,
    dismiss_reader,
    evaluators_without_recipient,
    grant_roles,
)
from warehouse.postgres.tables import finding_text, reader, recipient
from warehouse.tables import TABLES

__all__ = ["town"]

Denied = errors.InsufficientPrivilege
ReadOnly = errors.ReadOnlySqlTransaction

WRITING = "SET default_transaction_read_only = off; "
"""A reader may do that: what then stops it are its rights."""

REFUSED: dict[str, tuple[str, str, type[psycopg.Error] | tuple[type[psycopg.Error], ...]]] = {
    # --- base tables, and ways around their doors
    "a base table": ("eva", "SELECT head_id FROM warehouse.fact_household_snapshot", Denied),
    "a base table of persons": ("eva", "SELECT person_id FROM warehouse.dim_person", Denied),
    "a base table through a join": (
        "eva",
        "SELECT 1 FROM evaluation.findings JOIN warehouse.fact_finding USING (finding_id)",
        Denied,
    ),
    "a base table through a subquery": ("eva", "SELECT (SELECT min(person_id) FROM warehouse.dim_person)", Denied),
    "a base table through its search path": (
        "eva",
        "SET search_path = warehouse; SELECT * FROM dim_person",
        (Denied, errors.UndefinedTable),
    ),
    "a base table by TABLE": ("eva", "TABLE warehouse.fact_enrolment", Denied),
    "a base table by COPY": ("eva", "COPY warehouse.fact_enrolment TO STDOUT", Denied),
    "the statistics of a base table by EXPLAIN": (
        "eva",
        "EXPLAIN ANALYZE SELECT * FROM warehouse.fact_student",
        Denied,
    ),
    "a table turned to text": ("eva", "SELECT table_to_xml('warehouse.dim_person', true, false, '')", Denied),
    "a query turned to text": (
        "eva",
        "SELECT query_to_xml('SELECT * FROM warehouse.dim_person', true, false, '')",
        Denied,
    ),
    "a schema turned to text": ("eva", "SELECT schema_to_xml('warehouse', true, false, '')", Denied),
    "the list of readers": ("eva", "SELECT * FROM warehouse.reader", Denied),
    "the recipients' keys": ("eva", "SELECT * FROM warehouse.recipient", Denied),
    "one's own key": ("eva", "SELECT * FROM fenced.own_key", Denied),
    "the key's length and places": ("eva", "SELECT octet_length(inner_pad) FROM fenced.own_key", Denied),
    "numbers that stand in sentences": ("eva", "SELECT * FROM warehouse.finding_text", Denied),
    "the recipients' keys, as the loader": ("loader", "SELECT * FROM warehouse.recipient", Denied),
    "a key of one's own making, as the loader": ("loader", "DELETE FROM warehouse.recipient", Denied),
    "a name by regclass": ("eva", "SELECT count(*) FROM pg_get_viewdef('warehouse.dim_person'::regclass)", Denied),
    "a lock on a base table": (
        "eva",
        "BEGIN; LOCK TABLE warehouse.fact_finding IN ACCESS SHARE MODE",
        (Denied, ReadOnly),
    ),
    "a lock on a view that keeps the loader out": (
        "eva",
        "BEGIN; LOCK TABLE evaluation.findings IN ACCESS EXCLUSIVE MODE",
        (Denied, ReadOnly),
    ),
    # --- books, lake, machine
    "the ledger's answers": ("eva", "SELECT said FROM books.answers", Denied),
    "the audit log": ("eva", "SELECT * FROM books.audit", Denied),
    "a file of the server": ("eva", "SELECT pg_read_file('PG_VERSION')", Denied),
    "a folder of the server": ("eva", "SELECT pg_ls_dir('.')", Denied),
    "a file by COPY": ("eva", "COPY (SELECT 1) TO '/elsewhere/out'", (Denied, ReadOnly)),
    "a program": ("eva", "COPY (SELECT 1) TO PROGRAM 'cat'", (Denied, ReadOnly)),
    "a large object": ("eva", "SELECT lo_from_bytea(0, 'x')", (Denied, ReadOnly)),
    "a large object from a file": ("eva", "SELECT lo_import('/etc/hostname')", (Denied, ReadOnly)),
    "passwords": ("eva", "SELECT rolpassword FROM pg_authid", Denied),
    "samples of values in the statistics": ("eva", "SELECT * FROM pg_statistic", Denied),
    "another database's extension": (
        "eva",
        WRITING + "CREATE EXTENSION dblink",
        (Denied, errors.FeatureNotSupported, errors.UndefinedFile),
    ),
    "a lock that publishers take": ("eva", "SELECT pg_advisory_lock(1819834216)", Denied),
    # --- becoming somebody else
    "becoming the owner": ("eva", "SET ROLE {prefix}_owner", Denied),
    "becoming the views' owner": ("eva", "SET ROLE {prefix}_views", Denied),
    "becoming the loader": ("eva", "SET ROLE {prefix}_loader", Denied),
    "becoming another evaluator": ("eva", "SET SESSION AUTHORIZATION {prefix}_login_evb", Denied),
    "joining another group": (
        "eva",
        WRITING + "GRANT {prefix}_loader TO {prefix}_login_eva",
        Denied,
    ),
    "turning row security off": ("eva", "SET row_security = off; SELECT * FROM evaluation.household_card", Denied),
    "taking rows by an own policy": (
        "eva",
        WRITING + "CREATE POLICY p ON warehouse.fact_finding USING (true)",
        (Denied, errors.UndefinedTable),
    ),
    "admitting oneself": (
        "eva",
        WRITING + "INSERT INTO warehouse.reader VALUES ('{prefix}_login_eva', '*', 'evaluator')",
        Denied,
    ),
    # --- changing and leaving things behind
    "changing a figure through a view": (
        "eva",
        WRITING + "UPDATE evaluation.findings SET state = '已办结'",
        (Denied, errors.ObjectNotInPrerequisiteState),
    ),
    "changing anything at all": (
        "eva",
        "DELETE FROM evaluation.findings",
        (Denied, ReadOnly, errors.ObjectNotInPrerequisiteState),
    ),
    "a table of one's own": (
        "eva",
        WRITING + "CREATE TABLE evaluation.mine (a int)",
        Denied,
    ),
    "a table in public": ("eva", WRITING + "CREATE TABLE public.mine (a int)", Denied),
    "a temporary table": ("eva", WRITING + "CREATE TEMP TABLE mine (a int)", Denied),
    "a function that looks at rows before the barrier": (
        "eva",
        WRITING + "CREATE FUNCTION evaluation.leak(text) RETURNS bool LANGUAGE sql COST 0.0001 AS 'SELECT true'",
        Denied,
    ),
    "a view of one's own over the tables": (
        "eva",
        WRITING + "CREATE VIEW evaluation.mine AS SELECT * FROM warehouse.dim_person",
        Denied,
    ),
    "more room on the server's disk": ("eva", "SET temp_file_limit = -1", Denied),
    # --- departments and townships
    "the evaluators' views, as a department": ("civil", "SELECT * FROM evaluation.household_card", Denied),
    "the histories, as a department": ("civil", "SELECT * FROM evaluation.person_history", Denied),
    "the tables, as a department": ("civil", "SELECT * FROM warehouse.fact_finding", Denied),
    "changing one's own finding, as a department": (
        "civil",
        WRITING + "UPDATE office.findings SET state = '已办结'",
        (Denied, errors.ObjectNotInPrerequisiteState),
    ),
    "the departments' findings, as an evaluator": ("eva", "SELECT * FROM office.findings", Denied),
    "the tables, as a township": ("town", "SELECT * FROM warehouse.dim_household", Denied),
    # --- the loader and a stranger
    "admitting a reader, as the loader": (
        "loader",
        "INSERT INTO warehouse.reader VALUES ('{prefix}_login_loader', '*', 'evaluator')",
        Denied,
    ),
    "changing the audit log, as the loader": ("loader", "UPDATE books.audit SET who = 'nobody'", Denied),
    "shortening the audit log, as the loader": ("loader", "DELETE FROM books.audit", Denied),
    "emptying the audit log, as the loader": ("loader", "TRUNCATE books.audit", Denied),
    "removing a table, as the loader": ("loader", "DROP TABLE warehouse.fact_finding", Denied),
    "changing a table, as the loader": (
        "loader",
        "ALTER TABLE warehouse.fact_finding DISABLE ROW LEVEL SECURITY",
        Denied,
    ),
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_red_team_is_refused(town: Town, attempt: str) -> None:
    who, query, expected = REFUSED[attempt]
    with pytest.raises(psycopg.Error) as refusal:
        town.ask(who, query.format(prefix=town.roles.prefix))
    assert isinstance(refusal.value, expected), f"{type(refusal.value).__name__}: {refusal.value}"


def test_a_stranger_cannot_even_connect(town: Town) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        town.ask("stranger", "SELECT 1")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_view_shows_an_evaluator_a_secret_or_another_county(town: Town, view: Any) -> None:
    rows = town.ask("eva", f"SELECT v::text FROM evaluation.{view.name} v")
    shown = "\n".join(row[0] for row in rows)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert rows
    if any(column.name == "county" for column in view.columns):
        assert {row[0] for row in town.ask("eva", f"SELECT DISTINCT county FROM evaluation.{view.name}")} == {OURS}
        assert {row[0] for row in town.ask("evb", f"SELECT DISTINCT county FROM evaluation.{view.name}")} == {THEIRS}


def test_the_secrets_are_there_for_whoever_may_read_tables(town: Town) -> None:
    tables = ("fact_household_snapshot", "fact_certificate_snapshot", "dim_person", "fact_enrolment", "fact_finding")
    shown = "".join(
        row[0] for table in tables for row in town.ask("loader", f"SELECT t::text FROM warehouse.{table} t")
    )
    assert [secret for secret in SECRETS if secret not in shown] == ["13800001111"]  # phones are not even taken in


NOTHING = {
    "another county by name": ("eva", f"SELECT * FROM evaluation.household_card WHERE county = '{THEIRS}'"),
    "another county by a condition that is always true": (
        "eva",
        f"SELECT * FROM evaluation.findings WHERE county <> '{OURS}' OR (county IS NULL AND 1 = 1)",
    ),
    "a whole identity number": ("eva", f"SELECT * FROM evaluation.person_history WHERE person_id = '{pid(1)}'"),
    "an identity number bit by bit": (
        "eva",
        f"SELECT * FROM evaluation.household_card WHERE substr(head_id, 7, 8) = '{pid(1)[6:14]}'",
    ),
    "a cast whose error tells the value": (
        "eva",
        f"SELECT * FROM evaluation.household_card WHERE head_id ~ '^[0-9]+$' AND head_id::numeric = {pid(1)}",
    ),
    "a phone": (
        "eva",
        "SELECT 1 FROM information_schema.columns WHERE column_name LIKE '%phone%' AND table_schema <> 'pg_catalog'",
    ),
    "common values in the statistics": (
        "eva",
        "SELECT * FROM pg_stats WHERE schemaname IN ('warehouse', 'books')",
    ),
    "others' queries": (
        "eva",
        "SELECT query FROM pg_stat_activity WHERE usename <> current_user AND query <> '<insufficient privilege>' "
        "AND query <> ''",
    ),
    "everything, after becoming one's own group": (
        "eva",
        "SET ROLE {prefix}_evaluator; SELECT * FROM evaluation.household_card",
    ),
    "another department's findings": ("civil", "SELECT * FROM office.findings WHERE owner <> 'civil_affairs'"),
    "another county's findings": ("civil", f"SELECT * FROM office.findings WHERE county <> '{OURS}'"),
    "another department's findings by their township": ("civil", "SELECT * FROM office.findings WHERE name = '赵住建'"),
    "another township's findings": ("town", "SELECT * FROM office.findings WHERE name <> '赵住建'"),
}


@pytest.mark.parametrize("attempt", NOTHING)
def test_the_red_team_finds_nothing(town: Town, attempt: str) -> None:
    who, query = NOTHING[attempt]
    assert town.ask(who, query.format(prefix=town.roles.prefix)) == []


def test_a_department_and_a_township_see_their_own_as_their_workbooks_show_them(town: Town) -> None:
    owners = town.ask("civil", "SELECT DISTINCT owner, county FROM office.findings")
    assert owners == [("civil_affairs", OURS)]
    # names in clear, and of a number what their workbooks show
    shown = town.ask("civil", "SELECT name, person_id, subject_key FROM office.findings WHERE rule = 'CV03'")
    assert shown == [("张小二", f"{TRUANT[:3]}***********{TRUANT[-4:]}", f"{TRUANT[:3]}***********{TRUANT[-4:]}")]
    every = town.ask("civil", "SELECT f::text FROM office.findings f")
    assert [number for number in NUMBERS if any(number in row for (row,) in every)] == []
    assert town.ask("town", "SELECT name, owner FROM office.findings") == [("赵住建", "housing")]


def test_an_error_tells_no_more_than_the_masked_value(town: Town) -> None:
    with pytest.raises(psycopg.Error) as failure:
        town.ask("eva", "SELECT head_id::bigint FROM evaluation.household_card")
    assert [secret for secret in SECRETS if secret in str(failure.value)] == []
    assert "***" in str(failure.value)


def test_readers_begin_with_limits_that_end_a_long_statement(town: Town) -> None:
    for who in ("eva", "civil", "town"):
        assert town.ask(who, "SHOW statement_timeout") == [("1min",)]
        assert town.ask(who, "SHOW default_transaction_read_only") == [("on",)]
    with town.as_("eva") as connection:
        connection.execute("SET statement_timeout = '50ms'")
        with pytest.raises(errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")


def test_what_a_reader_set_for_himself_is_gone_after_the_next_grant(town: Town) -> None:
    own = "ALTER ROLE {login} SET statement_timeout = 0; ALTER ROLE {login} SET search_path = warehouse"
    town.ask("evb", WRITING + own.format(login=town.login("evb")))
    assert town.ask("evb", "SHOW statement_timeout") == [("0",)]
    with pytest.raises((Denied, errors.UndefinedTable)):  # it has no more rights for it
        town.ask("evb", "SELECT * FROM dim_person")
    admin = create_engine(town.url, poolclass=NullPool)
    with admin.begin() as connection:
        grant_roles(connection, town.roles)
        assert "postgres" in databases_open_to_all(connection)
    assert town.ask("evb", "SHOW statement_timeout") == [("1min",)]
    assert town.ask("evb", "SHOW search_path") == [("evaluation",)]


def test_a_grant_does_not_wait_for_a_reader_for_long(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_PATIENCE", "100ms")
    admin = create_engine(town.url, poolclass=NullPool)
    with town.as_("eva") as reading, reading.transaction():
        reading.execute("SELECT count(*) FROM household_card")
        with pytest.raises(OperationalError, match="lock timeout"), admin.begin() as connection:
            grant_roles(connection, town.roles)


def test_a_dismissed_reader_reads_nothing(town: Town) -> None:
    admin = create_engine(town.url, poolclass=NullPool)
    with admin.begin() as connection:
        admit_reader(connection, town.roles, town.login("stranger"), "evaluator", ["*"], key=key_of("stranger"))
    assert len(town.ask("stranger", "SELECT DISTINCT county FROM household_card")) == 2
    with admin.begin() as connection:
        dismiss_reader(connection, town.roles, town.login("stranger"))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        town.ask("stranger", "SELECT 1")


def test_the_loader_loads_the_next_night_and_readers_see_it(town: Town) -> None:
    lake = Lake(town.home)
    run = night(lake, date(2026, 7, 31))
    load_and_publish(lake=lake, run=replace(run, **one_event(OURS)))
    target = make_url(town.url).set(username=town.login("loader"), password=PASSWORD)
    publication = publish_to_postgres(lake, target.render_as_string(hide_password=False))
    assert publication.replaced == ((OURS, date(2026, 7, 31)),)
    days = town.ask("eva", "SELECT DISTINCT as_of FROM evaluation.household_card ORDER BY 1")
    assert days == [(D,), (date(2026, 7, 31),)]


def test_every_table_with_a_county_has_row_security(town: Town) -> None:
    secured = town.ask(
        "loader",
        "SELECT relname FROM pg_class WHERE relnamespace = 'warehouse'::regnamespace AND relrowsecurity ORDER BY 1",
    )
    there = (*TABLES, finding_text)
    assert [row[0] for row in secured] == sorted(table.name for table in there if "county" in table.c)


def test_an_evaluator_of_an_earlier_release_reads_nothing_until_a_recipient_is_named(town: Town) -> None:
    admin = create_engine(town.url, poolclass=NullPool)
    with admin.begin() as connection:
        admit_reader(connection, town.roles, town.login("stranger"), "evaluator", ["*"], key=key_of("stranger"))
        connection.execute(update(reader).where(reader.c.role == town.login("stranger")).values(recipient=None))
        assert evaluators_without_recipient(connection) == [town.login("stranger")]
    for view in ("household_card", "people", "findings", "areas", "deliveries", "quality", "ledger"):
        assert town.ask("stranger", f"SELECT * FROM evaluation.{view}") == []
    with admin.begin() as connection:
        dismiss_reader(connection, town.roles, town.login("stranger"))
        keys = connection.scalars(select(recipient.c.recipient).order_by(recipient.c.recipient)).all()
    assert keys == ["institute", "university"]  # and the key goes with its last login


def test_a_prefix_is_no_way_into_the_statements() -> None:
    with pytest.raises(ValueRefusedError, match="no prefix of role names"):
        Roles("x; DROP TABLE y")


def test_there_are_enough_attempts() -> None:
    assert len(REFUSED) + len(NOTHING) >= 30
