"""Whatever we document runs as written where evaluators stand: in each recipient's file, and as PostgreSQL's reader."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from actors import acting
from evaluators import KEYS, Evaluators
from homes import AS_OF, COUNTY, copy_home, settings_of

from expectations.rule import Suspicion
from pipelines.reading_out.exporting import export
from warehouse.evaluation.documented import DICTIONARY, documented_queries, documented_views
from warehouse.evaluation.indicator import statement
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.sampling.administrative import rules_that_suspect
from warehouse.evaluation.sampling.frame import Query
from warehouse.evaluation.views import VIEWS
from warehouse.lake import Lake
from warehouse.sql import bound

DOCS = Path(__file__).parents[3] / "docs"
RECIPIENTS = tuple(key.recipient for key in KEYS)
CATALOG = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'evaluation'"
UNLIKE_BETWEEN_RECIPIENTS = re.compile(r".*_(no|pseudonym)|certificates|source_row")
"""Columns whose texts are a recipient's own."""


@pytest.fixture(scope="module")
def home(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(night_home, tmp_path_factory.mktemp("documented") / "home")


@pytest.fixture(scope="module")
def files(home: Path) -> dict[str, Path]:
    """What each recipient is given."""
    settings = acting(settings_of(home), purpose="评估")
    return {name: export(settings, target="duckdb", recipient=name).path for name in RECIPIENTS}


@contextmanager
def asking(path: Path) -> Iterator[Query]:
    """Queries on a recipient's file, opened by whoever has DuckDB."""
    with duckdb.connect(str(path), read_only=True) as connection:

        def query(sql: str) -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = connection.execute(sql).to_arrow_table().to_pylist()
            return rows

        yield query


def in_docs() -> dict[str, str]:
    """Every SQL block of the documentation."""
    return {
        f"{page.relative_to(DOCS)} {place}": block
        for page in sorted(DOCS.rglob("*.md"))
        for place, block in enumerate(re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
        if "evaluation." in block
    }


def plain(value: Any) -> Any:
    """One form for every driver."""
    match value:
        case bool():
            return value
        case int() | float() | Decimal():
            return f"{float(value):.9g}"
        case datetime():
            return value.timestamp()
        case _:
            return value


def answers(query: Query) -> dict[str, list[str]]:
    """The answer to everything that is documented, as text, without what is a recipient's own; one household's card."""
    (card, *_) = query(
        "SELECT household_no FROM evaluation.household_card WHERE registered_members > 0 "
        "ORDER BY income_current, income_previous, village_code"
    )
    values: dict[str, str | date] = {"county": COUNTY, "as_of": AS_OF, "other_day": AS_OF, "level": "village"}
    values["household_no"] = card["household_no"]
    found = {}
    suspecting = (rules_that_suspect(Suspicion.MISSED), rules_that_suspect(Suspicion.WRONG_EXIT))
    for name, sql in (documented_queries(*suspecting) | in_docs()).items():
        if "data_dictionary" not in sql:
            rows = query(bound(sql, **values))
            found[name] = sorted(
                str({n: plain(v) for n, v in row.items() if not UNLIKE_BETWEEN_RECIPIENTS.fullmatch(n)}) for row in rows
            )
    return found


@pytest.fixture(scope="module")
def published(home: Path) -> dict[str, list[str]]:
    """The published figures."""
    with published_query(Lake(home)) as query:
        return answers(query)


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_a_recipients_file_answers_all_that_is_documented_with_the_published_figures(
    files: dict[str, Path], published: dict[str, list[str]], recipient: str
) -> None:
    with asking(files[recipient]) as query:
        found = answers(query)
    assert len(found) > 40
    assert {name for name in published if found[name] != published[name]} == set()
    assert [name for name, rows in published.items() if name.startswith("indicator ") and not rows] == []


def test_an_indicators_own_query_gives_what_its_view_says(files: dict[str, Path]) -> None:
    with asking(files["university"]) as query:
        for indicator in INDICATORS:
            said = {
                (r["area_code"], r["numerator"], r["denominator"], r["unknown"])
                for r in query(f"SELECT * FROM evaluation.indicators WHERE indicator = '{indicator.name}'")
            }
            asked = query(statement(indicator))
            assert {(r["area_code"], r["numerator"], r["denominator"], r["unknown"]) for r in asked} == said != set()


def test_a_recipients_dictionary_speaks_of_every_column_that_is_there_and_of_no_other(files: dict[str, Path]) -> None:
    with asking(files["university"]) as query:
        said = {(r["table_name"], r["column_name"]) for r in query("SELECT * FROM evaluation.data_dictionary")}
        there = query("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'evaluation'")
        assert {(r["table_name"], r["column_name"]) for r in there} == said
        told = query("SELECT 1 FROM evaluation.data_dictionary WHERE comment IS NULL OR data_type IS NULL")
        assert not told


def test_a_month_that_has_not_settled_is_in_no_sum_owed(home: Path) -> None:
    with published_query(Lake(home)) as query:
        asked = documented_queries()["question underpaid"]
        owed = {row["month"] for row in query(bound(asked, county=COUNTY, as_of=AS_OF))}
        months = query(f"SELECT month, has_settled FROM evaluation.payment_months WHERE as_of = DATE '{AS_OF}'")
    unsettled = {row["month"] for row in months if not row["has_settled"]}
    assert unsettled == {f"{AS_OF:%Y-%m}"}
    assert owed
    assert not owed & unsettled


def test_documented_queries_name_views_alone() -> None:
    assert documented_views() <= {view.name for view in VIEWS}
    assert [name for name, sql in (documented_queries() | in_docs()).items() if "warehouse." in sql] == []


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_postgresqls_evaluator_runs_all_that_is_documented(
    evaluators: Evaluators, published: dict[str, list[str]], recipient: str
) -> None:
    with evaluators.asking(recipient) as query:
        found = answers(query)
        described = {(r["table_name"], r["column_name"]) for r in query(DICTIONARY)}
        there = query(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'evaluation'"
        )
    assert {name for name in published if found[name] != published[name]} == set()
    assert {(r["table_name"], r["column_name"]) for r in there} <= described
