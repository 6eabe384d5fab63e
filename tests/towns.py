"""A loaded PostgreSQL database with logins of every kind, for those who try what they may not."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from builders import D, pid
from databases import new_database
from nights import CHILD, FEED_ROWS, FINDINGS, TRUANT, finding, night
from office_rows import row_of
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from warehouse.books.audit import append_audit
from warehouse.books.connection import open_books
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.lake import Lake
from warehouse.loading import load_and_publish_all
from warehouse.postgres.loading import publish_to_postgres
from warehouse.postgres.roles import Roles, admit_loader, admit_reader, grant_roles

PASSWORD = uuid.uuid4().hex
OURS, THEIRS = "522601", "522602"
EVALUATORS = {"eva": ("university", OURS), "evz": ("university", THEIRS), "evb": ("institute", THEIRS)}
"""Logins of evaluators: of which recipient, and of which county they read."""
NUMBERS = (pid(1), pid(2), pid(9), CHILD, TRUANT)
SECRETS = (*NUMBERS, "13800001111", "李帮扶", "张小二")
"""Identity numbers, a phone and names that lie in the tables (or, the phone, in the staged rows)."""

_PLAN: Final = {"year": D.year, "target": "脱贫户数", "planned": 4}


def key_of(recipient: str) -> RecipientKey:
    """A key of this test alone."""
    return RecipientKey(recipient, f"{recipient}-1", f"the key of {recipient}".encode())


@dataclass(frozen=True)
class Town:
    """A loaded database with logins of every kind."""

    url: str
    roles: Roles
    home: Path

    def login(self, who: str) -> str:
        return f"{self.roles.prefix}_login_{who}"

    @contextmanager
    def as_(self, who: str) -> Iterator[psycopg.Connection[Any]]:
        target = make_url(self.url).set(drivername="postgresql", username=self.login(who), password=PASSWORD)
        with psycopg.connect(target.render_as_string(hide_password=False), autocommit=True) as connection:
            yield connection

    def ask(self, who: str, query: str) -> list[tuple[Any, ...]]:
        """The rows of the last of some statements, one after the other."""
        with self.as_(who) as connection:
            for statement in query.split("; "):
                done = connection.execute(statement)
            return done.fetchall() if done.description else []


@pytest.fixture(scope="module")
def town(server: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("home")
    lake = Lake(home)
    others = (*FINDINGS, finding(5, rule="CV07", owner="housing", name="赵住建", township_code=f"{OURS}102"))
    theirs = [_elsewhere(row) for row in FINDINGS]
    planned = {county: [row_of("work_plans", area_code=county, **_PLAN)] for county in (OURS, THEIRS)}
    runs = [
        night(lake, findings=others, work_plans=planned[OURS]),
        night(lake, county=THEIRS, findings=theirs, **_strangers(), work_plans=planned[THEIRS]),
    ]
    load_and_publish_all(lake=lake, runs=[replace(run, **one_event(run.county)) for run in runs])
    roles = Roles(f"red_{uuid.uuid4().hex[:8]}")
    with new_database(server("postgres")) as url:
        books = open_books(lake, url)
        append_audit(
            books, at=datetime(2026, 7, 1, tzinfo=UTC), who="x", what="x", purpose="x", asked={}, rows=1, sha256="x"
        )
        publish_to_postgres(lake, url)
        admin = create_engine(url, poolclass=NullPool)
        found = Town(url, roles, home)
        logins = [found.login(who) for who in (*EVALUATORS, "civil", "town", "loader", "stranger")]
        with admin.begin() as connection:
            grant_roles(connection, roles)
            for login in logins:
                connection.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'"))
            for login, (name, county) in zip(logins, EVALUATORS.values(), strict=False):
                admit_reader(connection, roles, login, "evaluator", [county], key=key_of(name))
            civil, town_login, loader, _stranger = logins[len(EVALUATORS) :]
            admit_reader(connection, roles, civil, "department", [OURS], department="civil_affairs")
            admit_reader(connection, roles, town_login, "township", [OURS], township_code=f"{OURS}102")
            admit_loader(connection, roles, loader)
        try:
            yield found
        finally:
            books.dispose()
            with admin.begin() as connection:
                for role in (*logins, *roles.all):
                    connection.execute(text(f"DROP OWNED BY {role} CASCADE"))
                for role in (*logins, *roles.all):
                    connection.execute(text(f"DROP ROLE {role}"))


def one_event(county: str) -> dict[str, Any]:
    """A ledger of one event, whose author and words evaluators must not see."""
    event = dict.fromkeys(("run", "from_state", "delivery", "evidence_digest"))
    event |= {"county": county, "seq": 1, "finding_id": "f" * 24, "on": D, "who": "李帮扶", "to_state": "待核实"}
    event |= {"why": "张小二", "digest": "d" * 64}
    return {"ledger_head": "d" * 64, "finding_events": lambda seq: [event]}


def _elsewhere(row: dict[str, Any]) -> dict[str, Any]:
    """A row as another county would have it: every number and name another one."""
    keys = ("household_no", "member_no", "certificate_no", "case_no", "student_no", "subject_key", "subject_key_masked")
    names = ("head_name", "name", "helper_name", "school")
    return (
        row
        | {key: f"Z{row[key]}" for key in keys if row.get(key)}
        | {name: f"申{row[name]}" for name in names if row.get(name)}
    )


def _strangers() -> dict[str, list[dict[str, Any]]]:
    """The nine books of the other county, whose people bear other numbers."""
    return {feed: [_elsewhere(row) for row in rows] for feed, rows in FEED_ROWS.items()}
