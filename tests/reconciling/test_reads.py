"""Rules name every optional column that decides: found by following each condition back to the column of a feed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis.expr.operations as ops
import pytest
from builders import BARRED_FEEDS, world
from cases.figures import reported
from office_rows import relocation, row_of
from worlds_on_disk import policy_of, stage

from expectations.feeds import FEEDS_BY_NAME
from expectations.rule import Rule
from expectations.rules import RULES
from expectations.terms import County
from pipelines.reconciling.county import Asked, county_of
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from warehouse.lake import Lake


def _columns(node: Any) -> Iterator[tuple[str, str]]:
    """(feed, column) of everything that a value is made of."""
    for field in node.find(ops.Field, filter=lambda n: not isinstance(n, ops.Relation)):
        yield from _origin(field.rel, field.name)


def _origin(relation: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(relation, ops.UnboundTable):
        yield relation.name, name
    elif isinstance(relation, ops.JoinReference | ops.Filter | ops.Sort | ops.Distinct | ops.Limit | ops.DropNull):
        yield from _origin(relation.parent, name)
    elif isinstance(relation, ops.Set):
        yield from _origin(relation.left, name)
        yield from _origin(relation.right, name)
    elif isinstance(relation, ops.DropColumns):
        yield from _origin(relation.parent, name)
    elif hasattr(relation, "values") and name in relation.values:
        value = relation.values[name]
        if isinstance(value, ops.Field):
            yield from _origin(value.rel, value.name)
        else:
            yield from _columns(value)


def _decisive(table: Any) -> set[tuple[str, str]]:
    """Columns that conditions of filters and joins are made of."""
    found: set[tuple[str, str]] = set()
    for node in table.op().find((ops.Filter, ops.JoinChain)):
        conditions = node.predicates if isinstance(node, ops.Filter) else [p for j in node.rest for p in j.predicates]
        for condition in conditions:
            found.update(_columns(condition))
    return found


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    home: Path = tmp_path_factory.mktemp("reads")
    others = {feed: [row_of(feed)] for feed in (*BARRED_FEEDS, "outside_leads")}
    given = world(relocations=[relocation()], reported_totals=[reported()], **others)
    conformed = stage(given, Lake(home))
    with DuckdbEngine(home / "spill", threads=1) as engine:
        c = county_of(engine, [Asked(conformed, policy_of(given))])
        yield replace(c, keep=lambda _name, table: table)


def _is_optional(feed: str, column: str) -> bool:
    declared = FEEDS_BY_NAME.get(feed)
    if declared is None or column not in declared.by_name:
        return False
    return not declared[column].must_be_there and not declared[column].is_identity_number


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_names_the_optional_columns_that_decide(rule: Rule, county: County) -> None:
    decisive = {read for read in _decisive(rule.finds(county, county.values.of(*rule.needs))) if _is_optional(*read)}
    counted = {read for one in rule.compares.counted for read in one.reads} if rule.compares is not None else set()
    assert decisive == {(read.feed, read.column) for read in rule.reads} | counted
