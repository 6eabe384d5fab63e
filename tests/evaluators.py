"""What evaluators are given of one night: two recipients' files, and PostgreSQL with a login of each."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from databases import new_database
from homes import COUNTY
from psycopg.rows import dict_row
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from warehouse.evaluation.datasets import Dataset, Field, read_datasets
from warehouse.evaluation.giving import codes_of
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.evaluation.sampling.frame import Query
from warehouse.evaluation.views import VIEWS
from warehouse.lake import Lake
from warehouse.loading import open_published
from warehouse.postgres.loading import publish_to_postgres
from warehouse.postgres.roles import Roles, admit_reader, grant_roles

KEYS = [RecipientKey(name, f"{name}-1", f"the key of {name}".encode()) for name in ("university", "institute")]
"""Of two recipients; keys of these tests alone."""


@dataclass(frozen=True)
class Evaluators:
    """PostgreSQL as the logins of two recipients see it."""

    url: str
    password: str
    prefix: str

    @contextmanager
    def asking(self, recipient: str | None) -> Iterator[Query]:
        """Queries as the login of a recipient; of None as the superuser."""
        target = make_url(self.url).set(drivername="postgresql")
        if recipient is not None:
            target = target.set(username=f"{self.prefix}_{recipient}", password=self.password)
        with psycopg.connect(
            target.render_as_string(hide_password=False), autocommit=True, row_factory=dict_row
        ) as reader:

            def query(sql: str) -> list[dict[str, Any]]:
                return reader.execute(sql.encode()).fetchall()

            yield query


@contextmanager
def evaluators_of(home: Path, server_url: str) -> Iterator[Evaluators]:
    """A home's warehouse on PostgreSQL, and a login of each recipient of KEYS."""
    roles, secret = Roles(f"doc_{uuid.uuid4().hex[:8]}"), uuid.uuid4().hex
    logins = {f"{roles.prefix}_{key.recipient}": key for key in KEYS}
    with new_database(server_url) as url:
        publish_to_postgres(Lake(home), url)
        admin = create_engine(url, poolclass=NullPool)
        with admin.begin() as connection:
            grant_roles(connection, roles)
            for login, key in logins.items():
                connection.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD '{secret}'"))
                admit_reader(connection, roles, login, "evaluator", [COUNTY], key=key)
        try:
            yield Evaluators(url, secret, roles.prefix)
        finally:
            with admin.begin() as connection:
                for role in (*logins, *roles.all):
                    connection.execute(text(f"DROP OWNED BY {role} CASCADE"))
                for role in (*logins, *roles.all):
                    connection.execute(text(f"DROP ROLE {role}"))


def files_of(home: Path) -> list[dict[str, Dataset]]:
    with open_published(Lake(home)) as connection:
        return [{dataset.name: dataset for dataset in read_datasets(connection, key)} for key in KEYS]


def behind_the_login(evaluators: Evaluators, recipient: str) -> dict[str, Dataset]:
    """Every view as a login reads it, texts as texts and all else as it comes."""
    found = {}
    with evaluators.asking(recipient) as query:
        for view in VIEWS:
            named = f"table_schema = 'evaluation' AND table_name = '{view.name}'"
            columns = query(f"SELECT column_name, data_type FROM information_schema.columns WHERE {named}")
            texts = {c["column_name"] for c in columns if c["data_type"] in ("text", "character varying")}
            rows = query(f"SELECT * FROM evaluation.{view.name}")
            arrays = {
                c["column_name"]: pa.array(
                    [row[c["column_name"]] for row in rows], pa.string() if c["column_name"] in texts else None
                )
                for c in columns
            }
            fields = tuple(Field(c.name, c.comment, codes_of(c)) for c in view.columns)
            found[view.name] = Dataset(view.name, view.comment, fields, pa.table(arrays))
    return found
