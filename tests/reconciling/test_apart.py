"""A statement over several counties says of each what it says of that one alone; what might not is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reconciling.apart import NotApartError, kept_apart

QUERIES = (
    "SELECT * FROM people",
    "SELECT p.* EXCLUDE (n), p.n + 1 AS more FROM people AS p WHERE p.n > 1",
    "SELECT p.who, q.n FROM people AS p INNER JOIN paid AS q ON p.who = q.who OR p.n = q.n",
    "SELECT p.who, q.who AS other FROM people AS p LEFT JOIN paid AS q ON p.who = q.who",
    "SELECT p.who, q.n, r.n AS third FROM people AS p LEFT JOIN paid AS q ON p.who = q.who JOIN people r ON r.n = p.n",
    "SELECT * FROM people AS p SEMI JOIN paid AS q ON p.who = q.who",
    "SELECT * FROM people AS p ANTI JOIN paid AS q ON p.who = q.who",
    "SELECT p.who, q.n FROM people AS p CROSS JOIN paid AS q",
    "SELECT p.who FROM people AS p SEMI JOIN paid AS q ON true",
    "SELECT DISTINCT who FROM people",
    "SELECT p.who, count(*) AS rows, string_agg(DISTINCT p.n::VARCHAR, '、' ORDER BY p.n::VARCHAR) AS all_of_them "
    "FROM people AS p GROUP BY 1",
    "SELECT p.who, sum(p.n) AS total FROM people AS p GROUP BY p.who HAVING count(*) > 1",
    "SELECT * FROM (SELECT p.*, row_number() OVER (PARTITION BY p.who ORDER BY p.n DESC) AS place FROM people AS p) "
    "AS q WHERE q.place = 1",
    "SELECT p.n, min(p.n) OVER (ORDER BY p.n) AS least, count(*) OVER () AS rows FROM people AS p",
    "SELECT who, n FROM people UNION ALL SELECT * FROM paid",
    "SELECT who FROM people UNION SELECT who FROM paid",
    "SELECT who FROM people EXCEPT SELECT who FROM paid",
    "SELECT who FROM people INTERSECT SELECT who FROM paid",
    "WITH pile AS (SELECT * FROM people UNION ALL SELECT * FROM paid), per AS (SELECT b.who, max(b.n) AS most "
    "FROM pile AS b GROUP BY 1) SELECT a.who, a.most, b.n FROM per AS a JOIN pile AS b ON a.most = b.n ORDER BY a.who",
    "SELECT * FROM people LIMIT 0",
)

REFUSED = (
    ("SELECT count(*) FROM people", "an aggregate over all rows"),
    ("SELECT who FROM people LIMIT 1", "a limit"),
    ("SELECT who FROM people OFFSET 1", "offset"),
    ("SELECT DISTINCT ON (who) who, n FROM people", "DISTINCT ON"),
    ("SELECT who FROM people WHERE n IN (SELECT n FROM paid)", "a query inside"),
    ("SELECT (SELECT max(n) FROM paid) FROM people", "a query inside"),
    ("SELECT who FROM people AS p JOIN paid AS q USING (who)", "using"),
    ("SELECT who FROM people AS p NATURAL JOIN paid AS q", "method"),
    ("SELECT p.who FROM people AS p FULL JOIN paid AS q ON p.who = q.who", "FULL"),
    ("SELECT p.who FROM people AS p RIGHT JOIN paid AS q ON p.who = q.who", "RIGHT"),
    ("SELECT p.who FROM people AS p ASOF JOIN paid AS q ON p.n >= q.n", "method"),
    ("SELECT p.who FROM people AS p, paid AS q", "without a condition"),
    ("SELECT who FROM people GROUP BY ALL", "all"),
    ("SELECT who, n FROM people GROUP BY GROUPING SETS ((who), (n))", "grouping_sets"),
    ("SELECT who FROM people QUALIFY row_number() OVER (ORDER BY n) = 1", "qualify"),
    ("SELECT max(n) OVER w FROM people WINDOW w AS (ORDER BY n)", "windows"),
    ("SELECT who FROM people TABLESAMPLE 10%", "sample"),
    ("SELECT COLUMNS(*) FROM people", "all columns inside"),
    ("SELECT who FROM people UNION ALL BY NAME SELECT who FROM paid", "by_name"),
    ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r", "RECURSIVE"),
    ("WITH r(a, b) AS (SELECT * FROM people) SELECT a FROM r", "list of columns"),
    ("SELECT who FROM (SELECT * FROM people)", "without a name"),
    ("SELECT who FROM read_parquet('people.parquet')", "rows from"),
    ("SELECT 1", "from nothing"),
    ("INSERT INTO people SELECT * FROM paid", "Insert"),
)

COUNTIES = (520102, 522601)

_people = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=6)
_county = st.fixed_dictionaries({"people": _people, "paid": _people})


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def lay_down(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """The rows of people and paid; a third column is the county."""
    for name, rows in relations.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name} (who VARCHAR, n INTEGER, _county INTEGER)")
        if rows:
            connection.execute(f"INSERT INTO {name} VALUES {', '.join(map(str, rows))}")


@settings(max_examples=40)
@given(counties=st.tuples(*(_county for _ in COUNTIES)))
def test_each_county_finds_what_it_finds_alone(connection: duckdb.DuckDBPyConnection, counties) -> None:
    said = dict(zip(COUNTIES, counties, strict=True))
    lay_down(
        connection,
        {name: [(*row, code) for code in COUNTIES for row in said[code][name]] for name in ("people", "paid")},
    )
    together = [connection.execute(kept_apart(query)).fetchall() for query in QUERIES]
    for code in COUNTIES:
        for name in ("people", "paid"):
            lay_down(connection, {name: [(*row, code) for row in said[code][name]]})
            connection.execute(f"ALTER TABLE {name} DROP COLUMN _county")
        for query, found in zip(QUERIES, together, strict=True):
            alone = connection.execute(query).fetchall()
            assert Counter(row[:-1] for row in found if row[-1] == code) == Counter(alone), query
            assert {row[-1] for row in found} <= set(COUNTIES), query


@pytest.mark.parametrize(("query", "why"), REFUSED)
def test_what_might_let_counties_meet_is_refused(query: str, why: str) -> None:
    with pytest.raises(NotApartError, match=why):
        kept_apart(query)
