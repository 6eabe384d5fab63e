"""What readers of PostgreSQL may ask: the declared views in PostgreSQL's words, each behind a fence.

A condition that PostgreSQL takes for leakproof (``=``, ``<``) would be tried on rows before row security is, and plans,
counters and the planner's guesses would say whether somebody is among the rows that a reader may not see. So no
condition of a reader's reaches a table under row security: each of them has a relation in schema ``fenced`` that hands
over the admitted rows whole (``OFFSET 0``, which no condition passes), and a view of one table reads that; a view that
joins several has the fence at its end. Decision 0038.
"""

from functools import cache
from typing import Any, Final

import sqlglot
from sqlalchemy import Column, Table
from sqlglot import exp

from expectations.finding import EXPLANATION_FOR_DEPARTMENTS, FINDING_COLUMNS
from expectations.masks import Audience, mask_of_fact, numbers_in_text
from warehouse.evaluation.views import EVALUATION, VIEWS
from warehouse.sql import literal
from warehouse.tables import SCHEMA, TABLES
from warehouse.tables.runs import fact_finding

OFFICE: Final = "office"
"""Schema of what departments and townships read: their own findings, as their workbooks show them."""

FENCED: Final = "fenced"
"""Schema of the fences; readers have no right in it."""

VIEW_SCHEMAS: Final = (FENCED, EVALUATION, OFFICE)
"""In the order in which they are made; readers read the last two."""

_BARRIER: Final = "WITH (security_barrier)"
_FENCE: Final = "OFFSET 0"

_OFFICE_SHOWS: Final = {
    "subject_key": "regexp_replace(f.subject_key, {}, {}, 'g')".format(
        *map(literal, numbers_in_text(Audience.DEPARTMENT))
    ),
    "explanation": f"coalesce(f.{EXPLANATION_FOR_DEPARTMENTS}, f.explanation_masked)",
    "expected": "f.expected_masked",
    "actual": "f.actual_masked",
    "evidence": "f.evidence_masked",
}
"""What a workbook shows otherwise than by the mask of its column, and what no workbook shows: as recipients read it."""


def is_secured(table: Table) -> bool:
    """Whether row security stands on a table: those without a county hold nobody's data."""
    return "county" in table.c


@cache
def view_statements() -> tuple[str, ...]:
    """Statements that make every view of VIEW_SCHEMAS, in order."""
    statements = [_view(FENCED, t.name, f"SELECT * FROM {t.fullname} {_FENCE}") for t in TABLES if is_secured(t)]
    for view in VIEWS:
        create, *comments = view.ddl()
        statements += [_view(EVALUATION, view.name, _translated(view.name, create)), *comments]
    columns = ", ".join(f"{_office_sql(fact_finding.c[name])} AS {name}" for name in FINDING_COLUMNS)
    findings = f"SELECT {columns} FROM {FENCED}.{fact_finding.name} f"
    statements += [
        _view(OFFICE, "findings", findings),
        f"COMMENT ON VIEW {OFFICE}.findings IS '本部门、本乡镇的问题：台账现状，每个问题一行（姓名如实，证号已脱敏）'",
        *(
            f"COMMENT ON COLUMN {OFFICE}.findings.{name} IS {literal(fact_finding.c[name].comment or '')}"
            for name in FINDING_COLUMNS
        ),
    ]
    return tuple(statements)


def _view(schema: str, name: str, query: str) -> str:
    """Barriers keep functions of a reader's own, and the planner's statistics, from rows that a view leaves out."""
    return f"CREATE VIEW {schema}.{name} {_BARRIER} AS {query}"


def _translated(name: str, create: str) -> str:
    """A declared view's query for PostgreSQL, behind a fence. Raises ValueError where it was understood otherwise."""
    statement = sqlglot.parse_one(create, read="duckdb")
    query = statement.expression
    if not isinstance(statement, exp.Create) or not isinstance(query, exp.Select):
        raise ValueError(f"the view {name} is no CREATE VIEW of one SELECT: {create[:60]}")
    source = query.args["from_"].this
    if isinstance(source, exp.Table) and not query.args.get("joins") and not query.args.get("group"):
        secured = {table.name for table in TABLES if is_secured(table)}
        if source.db == SCHEMA and source.name in secured:
            source.set("db", exp.to_identifier(FENCED))
        return query.sql(dialect="postgres")
    return f"{query.sql(dialect='postgres')} {_FENCE}"


def _office_sql(column: Column[Any]) -> str:
    """A column of the findings as the department may read it that must act on them."""
    special = _OFFICE_SHOWS.get(column.name)
    if special or not column.info["personal"]:
        return special or f"f.{column.name}"
    return mask_of_fact(column.name, {}, Audience.DEPARTMENT).sql(f"nullif(f.{column.name}, '')")
