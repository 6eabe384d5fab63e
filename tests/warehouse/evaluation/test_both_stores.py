"""Questions, indicators, frame and figures are the same on DuckDB and on PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from homes import AS_OF, COUNTY, copy_home
from psycopg.rows import dict_row
from sqlalchemy import make_url

from warehouse.evaluation.indicators import INDICATORS, Indicator, statement
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.questions import QUESTIONS, Question
from warehouse.evaluation.sampling import Design, draw_sample, read_frame
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.evaluation.sampling.frame import Query
from warehouse.evaluation.stock_flow import read_book
from warehouse.lake import Lake
from warehouse.postgres.loading import publish_to_postgres
from warehouse.sql import bound

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture(scope="module")
def lake(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(copy_home(night_home, tmp_path_factory.mktemp("stores") / "home"))


@pytest.fixture
def postgres(lake: Lake, database: str) -> Iterator[Query]:
    publish_to_postgres(lake, database)
    conninfo = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True, row_factory=dict_row) as connection:

        def query(sql: str) -> Sequence[Mapping[str, Any]]:
            return connection.execute(sql.encode()).fetchall()

        yield query


def plain(value: Any) -> Any:
    """One form for both drivers."""
    match value:
        case bool():
            return value
        case int() | float() | Decimal():
            return f"{float(value):.9g}"
        case datetime():
            return value.timestamp()
        case _:
            return value


def answer(query: Query, sql: str) -> list[str]:
    """Rows in one order, as text."""
    return sorted(str({name: plain(value) for name, value in row.items()}) for row in query(sql))


def test_every_question_and_indicator_has_the_same_answer(lake: Lake, postgres: Query) -> None:
    with published_query(lake) as duckdb:
        values: dict[str, str | date] = {"county": COUNTY, "as_of": AS_OF, "other_day": AS_OF}
        (first, *_) = duckdb("SELECT household_no FROM evaluation.household_card ORDER BY 1")
        values["household_no"] = first["household_no"]
        asked: list[tuple[Question | Indicator, str]] = [(q, bound(q.sql, **values)) for q in QUESTIONS]
        asked += [(indicator, statement(indicator)) for indicator in INDICATORS]
        for what, sql in asked:
            assert answer(postgres, sql) == answer(duckdb, sql), what


def test_the_same_sample_is_drawn_and_the_same_figures_stand_beside_it(lake: Lake, postgres: Query) -> None:
    with published_query(lake) as duckdb:
        one, other = (read_frame(query, COUNTY, AS_OF) for query in (duckdb, postgres))
        assert draw_sample(one, Design(), "s").as_json() == draw_sample(other, Design(), "s").as_json()
        assert read_administrative(duckdb, COUNTY, AS_OF) == read_administrative(postgres, COUNTY, AS_OF)
        assert read_book(duckdb, COUNTY, AS_OF) == read_book(postgres, COUNTY, AS_OF)
