"""SQL text: values that a statement cannot bind, and lists that may be empty."""

import ast
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from builders import D, education_subsidy, pid
from hypothesis import given
from hypothesis import strategies as st
from nights import night

import pipelines
import warehouse
from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from pipelines.reconciling.evidence import EVIDENCE_COLUMNS, EVIDENCE_TABLE, collected
from warehouse.current import CurrentFeed, Part
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published
from warehouse.sql import among, bound, cases, identifier, literal, outside, parquet

SPRING, AUTUMN = ("2025-2026", "春季"), ("2025-2026", "秋季")


def _told(expression: str) -> Any:
    """What DuckDB makes of an expression."""
    (value,) = duckdb.sql(f"SELECT {expression}").fetchone() or (None,)
    return value


def _periods_told(tmp_path: Path, periods: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Periods of the rows that count of a delivery with two terms of education subsidies."""
    path = tmp_path / "rows.parquet"
    rows = [education_subsidy(pid(1), school_year=year, term=term) for year, term in (SPRING, AUTUMN)]
    duckdb.from_arrow(pa.Table.from_pylist(rows)).write_parquet(str(path))
    current = CurrentFeed(FEEDS_BY_NAME["education_subsidies"], D, (Part("e", D, path, path, tuple(periods)),))
    return set(duckdb.sql(f"SELECT school_year, term FROM ({current.sql()})").fetchall())


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_text_comes_back_as_it_was_given(text: str) -> None:
    assert _told(literal(text)) == text


@pytest.mark.parametrize(
    "text", ["'", "''", "O'Brien", "平寨村", "a\\nb", "a\nb", "%s :name {x}", '"', "; DROP TABLE t --"]
)
def test_quotes_and_signs_are_part_of_a_text(text: str) -> None:
    assert _told(literal(text)) == text
    assert duckdb.sql(f"SELECT 1 AS {identifier(text)}").columns == [text]


def test_numbers_dates_paths_and_tuples_are_written_as_what_they_are() -> None:
    assert _told(literal(-3)) == -3
    assert _told(literal(D)) == D
    assert _told(literal(Path("/a'b/平寨"))) == "/a'b/平寨"
    assert _told(f"{literal(('a', 1, D))} = ('a', 1, DATE '{D}')")


@pytest.mark.parametrize("value", ["a\0b", Path("a\0b"), ("a", "b\0")])
def test_a_text_with_a_nul_is_refused_because_the_statement_would_end_there(value: Any) -> None:
    with pytest.raises(ValueError, match="NUL"):
        literal(value)


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        identifier("a\0b")


@pytest.mark.parametrize("value", [None, 1.5, True, Decimal(1), datetime(2026, 6, 30, tzinfo=UTC), ["a"]])
def test_what_has_no_one_form_in_a_statement_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="is bound, not written"):
        literal(value)


@pytest.mark.parametrize("values", [(), ("a",), ("a", "b'c", "平寨")])
def test_a_list_may_be_empty_have_one_value_or_many(values: tuple[str, ...]) -> None:
    for one in ("a", "b'c", "平寨", "z"):
        assert _told(among(literal(one), values)) is (one in values)
        assert _told(outside(literal(one), values)) is (one not in values)


def test_of_null_nobody_can_say_whether_it_is_among_some_values() -> None:
    assert (_told(among("NULL", ("a",))), _told(outside("NULL", ("a",)))) == (None, None)
    assert (_told(among("NULL", ())), _told(outside("NULL", ()))) == (False, True)


@pytest.mark.parametrize("outcomes", [{}, {"a": "1"}, {"a": "1", "b'c": "2"}])
def test_outcomes_may_be_none_one_or_many(outcomes: dict[str, str]) -> None:
    for one in ("a", "b'c", "z"):
        assert _told(cases(literal(one), outcomes, "9")) == int(outcomes.get(one, "9"))


def test_a_bound_value_may_hold_quotes_and_what_looks_like_a_place() -> None:
    statement = bound("SELECT :a::VARCHAR || :b, :day", a="it's :b", b="乡", day=date(2026, 1, 1))
    assert duckdb.sql(statement).fetchall() == [("it's :b乡", date(2026, 1, 1))]


def test_a_place_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="county"):
        bound("SELECT :county", as_of=D)


def test_a_file_whose_path_has_a_quote_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "l'été.parquet"
    duckdb.sql("SELECT 1 AS one").write_parquet(str(path))
    assert duckdb.sql(f"FROM {parquet(path)}").fetchall() == [(1,)]


@pytest.mark.parametrize("periods", [(), (SPRING,), (SPRING, AUTUMN)])
def test_rows_count_of_no_period_of_one_and_of_several(tmp_path: Path, periods: tuple[tuple[str, ...], ...]) -> None:
    assert _periods_told(tmp_path, periods) == set(periods)


@pytest.mark.parametrize("rules", [(), ("TL02",), ("TL02", "CV03")])
def test_evidence_is_collected_of_no_rule_of_one_and_of_several(rules: tuple[str, ...]) -> None:
    rows = [dict.fromkeys(EVIDENCE_COLUMNS.names) | {"rule": rule, "subject_key": "H1"} for rule in ("TL02", "CV03")]
    with duckdb.connect() as connection:
        connection.register(EVIDENCE_TABLE, pa.Table.from_pylist(rows, schema=EVIDENCE_COLUMNS))
        found = connection.execute(collected(rules)).fetchall()
    assert {row[0] for row in found} == set(rules)


@pytest.mark.parametrize("feed", [feed.name for feed in CORE_FEEDS])
def test_a_delivery_with_nothing_but_its_header_can_be_published(tmp_path: Path, feed: str) -> None:
    lake = Lake(tmp_path)
    run = night(lake, **{feed: []})
    load_and_publish(lake=lake, run=run)
    with open_published(lake) as connection:
        rows = connection.execute("SELECT rows_staged FROM warehouse.fact_delivery WHERE feed = $1", [feed]).fetchall()
        for table in _FACTS.get(feed, ()):
            assert connection.execute(f"SELECT count(*) FROM warehouse.{table}").fetchall() == [(0,)]
    assert rows == [(0,)]


_FACTS = {"education_subsidies": ["fact_education_subsidy"], "low_income_payments": ["fact_benefit_month"]}


def _hand_made(path: Path) -> list[str]:
    """Places of a module where a value is put between quotes, or a list between brackets, by hand."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        for before, value, after in zip(node.values, node.values[1:], [*node.values[2:], None], strict=False):
            if not isinstance(before, ast.Constant) or not isinstance(value, ast.FormattedValue):
                continue
            head, tail = str(before.value), str(after.value) if isinstance(after, ast.Constant) else ""
            if (head.endswith("'") and tail.startswith("'")) or head.upper().endswith(" IN ("):
                found.append(f"{path.name}:{value.lineno}")
    return found


_NO_SQL = {"annotate.py", "helper_lists.py"}
"""Workbooks' way to name a sheet."""


def test_no_statement_is_made_by_hand() -> None:
    roots = [Path(str(package.__file__)).parent for package in (pipelines, warehouse)]
    modules = [path for root in roots for path in sorted(root.rglob("*.py")) if path.name not in {"sql.py"} | _NO_SQL]
    assert len(modules) > 200
    assert [place for path in modules for place in _hand_made(path)] == []


def test_a_statement_made_by_hand_is_found(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        'a = f"x = \'{y}\'"\nb = f"x NOT IN ({y})"\nc = f"x = {y} AND z IN (SELECT {y})"\n', encoding="utf-8"
    )
    assert _hand_made(path) == ["module.py:1", "module.py:2"]


def test_every_engine_hides_parameters() -> None:
    """What stands in a statement is people's values, and an error would show it."""
    calls = [
        (path.name, {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords})
        for package in (pipelines, warehouse)
        for path in Path(str(package.__path__[0])).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("create_engine")
    ]
    assert len(calls) >= 5
    assert [name for name, given in calls if given.get("hide_parameters") != "True"] == []
