"""Every kind of cell and every type of a database's column, over every feed, pulled from a real server of each kind."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from bench import Bench
from feed_tables import COUNTY, file_name
from kinds import texts
from kinds.asking import Asked, ask
from kinds.typed import ask_typed, most_types, on_mariadb, on_postgres
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from expectations.feed import Feed
from expectations.feeds import FEEDS
from pipelines.pulling.config import FeedSource, PullConfig
from pipelines.pulling.marks import Mark
from pipelines.pulling.merging import write_pulled
from pipelines.pulling.source import Rows, open_source, snapshot
from pipelines.reading.origins import Origin
from warehouse.books.connection import open_books
from warehouse.lake import Lake

pytestmark = pytest.mark.services

VARIABLE = "LIANGXIAN_TEST_SOURCE_URL"
D = date(2026, 6, 30)
PLACE = "序号"
"""A heading that no feed has: pulled rows are put in its order, so that their numbers are those of the table asked."""


class Department:
    """A server with a table of any columns; what is pulled of it is staged."""

    def __init__(self, url: str, home: Path) -> None:
        self.is_postgres = url.startswith("postgres")
        self.engine = create_engine(url, poolclass=NullPool)
        self.bench = Bench(Lake(home), open_books(Lake(home)))
        self.url = url

    def send(self, asked: Asked, types: Sequence[str]) -> Any:
        """Put the rows into a table of such columns, pull it, and stage what came."""
        name = f"kinds_{uuid4().hex[:12]}"
        columns = ["c_place", *(f"c_{n}" for n in range(len(types)))]
        kinds = ["integer", *types]
        declared = ", ".join(f"{column} {kind}" for column, kind in zip(columns, kinds, strict=True))
        rows = [[n, *row] for n, row in enumerate(asked.table[1:])]
        cells = ", ".join(f"CAST(%s AS {kind})" if self.is_postgres else "%s" for kind in kinds)
        values = ", ".join([f"({cells})"] * len(rows))
        with self.engine.connect() as connection:
            if not self.is_postgres:
                connection.execute(text("SET SESSION sql_mode = ''"))
            connection.execute(
                text(f"CREATE TABLE {name} ({declared}){'' if self.is_postgres else ' CHARSET utf8mb4'}")
            )
            flat = tuple(cell for row in rows for cell in row)
            connection.exec_driver_sql(f"INSERT INTO {name} VALUES {values}", flat)
            connection.commit()
        headings = [PLACE, *(c.title for c in asked.feed.columns)]
        source = FeedSource(asked.feed.name, table=name, columns=tuple(zip(headings, columns, strict=True)))
        try:
            return self._pulled(asked.feed, source)
        finally:
            with self.engine.begin() as connection:
                connection.execute(text(f"DROP TABLE {name}"))

    def _pulled(self, feed: Feed, source: FeedSource) -> Any:
        config = PullConfig(COUNTY, VARIABLE, (source,))
        target = self.bench.path(file_name(feed, "parquet"))
        raw = target.with_name(".raw")
        engine = open_source(config, {VARIABLE: self.url})
        with snapshot(engine, config.statement_timeout) as connection:
            batches = list(Rows(connection, source, None, config.chunk_rows).batches())
        with pq.ParquetWriter(raw, batches[0].schema) as writer:
            for batch in batches:
                place = batch.schema.get_field_index(PLACE)
                padded = batch.set_column(place, PLACE, pc.utf8_lpad(batch.column(place), 6, "0"))
                writer.write_batch(padded)
        origin = Origin(source.said, dict(source.columns))
        write_pulled(raw, target, (PLACE,), before=None, mark=Mark(source.digest(), D, None).text(), origin=origin)
        raw.unlink()
        return self.bench.stage()


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def department(request: pytest.FixtureRequest, server: Any, tmp_path_factory: Any) -> Iterator[Department]:
    """A server of each kind."""
    made = Department(server(request.param), tmp_path_factory.mktemp("kinds") / "home")
    yield made
    made.engine.dispose()


def test_every_kind_of_cell_says_the_same_when_it_is_pulled(department: Department) -> None:
    for feed in FEEDS:
        asked = ask(feed, texts.KINDS.values())
        asked.check(department.bench, department.send(asked, ["varchar(260)"] * len(feed.columns)), 1)


def test_a_column_of_any_type_says_what_the_declaration_makes_of_its_values(department: Department) -> None:
    types = on_postgres if department.is_postgres else on_mariadb
    for feed in FEEDS:
        for turn in range(most_types(feed, types)):
            asked, kinds = ask_typed(feed, types, turn)
            asked.check(department.bench, department.send(asked, kinds), 1)
