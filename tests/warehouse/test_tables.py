"""Every table and column says what it holds; columns of a feed say it in the feed's own words."""

from pathlib import Path

import duckdb
import pytest
from nights import night
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from expectations.feed import Personal
from expectations.feeds import FEEDS_BY_NAME
from warehouse.evaluation.views import VIEWS
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published
from warehouse.tables import TABLES, metadata


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = Lake(tmp_path_factory.mktemp("home"))
    load_and_publish(lake=lake, run=night(lake))
    return lake.home


def _query(home: Path, query: str) -> list[tuple[object, ...]]:
    with open_published(Lake(home)) as connection:
        return connection.execute(query).fetchall()


def test_the_list_of_tables_is_complete() -> None:
    assert set(TABLES) == set(metadata.tables.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_and_each_of_its_columns_have_a_comment_and_a_key(table: Table) -> None:
    assert table.comment
    assert [column.name for column in table.c if not column.comment] == []
    assert list(table.primary_key)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_postgresql_gets_the_primary_key_that_the_audit_proves_on_duckdb(table: Table) -> None:
    assert "PRIMARY KEY" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_the_published_file_holds_the_comments(published: Path) -> None:
    uncommented = "comment IS NULL AND schema_name IN ('warehouse', 'evaluation')"
    assert _query(published, f"SELECT table_name, column_name FROM duckdb_columns() WHERE {uncommented}") == []
    assert _query(published, f"SELECT table_name FROM duckdb_tables() WHERE {uncommented}") == []
    assert _query(published, f"SELECT view_name FROM duckdb_views() WHERE {uncommented}") == []


def test_the_data_dictionary_lists_every_column_of_tables_and_views(published: Path) -> None:
    columns = {(t.schema, t.name, c.name) for t in TABLES for c in t.c}
    columns |= {("evaluation", view.name, column.name) for view in VIEWS for column in view.columns}
    listed = _query(published, "SELECT schema_name, table_name, column_name FROM evaluation.data_dictionary")
    assert len(listed) == len(columns)
    assert set(listed) == columns


def test_the_data_dictionary_says_the_heading_that_the_department_uses(published: Path) -> None:
    rows = _query(
        published,
        """SELECT schema_name, feed, heading, comment, data_type, masked FROM evaluation.data_dictionary
        WHERE table_name IN ('fact_household_snapshot', 'household_card') AND column_name = 'income_current'""",
    )
    heading = FEEDS_BY_NAME["register_households"]["income_current"].title
    assert len(rows) == 2
    assert {row[1:] for row in rows} == {
        ("register_households", heading, f"{heading}（元/人·年）", "DECIMAL(18,2)", False)
    }


def test_phones_are_not_taken_into_the_warehouse(published: Path) -> None:
    marked = _query(published, "SELECT DISTINCT personal FROM evaluation.data_dictionary")
    assert (str(Personal.PHONE),) not in marked
    assert (str(Personal.IDENTITY_NUMBER),) in marked


def test_every_personal_column_of_the_evaluators_schema_is_masked(published: Path) -> None:
    bare = """SELECT table_name, column_name FROM evaluation.data_dictionary
      WHERE schema_name = 'evaluation' AND personal IS NOT NULL AND NOT masked"""
    assert _query(published, bare) == []


def test_an_older_reader_can_open_the_file(published: Path) -> None:
    with open_published(Lake(published)) as connection:
        tags = connection.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal")
        assert tags.fetchall() == [("v1.0.0+",)]


def test_the_published_file_cannot_be_written_by_a_reader(published: Path) -> None:
    with (
        open_published(Lake(published)) as connection,
        pytest.raises(duckdb.InvalidInputException, match="read-only"),
    ):
        connection.execute("DELETE FROM warehouse.fact_finding")
