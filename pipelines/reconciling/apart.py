"""Statements over one county, so rewritten that they say of many counties at once what each would say alone.

Every relation has one more column, the county. The rewriting hands it through, and no row meets a row of another
county: each join asks for the same county, each group, window and distinct has it among its keys. It is done to every
statement by one piece of code, so that no rule can forget it. What it does not know it refuses: NotApartError.
"""

from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import DialectType

from expectations.errors import LiangxianError

COUNTY: Final = "_county"
"""The column that every relation of several counties has, the last one: the county's code as a number."""

_KINDS: Final = frozenset({"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"})
_PARTS: Final = frozenset(
    {"expressions", "distinct", "with_", "from_", "joins", "where", "group", "having", "order", "limit"}
)
"""What a SELECT may consist of."""


class NotApartError(LiangxianError):
    """A statement that would let counties meet, or is of a kind that is not known not to."""


def kept_apart(sql: str, dialect: DialectType = "duckdb") -> str:
    """A query over relations that have COUNTY, with each county's rows apart and COUNTY last. Raises NotApartError."""
    query = sqlglot.parse_one(sql, dialect=dialect)
    _rewrite(query)
    return query.sql(dialect=dialect)


def _rewrite(query: exp.Expression) -> None:
    """Rewrite a query where it stands."""
    if isinstance(query, exp.Subquery):
        _rewrite(query.this)
    elif isinstance(query, exp.SetOperation):
        _rewrite_set(query)
    elif isinstance(query, exp.Select):
        _rewrite_select(query)
    else:
        raise NotApartError(f"{type(query).__name__} where a query is expected")


def _rewrite_set(query: exp.SetOperation) -> None:
    """Both sides have the county in the same place: last."""
    _only(query, {"this", "expression", "distinct", "with_"})
    _rewrite_common(query)
    _rewrite(query.left)
    _rewrite(query.right)


def _rewrite_select(query: exp.Select) -> None:
    _only(query, _PARTS)
    if (distinct := query.args.get("distinct")) and distinct.args.get("on"):
        raise NotApartError("DISTINCT ON")
    if (limit := query.args.get("limit")) and limit.expression.name != "0":
        raise NotApartError("a limit counts the rows of all counties")
    _rewrite_common(query)
    if query.args.get("from_") is None:
        raise NotApartError("a SELECT from nothing")
    first = _rewrite_source(query.args["from_"].this)
    for join in query.args.get("joins") or ():
        _rewrite_join(join, first, _rewrite_source(join.this))
    aggregates = False
    for clause in _clauses(query):
        if clause.find(exp.Query) is not None:
            raise NotApartError("a query inside of an expression")
        if any(not isinstance(star.parent, exp.Count | exp.Column | exp.Select) for star in clause.find_all(exp.Star)):
            raise NotApartError("all columns inside of an expression")
        for window in clause.find_all(exp.Window):
            window.set("partition_by", [*(window.args.get("partition_by") or ()), _county_of(first)])
        aggregates |= any(not isinstance(f.parent, exp.Window) for f in clause.find_all(exp.AggFunc))
    group = query.args.get("group")
    if group is not None:
        _only(group, {"expressions"})
        group.append("expressions", _county_of(first))
    elif aggregates:
        raise NotApartError("an aggregate over all rows")
    _rewrite_projection(query, first)


def _clauses(query: exp.Select) -> Iterator[exp.Expression]:
    """The expressions of a SELECT, without those of the queries that it reads from."""
    yield from query.expressions
    yield from (join.args["on"] for join in query.args.get("joins") or ())
    for name in ("distinct", "where", "group", "having", "order"):
        if isinstance(query.args.get(name), exp.Expression):
            yield query.args[name]


def _rewrite_common(query: exp.Query) -> None:
    """The queries that others name."""
    ctes = query.args.get("with_")
    if ctes is None:
        return
    if ctes.args.get("recursive"):
        raise NotApartError("WITH RECURSIVE")
    for cte in ctes.expressions:
        if cte.args["alias"].columns:
            raise NotApartError("a common query with a list of columns")
        _rewrite(cte.this)


def _rewrite_source(source: exp.Expression) -> str:
    """What rows come from; the name that its columns are called by."""
    _only(source, {"this", "alias"})
    if isinstance(source, exp.Subquery):
        _rewrite(source)
    elif not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
        raise NotApartError(f"rows from {source.sql(dialect='duckdb')}")
    name: str = source.alias_or_name
    if not name:
        raise NotApartError("a query without a name")
    return name


def _rewrite_join(join: exp.Join, first: str, other: str) -> None:
    """Add the county to what rows must agree on."""
    _only(join, {"this", "side", "kind", "on"})
    if join.side not in ("", "LEFT") or join.kind not in _KINDS:
        raise NotApartError(f"{join.side} {join.kind} JOIN")
    if join.args.get("on") is None:
        if join.kind != "CROSS":
            raise NotApartError("a join without a condition")
        join.set("kind", "INNER")
    same = exp.EQ(this=_county_of(first), expression=_county_of(other))
    on = join.args.get("on")
    join.set("on", same if on is None else exp.and_(exp.paren(on, copy=False), same, copy=False))


def _rewrite_projection(query: exp.Select, first: str) -> None:
    """Hand the county on, as the last column."""
    for node in query.expressions:
        star = node.this if isinstance(node, exp.Column) else node
        if isinstance(star, exp.Star):
            star.set("except_", [*(star.args.get("except_") or ()), exp.to_identifier(COUNTY, quoted=True)])
    query.append("expressions", exp.alias_(_county_of(first), COUNTY, quoted=True))


def _county_of(name: str) -> exp.Column:
    return exp.column(COUNTY, table=name, quoted=True)


def _only(node: exp.Expression, parts: frozenset[str] | set[str]) -> None:
    """Refuse a clause that is not among ``parts``."""
    unknown = sorted(name for name, value in node.args.items() if value and name not in parts)
    if unknown:
        raise NotApartError(f"{type(node).__name__} with {', '.join(unknown)}")
