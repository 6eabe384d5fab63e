"""What our own refusals leave in doubt: findings that a refused row or value may concern are only possible.

A pass over what was found, after all rules: where nothing was refused it costs a look at the footers of files.
"""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from ibis import Schema
from ibis.expr.types import Table

from expectations.rule import Rule
from expectations.terms import County
from expectations.terms.here import COUNTIES
from expectations.terms.refusals import KINDS, REFUSED_ROWS, TOUCHED, RestsOn, touched
from pipelines.reconciling.county import Asked
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evidence import Found
from warehouse.concern import concerns, counted_in, sent
from warehouse.refused import REFUSED, Refusals, refused_in

_TOUCHED = "touched"


def doubt(engine: Engine, c: County, asked: Sequence[Asked], rules: Sequence[Rule], found: Iterable[Found]) -> bool:
    """Mark as possible whatever of ``found`` something refused concerns; whether anything was refused at all.

    The relations REFUSED_ROWS and ``touched`` are there afterwards.
    """
    columns = {(read.feed, read.column) for rule in rules for read in rule.reads}
    columns |= {read for rule in rules if rule.compares for one in rule.compares.counted for read in one.reads}
    refused = pa.concat_tables([refused_in(one.conformed, columns) for one in asked])
    if not len(refused):
        return False
    engine.give(REFUSED_ROWS, refused)
    rows = engine.lookup(REFUSED_ROWS, Schema.from_pyarrow(REFUSED))
    engine.planned(("touched", tuple(rules)), lambda: engine.relation(_TOUCHED, _touched(c, rows, rules)))
    for one in found:
        if any(read.as_sent for read in one.rule.reads):
            _leave_out(engine, one)
        if not one.rule.rests_on_rows:
            _mark(engine, one)
    return True


def _touched(c: County, rows: Table, rules: Sequence[Rule]) -> Table:
    there = [rule for rule in rules if all(c.has(feed) for feed in rule.needs)]
    people = {rule.code: rule.people(c) for rule in there if rule.people is not None}
    rests_on = [
        RestsOn(rule.code, read.feed, read.column, read.by, read.rows(c))
        for rule in there
        for read in rule.reads
        if read.rows is not None and c.has(read.feed)
    ]
    needed = dict.fromkeys(feed for rule in there for feed in rule.needs)
    counting = {rule.code: rule.counts for rule in there if rule.counts is not None}
    return touched(c, rows, needed, people, rests_on, counting)


def _leave_out(engine: Engine, one: Found) -> None:
    """Take out what rests on a null that was not sent so."""
    met = " OR ".join(f"({condition})" for condition in sent(one.rule))
    facts = f"SELECT f.* FROM {one.relation} AS f ANTI JOIN {_TOUCHED} AS t ON {met}"
    engine.statement(one.relation, facts)


def _mark(engine: Engine, one: Found) -> None:
    month = f", f.{one.rule.asks_month}" if one.rule.asks_month else ""
    asked = f"(SELECT f._subject_key, {', '.join(f'f.{kind}' for kind in KINDS)}, "
    asked += f"concat_ws('|', f._subject_key{month}) AS asked FROM {one.keyed}) AS f"
    hits = [f"SELECT DISTINCT f._subject_key FROM {asked} JOIN {_TOUCHED} AS t ON {on}" for on in concerns(one.rule)]
    if (compares := one.rule.compares) is not None:
        on = counted_in(compares, f"f.{compares.column}", "r")
        hits.append(f"SELECT DISTINCT f._subject_key FROM {one.keyed} JOIN {REFUSED_ROWS} AS r ON {on}")
    if not hits:
        return
    engine.statement("concerned", " UNION ".join(hits))
    columns = ", ".join(
        "f.possible OR h._subject_key IS NOT NULL AS possible" if name == "possible" else f'f."{name}"'
        for name in one.schema.names
    )
    engine.statement(
        one.relation, f"SELECT {columns} FROM {one.keyed} LEFT JOIN concerned AS h ON h._subject_key = f._subject_key"
    )


def refusals_of(engine: Engine, asked: Sequence[Asked]) -> dict[str, Refusals]:
    """By county what was refused, and what TOUCHED says of it."""
    rows = _with_county(engine, REFUSED_ROWS, REFUSED.names)
    subjects = _with_county(engine, _TOUCHED, TOUCHED.names)
    return {
        one.county: Refusals(
            rows.filter(pc.field("county") == one.county),
            subjects.filter(pc.field("county") == one.county),
            one.conformed.heard,
        )
        for one in asked
    }


def _with_county(engine: Engine, name: str, columns: Iterable[str]) -> pa.Table:
    shown = ", ".join(f"t.{column}" for column in columns if column != "county")
    query = f"SELECT c.county, {shown} FROM {COUNTIES} AS c JOIN {name} AS t ON true"
    return engine.local.execute(engine.written(query)).to_arrow_table()
