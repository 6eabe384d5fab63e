"""Questions, indicators, frame and figures are the same in a recipient's file and behind his login on PostgreSQL."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from evaluators import KEYS, Evaluators
from homes import AS_OF, COUNTY

from warehouse.evaluation.datasets import read_datasets
from warehouse.evaluation.formats import write_duckdb
from warehouse.evaluation.indicator import Indicator, statement
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.questions import QUESTIONS, Question
from warehouse.evaluation.sampling import Design, draw_sample, read_frame
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.evaluation.sampling.frame import Query
from warehouse.evaluation.stock_flow import read_book
from warehouse.lake import Lake
from warehouse.loading import open_published
from warehouse.sql import bound

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture(scope="module")
def file(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Query]:
    """A recipient's file: his numbers are the same there and behind his login."""
    path = tmp_path_factory.mktemp("stores") / "file.duckdb"
    with open_published(Lake(night_home)) as connection:
        write_duckdb(read_datasets(connection, KEYS[0]), {}, path)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).to_arrow_table().to_pylist()


@pytest.fixture
def postgres(evaluators: Evaluators) -> Iterator[Query]:
    with evaluators.asking(KEYS[0].recipient) as query:
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


def test_every_question_and_indicator_has_the_same_answer(file: Query, postgres: Query) -> None:
    values: dict[str, str | date] = {"county": COUNTY, "as_of": AS_OF, "other_day": AS_OF}
    (first, *_) = file("SELECT household_no FROM evaluation.household_card ORDER BY 1")
    values["household_no"] = first["household_no"]
    asked: list[tuple[Question | Indicator, str]] = [(q, bound(q.sql, **values)) for q in QUESTIONS]
    asked += [(indicator, statement(indicator)) for indicator in INDICATORS]
    for what, sql in asked:
        assert answer(postgres, sql) == answer(file, sql), what


def test_the_same_sample_is_drawn(night_home: Path, evaluators: Evaluators) -> None:
    """By the data team: the frame stands in tables that no recipient reads."""
    with evaluators.asking(None) as postgres, published_query(Lake(night_home)) as duckdb:
        one, other = (read_frame(query, COUNTY, AS_OF) for query in (duckdb, postgres))
        assert draw_sample(one, Design(), "s").as_json() == draw_sample(other, Design(), "s").as_json()


def test_the_same_figures_stand_beside_it(file: Query, postgres: Query) -> None:
    assert read_administrative(file, COUNTY, AS_OF) == read_administrative(postgres, COUNTY, AS_OF)
    assert read_book(file, COUNTY, AS_OF) == read_book(postgres, COUNTY, AS_OF)
