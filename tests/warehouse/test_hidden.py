"""Whether somebody is among the rows that a reader may not see: no plan, counter, guess or error answers that.

The oracle asks each view that a role may read, by each of its columns, for a value that only hidden rows have, and for
one that nobody has; what comes back must be the same to the letter.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import comb
from statistics import median
from time import perf_counter
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from towns import Town, key_of, town

from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.views import EVALUATION, VIEWS
from warehouse.postgres.tables import FENCED
from warehouse.postgres.views import OFFICE, VIEW_SCHEMAS

__all__ = ["town"]

READERS = {"eva": "evz", "evz": "eva", "civil": "town", "town": "civil"}
"""Each reader, and another whose rows are hidden from it; evaluators of one recipient, so that numbers are alike."""

NOBODY: dict[str, Any] = {"text": "nobody", "varchar": "nobody", "int4": 987654, "int8": 987654, "numeric": 987654}
NOBODY |= {"date": "1911-01-01", "timestamptz": "1911-01-01"}

EQUAL = "{column} = {value}"
OTHERS = (
    "{column} IN ({value})",
    "{column}::text LIKE {value}::text",
    "1 / (CASE WHEN {column} = {value} THEN 0 ELSE 1 END) = 1",
)
FORCED = (
    "",
    "SET LOCAL enable_seqscan = off",
    "SET LOCAL enable_hashagg = off; SET LOCAL plan_cache_mode = force_generic_plan",
)

COUNTERS = """SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables
WHERE schemaname = 'warehouse' ORDER BY relname"""


@pytest.fixture(scope="module")
def superuser(town: Town) -> Iterator[psycopg.Connection[Any]]:
    """Who may see counters, and act as anybody. Statistics are there, so that the planner could guess by them."""
    target = make_url(town.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("ANALYZE")
        # a planner that is forced to what it would not choose takes every query for a long one
        connection.execute("SET jit = off")
        yield connection


@contextmanager
def acting_as(connection: psycopg.Connection[Any], login: str) -> Iterator[None]:
    connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
    try:
        yield
    finally:
        connection.execute("RESET SESSION AUTHORIZATION")


def views_of(who: str) -> list[str]:
    return [f"{OFFICE}.findings"] if who in ("civil", "town") else [f"{EVALUATION}.{view.name}" for view in VIEWS]


def values(connection: psycopg.Connection[Any], login: str, view: str) -> dict[str, tuple[str, set[Any]]]:
    """By column its type and the values that a login sees."""
    with acting_as(connection, login):
        cursor = connection.execute(f"SELECT * FROM {view}")
        rows = cursor.fetchall()
        kinds = [connection.adapters.types[c.type_code].name for c in cursor.description or ()]
        names = [c.name for c in cursor.description or ()]
    return {n: (kinds[i], {row[i] for row in rows} - {None}) for i, n in enumerate(names)}


def told(
    connection: psycopg.Connection[Any],
    login: str,
    view: str,
    column: str,
    value: Any,
    condition: str,
    forced: str = "",
) -> Any:
    """All that a reader learns from asking, the value itself aside: plans, guesses, counters, rows, errors."""
    literal = sql.Literal(value).as_string(connection)
    query = f"SELECT count(*) FROM {view} v WHERE {condition.format(column=f'v.{column}', value=literal)}"
    prefix = "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) " if condition == EQUAL else ""
    with connection.transaction(force_rollback=True):
        before = connection.execute(COUNTERS).fetchall()
        try:
            with connection.transaction():
                for setting in filter(None, forced.split("; ")):
                    connection.execute(setting)
                connection.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
                found = "\n".join(str(row[0]) for row in connection.execute(prefix + query).fetchall())
                connection.execute("RESET SESSION AUTHORIZATION")
        except psycopg.Error as error:
            found = f"{type(error).__name__}: {error}"
        counted = [
            (name, *(a - b for a, b in zip(after, earlier, strict=True)))
            for (name, *after), (_, *earlier) in zip(connection.execute(COUNTERS).fetchall(), before, strict=True)
        ]
    bare = re.escape(literal.strip("'"))
    named = re.compile(rf"'{bare}'|(?<== ){bare}(?!\w)")
    lines = [named.sub("?", line) if "Filter: " in line else line for line in found.split("\n")]
    return [f"{number}: {line}" for number, line in enumerate((*lines, *counted))]


DECLARED: Final = {word for one in INDICATORS for word in (one.name, one.unit, one.of)}
"""What the declarations of indicators say, of no row: whoever asks for one waits for that one alone."""


@pytest.mark.parametrize("who", READERS)
def test_a_hidden_value_and_one_that_nobody_has_are_told_alike(
    town: Town, superuser: psycopg.Connection[Any], who: str
) -> None:
    asked = 0
    for view in views_of(who):
        mine = values(superuser, town.login(who), view)
        theirs = values(superuser, town.login(READERS[who]), view)
        for column, (kind, seen) in mine.items():
            hidden = sorted(theirs[column][1] - seen - DECLARED) if kind in NOBODY else []
            for condition in (EQUAL, OTHERS[asked // 2 % len(OTHERS)]) if hidden else ():
                forced = FORCED[asked % len(FORCED)]
                one, other = (
                    told(superuser, town.login(who), view, column, value, condition, forced)
                    for value in (hidden[0], NOBODY[kind])
                )
                assert set(one) ^ set(other) == set(), (view, column, condition)
                asked += 1
    assert asked > 4


def test_a_seen_value_is_told_otherwise(town: Town, superuser: psycopg.Connection[Any]) -> None:
    """The oracle can tell rows apart where there is something to tell."""
    given = key_of("university").surrogate("member", "M1")
    seen, nobody = (
        told(superuser, town.login("eva"), "evaluation.people", "member_no", value, EQUAL)
        for value in (given, "nobody")
    )
    assert seen != nobody


def test_every_view_of_the_catalog_is_a_barrier_behind_a_fence(town: Town, superuser: psycopg.Connection[Any]) -> None:
    asked = """SELECT n.nspname, c.relname, coalesce(c.reloptions, '{}'), pg_get_viewdef(c.oid), r.rolname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
        WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^(pg_|information_schema)'"""
    found = superuser.execute(asked).fetchall()
    assert {schema for schema, *_ in found} == set(VIEW_SCHEMAS)
    for schema, name, options, query, owner in found:
        assert "security_barrier=true" in options, name
        assert owner == town.roles.views, name
        ends = query.rstrip("; \n").endswith("OFFSET 0")
        of_views = set(re.findall(r"\b(?:FROM|JOIN) \(*(\w+)\.\w+(?=\s)", query)) == {"evaluation"}
        fenced = f"FROM {FENCED}." in query or "FROM warehouse.dim_column" in query or of_views
        assert ends if schema == FENCED else ends or fenced, name


RIGHTS = """SELECT c.oid::regclass::text, g.privilege FROM pg_class c
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS g (privilege)
WHERE c.relnamespace::regnamespace::text IN ('warehouse', 'books', 'fenced') AND c.relkind IN ('r', 'v', 'm', 'p')
AND has_table_privilege(%(login)s, c.oid, g.privilege)
UNION ALL SELECT nspname, 'CREATE' FROM pg_namespace WHERE has_schema_privilege(%(login)s, oid, 'CREATE')
UNION ALL SELECT 'the database', g.privilege FROM unnest(ARRAY['CREATE', 'TEMP']) AS g (privilege)
WHERE has_database_privilege(%(login)s, current_database(), g.privilege)"""


@pytest.mark.parametrize("who", READERS)
def test_readers_may_touch_nothing_but_their_views_and_make_nothing(
    town: Town, superuser: psycopg.Connection[Any], who: str
) -> None:
    assert superuser.execute(RIGHTS, {"login": town.login(who)}).fetchall() == []
    assert superuser.execute(RIGHTS, {"login": town.login("loader")}).fetchall() != []


COUNTED = (
    "SELECT * FROM pg_stat_xact_all_tables",
    "SELECT * FROM pg_stat_all_tables",
    "SELECT * FROM pg_statio_all_tables",
    "SELECT pg_relation_size(oid) FROM pg_class WHERE relname = 'dim_person'",
    "SELECT pg_stat_get_live_tuples(oid) FROM pg_class WHERE relname = 'dim_person'",
)


@pytest.mark.parametrize("query", COUNTED)
@pytest.mark.parametrize("who", ["eva", "civil"])
def test_counters_and_sizes_of_tables_are_closed_to_readers(town: Town, who: str, query: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.ask(who, query)


@pytest.mark.parametrize("who", ["eva", "civil"])
def test_the_statistics_of_columns_show_a_reader_nothing_of_ours(town: Town, who: str) -> None:
    ours = "('warehouse', 'fenced', 'books', 'evaluation', 'office')"
    assert town.ask(who, f"SELECT * FROM pg_stats WHERE schemaname IN {ours}") == []
    assert town.ask(who, f"SELECT * FROM pg_stats_ext WHERE schemaname IN {ours}") == []


PAIRS = 160
"""Pairs of questions whose times are compared; each is asked once in either order."""
SHARE = 0.2
"""Of the time of a question: what a difference must be, beside being no chance, to be told."""


def told_by_time(asked: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """How likely the times of two questions differ by chance (sign test over pairs), and by what share of the time.

    Asked by turns, the first and the second first, so that what slows the machine down slows both.
    """
    took: list[tuple[float, float]] = []
    for pair in range(PAIRS):
        seconds = [0.0, 0.0]
        for place in (0, 1) if pair % 2 else (1, 0):
            started = perf_counter()
            asked[place]()
            seconds[place] = perf_counter() - started
        took.append((seconds[0], seconds[1]))
    longer = sum(one > other for one, other in took)
    extreme = max(longer, PAIRS - longer)
    chance = min(1.0, 2 * sum(comb(PAIRS, k) for k in range(extreme, PAIRS + 1)) / 2**PAIRS)
    difference = median(one - other for one, other in took)
    return chance, abs(difference) / median(other for _, other in took)


@pytest.mark.parametrize(
    ("who", "view", "column"),
    [
        ("eva", "evaluation.people", "member_no"),
        ("eva", "evaluation.household_card", "head_name"),
        ("eva", "evaluation.findings", "subject_key"),
        ("civil", "office.findings", "name"),
    ],
)
def test_time_does_not_tell_a_hidden_person_from_nobody(
    town: Town, superuser: psycopg.Connection[Any], who: str, view: str, column: str
) -> None:
    mine, theirs = (values(superuser, town.login(login), view)[column][1] for login in (who, READERS[who]))
    hidden = min(theirs - mine)
    query = sql.SQL("SELECT count(*) FROM {} WHERE {} = {{}}").format(sql.SQL(view), sql.Identifier(column))
    with town.as_(who) as reader:

        def asking(value: str, *, slower: bool = False) -> Callable[[], object]:
            text = query.as_string(reader).format(sql.Literal(value).as_string(reader))
            text += " OR pg_sleep(0.001) IS NULL" if slower else ""
            return lambda: reader.execute(text.encode()).fetchall()

        chance, share = told_by_time([asking(hidden), asking("nobody")])
        assert chance > 1e-9 or share < SHARE, (chance, share)
        if who == "civil":  # and the judge tells what there is to tell: a millisecond a row
            chance, share = told_by_time([asking(hidden, slower=True), asking("nobody")])
            assert chance < 1e-9
            assert share > SHARE
