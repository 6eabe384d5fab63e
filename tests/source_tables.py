"""A department's own database with one table of low_income_members, on PostgreSQL or MariaDB."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

COLUMNS = {
    "低保证号": "cert",
    "姓名": "name",
    "证件号码": "person",
    "与户主关系": "relation",
    "是否保障对象": "covered",
}
"""Headings of the feed, and what the department calls its columns."""


@dataclass(frozen=True)
class Source:
    """One table ``name`` of low_income_members in a department's database."""

    url: str
    engine: Engine
    name: str
    is_postgres: bool

    def run(self, statement: str, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        """Change the department's data; ``{t}`` is the table."""
        with self.engine.begin() as connection:
            connection.execute(text(statement.format(t=self.name)), list(rows) or None)

    def insert(self, first: int, count: int, changed: str = "2026-06-01 00:00:00") -> None:
        """Members ``first`` … of one certificate each."""
        self.run(
            "INSERT INTO {t} (id, cert, name, person, relation, covered, changed) VALUES"
            " (:id, :cert, :name, NULL, '配偶', 1, :changed)",
            [{"id": n, "cert": f"C{n:06d}", "name": f"张{n}", "changed": changed} for n in range(first, first + count)],
        )

    def fill(self, count: int, name: str = "张三") -> None:
        """Many members, made by the server; with a long name fewer of them are more than the sockets hold."""
        numbers = f"generate_series(1, {count}) AS s(n)" if self.is_postgres else f"seq_1_to_{count} AS s"
        n, text_type = ("n", "text") if self.is_postgres else ("seq", "char")
        self.run(
            "INSERT INTO {t} (id, cert, name, person, relation, covered, changed) "
            f"SELECT {n}, concat('C', cast({n} AS {text_type})), '{name}', NULL, '配偶', 1, '2026-06-01 00:00:00'"
            f" FROM {numbers}"
        )

    def kill_pulls(self) -> int:
        """Kill the connections that are pulling from the table, as a server that restarts does."""
        with self.engine.begin() as connection:
            if self.is_postgres:
                held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = to_regclass(:t)"
                found = connection.execute(text(f"{held} AND pid <> pg_backend_pid()"), {"t": self.name})
                return len(found.all())
            ids = connection.execute(
                text("SELECT id FROM information_schema.processlist WHERE info LIKE :q AND id <> connection_id()"),
                {"q": f"%{self.name}%"},
            ).all()
            for (number,) in ids:
                connection.execute(text(f"KILL {number}"))
            return len(ids)


@contextmanager
def new_source(url: str) -> Iterator[Source]:
    """An empty table of its own on the server, removed afterwards."""
    engine = create_engine(url, poolclass=NullPool)
    made = Source(url, engine, f"members_{uuid.uuid4().hex[:12]}", engine.dialect.name == "postgresql")
    made.run(
        "CREATE TABLE {t} (id integer PRIMARY KEY, cert varchar(40), name varchar(40), person varchar(40),"
        " relation varchar(20), covered integer, changed timestamp NULL)"
        + ("" if made.is_postgres else " CHARACTER SET utf8mb4")
    )
    try:
        yield made
    finally:
        made.run("DROP TABLE {t}")
        engine.dispose()
