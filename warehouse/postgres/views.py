"""What readers of PostgreSQL may ask: the declared views in PostgreSQL's words, each behind a fence.

A condition that PostgreSQL takes for leakproof (``=``, ``<``) would be tried on rows before row security is, and plans,
counters and the planner's guesses would say whether somebody is among the rows that a reader may not see. So no
condition of a reader's reaches a table under row security: each of them has a relation in schema ``fenced`` that hands
over the admitted rows whole (``OFFSET 0``, which no condition passes), and a view of one table reads that; a view that
joins several has the fence at its end, but where it reads other views alone. Decision 0038.
"""

from dataclasses import replace
from functools import cache
from typing import Any, Final

import sqlglot
from sqlalchemy import Column, String, Table
from sqlglot import exp

from expectations.feed import Personal
from expectations.finding import EXPLANATION_FOR_DEPARTMENTS, FINDING_COLUMNS
from expectations.masks import Audience, mask_of_fact, numbers_in_text
from warehouse.evaluation.giving import PSEUDONYM, comment_given, is_decided, pseudonym_label, raws_of
from warehouse.evaluation.surrogates import PUBLIC, SENTENCES, is_own_number
from warehouse.evaluation.views import EVALUATION, VIEWS, View, ViewColumn
from warehouse.postgres.numbers import IN_OWN_ORDER, OWN_KEY, OWN_KEY_QUERY, given_sql, pseudonym_sql, spelled
from warehouse.postgres.tables import FENCED
from warehouse.sql import literal
from warehouse.tables import SCHEMA, TABLES
from warehouse.tables.runs import fact_finding

OFFICE: Final = "office"
"""Schema of what departments and townships read: their own findings, as their workbooks show them."""

VIEW_SCHEMAS: Final = (FENCED, EVALUATION, OFFICE)
"""In the order in which they are made; readers read the last two."""

_BARRIER: Final = "WITH (security_barrier)"
_FENCE: Final = "OFFSET 0"
_HIDDEN: Final = "'***'"

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


_SECURED: Final = {table.name: table for table in TABLES if is_secured(table)}
_NUMBERED: Final = {n: table for n, table in _SECURED.items() if any(is_own_number(c.name) for c in table.c)}
"""Those whose rows are households, persons, certificates, cases, findings."""


@cache
def view_statements() -> tuple[str, ...]:
    """Statements that make every view of VIEW_SCHEMAS, in order."""
    statements = [_view(OWN_KEY, OWN_KEY_QUERY)]
    statements += [_view(f"{FENCED}.{name}", _fence_of(table)) for name, table in _SECURED.items()]
    for view in VIEWS:
        given = _given(view)
        _, *comments = given.ddl()
        statements += [_view(f"{EVALUATION}.{view.name}", _translated(given)), *comments]
    columns = ", ".join(f"{_office_sql(fact_finding.c[name])} AS {name}" for name in FINDING_COLUMNS)
    findings = f"SELECT {columns} FROM {FENCED}.{fact_finding.name} f"
    statements += [
        _view(f"{OFFICE}.findings", findings),
        f"COMMENT ON VIEW {OFFICE}.findings IS '本部门、本乡镇的问题：台账现状，每个问题一行（姓名如实，证号已脱敏）'",
        *(
            f"COMMENT ON COLUMN {OFFICE}.findings.{name} IS {literal(fact_finding.c[name].comment or '')}"
            for name in FINDING_COLUMNS
        ),
    ]
    return tuple(statements)


def _view(name: str, query: str) -> str:
    """Barriers keep functions of a reader's own, and the planner's statistics, from rows that a view leaves out."""
    return f"CREATE VIEW {name} {_BARRIER} AS {query}"


def _fence_of(table: Table) -> str:
    """The rows of a table that a reader may see, whole; where they have numbers, in an order of the reader's own."""
    order = f"{IN_OWN_ORDER} " if table.name in _NUMBERED else ""
    return f"SELECT * FROM {table.fullname} t {order}{_FENCE}"


def _given(view: View) -> View:
    """A declared view as recipients are given it: their own numbers, and a pseudonym beside each masked one."""
    raws, columns = raws_of(view), []
    for column in view.columns:
        text = given_sql(column, raws) or (_HIDDEN if _is_undecided(column) else column.sql)
        columns.append(replace(column, sql=text, comment=comment_given(column)))
        if column.raw:
            label = f"{pseudonym_label(column)}（同一接收方各表可关联）"
            columns.append(ViewColumn(column.name + PSEUDONYM, pseudonym_sql(column.raw), label))
    source = view.source
    if view.name == "data_dictionary":
        source = f"(SELECT * FROM {source} UNION ALL {_pseudonyms_described()}) c"
    return replace(view, columns=tuple(columns), source=source)


def _pseudonyms_described() -> str:
    """Rows of the data dictionary for the columns that only recipients have."""
    rows = []
    for view in VIEWS:
        for column in view.columns:
            if column.raw:
                info = column.origin.info if column.origin is not None else {}
                told = (info.get("feed") or None, info.get("heading") or None, str(Personal.IDENTITY_NUMBER))
                texts = (EVALUATION, view.name, column.name + PSEUDONYM, "VARCHAR", pseudonym_label(column), *told)
                rows.append(f"SELECT {', '.join('NULL' if x is None else literal(x) for x in texts)}, true")
    return " UNION ALL ".join(rows)


def _is_undecided(column: ViewColumn) -> bool:
    is_text = column.origin is not None and isinstance(column.origin.type, String)
    return is_text and column.name not in PUBLIC and column.name not in SENTENCES and not is_decided(column)


def _translated(view: View) -> str:
    """A view's query for PostgreSQL, behind a fence. Raises ValueError where it was understood otherwise."""
    create, *_ = view.ddl()
    statement = sqlglot.parse_one(create, read="duckdb")
    query = statement.expression
    if not isinstance(statement, exp.Create) or not isinstance(query, exp.Select):
        raise ValueError(f"the view {view.name} is no CREATE VIEW of one SELECT: {create[:60]}")
    source = query.args["from_"].this
    is_of_one = isinstance(source, exp.Table) and not query.args.get("joins") and not query.args.get("group")
    # where rows have numbers they come through a fence anyway, which gives them an order that tells nothing
    behind = _SECURED if is_of_one else _NUMBERED if any(is_own_number(c.name) for c in view.columns) else {}
    for table in source.find_all(exp.Table):
        if table.db == SCHEMA and table.name in behind:
            table.set("db", exp.to_identifier(FENCED))
    # of readers' views alone: each has its fence, and a condition of the reader leaves out what it does not ask for
    is_of_views = {table.db for table in query.find_all(exp.Table)} <= {EVALUATION}
    end = "" if is_of_one or is_of_views else f" {_FENCE}"
    return spelled(query).sql(dialect="postgres") + end


def _office_sql(column: Column[Any]) -> str:
    """A column of the findings as the department may read it that must act on them."""
    special = _OFFICE_SHOWS.get(column.name)
    if special or not column.info["personal"]:
        return special or f"f.{column.name}"
    return mask_of_fact(column.name, {}, Audience.DEPARTMENT).sql(f"nullif(f.{column.name}, '')")
