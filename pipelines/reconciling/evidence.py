"""Evidence: every row behind a finding on either side, and what was searched in vain, as JSON text.

Runs on the local DuckDB whatever the engine: the engine only gives the rows that findings point to.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import pyarrow as pa
from ibis import Schema
from ibis.expr.types import Table

from expectations.feed import YesNo
from expectations.feeds import FEEDS_BY_NAME
from expectations.masks import CLEAR, Audience, mask_of
from expectations.rule import Comparison, Evidence, Rule, type_of_rows
from expectations.terms import County
from expectations.terms.leads import BETWEEN, GREATER
from pipelines.reconciling.county import Asked
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.sentences import subject_key
from warehouse.sql import among, literal

EVIDENCE_TABLE = "evidence_rows"
_TEXT, _NUMBER = pa.string(), pa.int64()
EVIDENCE_COLUMNS = pa.schema(
    {
        "rule": _TEXT,
        "subject_key": _TEXT,
        "ord": _NUMBER,
        "feed": _TEXT,
        "file": _TEXT,
        "sheet": _TEXT,
        "row_no": _NUMBER,
        "clear": _TEXT,
        "masked": _TEXT,
        "digested": _TEXT,
    }
)


@dataclass(frozen=True)
class Found:
    """One evaluated rule: its facts lie in the local relation ``facts_<code>``."""

    rule: Rule
    schema: Schema

    @property
    def relation(self) -> str:
        """Name of the local relation."""
        return relation_of(self.rule)

    @property
    def keyed(self) -> str:
        """SQL: the facts, named f, with ``_subject_key``."""
        key = subject_key(self.rule, self.schema)
        return f"(SELECT *, {key} AS _subject_key FROM {self.relation}) AS f"


def relation_of(rule: Rule) -> str:
    """Name of the local relation that holds a rule's facts."""
    return f"facts_{rule.code}"


def gather_evidence(engine: Engine, found: Sequence[Found], c: County, asked: Sequence[Asked]) -> None:
    """Put the evidence rows of all findings into EVIDENCE_TABLE.

    Sides that are plain rows of a feed are fetched once for all rules that join them on the same columns.
    """
    engine.give(EVIDENCE_TABLE, EVIDENCE_COLUMNS.empty_table())
    plain: dict[tuple[str, tuple[str, ...]], list[tuple[Found, int, Evidence]]] = {}
    for one in found:
        for number, side in enumerate(one.rule.evidence):
            if not c.has(side.feed):
                continue
            if side.rows is None:
                plain.setdefault((side.feed, side.on), []).append((one, number, side))
            else:
                keys = _keys(engine, f"keys_{one.rule.code}_{number}", [one], side.on)
                build = partial(_rows_of_side, engine, keys, side, side.rows, c)
                _append(engine, one, number, side, engine.planned(("evidence", one.rule, number), build))
    for (feed, on), sides in plain.items():
        keys = _keys(engine, f"keys_{feed}_{'_'.join(on)}", [one for one, _, _ in sides], on)
        build = partial(_plain_rows, engine, keys, [side for _, _, side in sides], c)
        what = ("evidence", feed, on, tuple(one.rule for one, _, _ in sides))
        relation = engine.planned(what, build)
        for one, number, side in sides:
            _append(engine, one, number, side, relation)
    for one in found:
        if one.rule.compares is not None:
            _append_counts(engine, one, one.rule.compares, asked)


def _rows_of_side(engine: Engine, keys: Table, side: Evidence, rows_of: type_of_rows, c: County) -> str:
    rows = keys.inner_join(rows_of(c), list(side.on))
    return engine.once("evidence_of_rule", _shown(rows, [side], side.on))


def _plain_rows(engine: Engine, keys: Table, sides: Sequence[Evidence], c: County) -> str:
    on = sides[0].on
    rows = c.rows[sides[0].feed].semi_join(keys, list(on))
    return engine.relation("evidence_side", _shown(rows, sides, on))


def _keys(engine: Engine, name: str, found: Sequence[Found], on: tuple[str, ...]) -> Table:
    """The distinct values of ``on`` over the facts of some rules."""
    columns = ", ".join(f'"{column}"' for column in on)
    union = " UNION ".join(f"SELECT {columns} FROM {one.relation}" for one in found)
    engine.statement(name, union)
    return engine.lookup(name, Schema({column: found[0].schema[column] for column in on}))


def _shown(rows: Table, sides: Sequence[Evidence], on: tuple[str, ...]) -> Table:
    """The columns of evidence rows that any of ``sides`` needs."""
    wanted = dict.fromkeys((*on, "_delivery", "_file", "_sheet", "_row"))
    for side in sides:
        wanted.update(dict.fromkeys(_columns(side)))
        if side.where is not None:
            wanted[side.where[0]] = None
    return rows.select([column for column in wanted if column in rows.columns]).distinct()


def _append(engine: Engine, one: Found, number: int, side: Evidence, relation: str) -> None:
    """Join one side's rows to the findings of one rule and append them as JSON."""
    columns = _columns(side)
    join = " AND ".join(f'f."{column}" = e."{column}"' for column in side.on)
    where = f'WHERE e."{side.where[0]}" = {literal(side.where[1])}' if side.where is not None else ""
    rows = engine.written(
        f"SELECT DISTINCT {literal(one.rule.code)}, f._subject_key, {number}, "
        f"{literal(side.feed)}, e._file, e._sheet, e._row, {_item(side.feed, columns, Audience.PURPOSE)}, "
        f"{_item(side.feed, columns, Audience.RECIPIENT)}, {_digested(one.rule, side, columns)} "
        f"FROM {one.keyed} JOIN {relation} e ON {join} {where}"
    )
    engine.local.execute(f"INSERT INTO {EVIDENCE_TABLE} {rows}")


def _append_counts(engine: Engine, one: Found, compares: Comparison, asked: Sequence[Asked]) -> None:
    """To each finding of a count the deliveries whose rows were counted, how, and what they came to."""
    counted = [
        {"county": of.county, "feed": feed, "delivery": of.conformed.feeds[feed].newest.delivery}
        for of in asked
        for feed in compares.feeds
        if feed in of.conformed.feeds
    ]
    engine.give("counted_in", pa.Table.from_pylist(counted, pa.schema([(name, _TEXT) for name in _COUNTED])))
    came_to = f"{literal(compares.how)} || '，共' || f.{compares.count} || f.unit"
    item = (
        "json_object('feed', d.feed, 'delivery', d.delivery, 'file', NULL, 'sheet', NULL, 'row', NULL, "
        f"'searched', {came_to})"
    )
    ways = (f"f.{compares.column} = {literal(way.value)} AND {among('d.feed', way.feeds)}" for way in compares.counted)
    rows = engine.written(
        f"SELECT {literal(one.rule.code)}, f._subject_key, {len(one.rule.evidence)}, d.feed, NULL, NULL, NULL, "
        f"{item}::VARCHAR, {item}::VARCHAR, d.feed || json_object('count', f.{compares.count})::VARCHAR "
        f"FROM {one.keyed} JOIN counted_in AS d ON {' OR '.join(f'({way})' for way in ways)}"
    )
    engine.local.execute(f"INSERT INTO {EVIDENCE_TABLE} {rows}")


_COUNTED: Final = ("county", "feed", "delivery")


def constant_evidence(rule: Rule, asked: Asked) -> str:
    """What all findings of a rule share: the deliveries that were searched, and the policy values used."""
    items: list[dict[str, object]] = []
    for absence in rule.absences:
        current = asked.conformed.feeds.get(absence.feed)
        if current is None:
            continue
        searched = asked.searched(absence.feed) or current.newest
        items.append(
            {
                "feed": absence.feed,
                "delivery": searched.delivery,
                "file": None,
                "sheet": None,
                "row": None,
                "searched": absence.how,
            }
        )
    days = asked.days
    read = [(key, days.on_for(key, rule.needs)) for key in rule.policy_keys]
    items += (item for key, day in read if (item := _policy_item(asked, key, day)))
    for key in rule.policy_keys_before:
        day = days.year_before(rule.needs)
        if item := _policy_item(asked, key, day):
            items.append(item | {"on": day.isoformat()})
    return ",".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)


def _policy_item(asked: Asked, key: str, day: date) -> dict[str, object] | None:
    entry = asked.policy.entry_or_none(key, day)
    if entry is None:
        return None
    value = entry.as_dict()
    return {"policy": key, "value": value["value"], "from": value["from"], "source": value["source"]}


def collected(rule_codes: Iterable[str]) -> str:
    """SQL: one row a finding with its evidence items joined, and the digest over what each adds to it."""
    order = "ORDER BY ord, feed, file, sheet, row_no, clear"
    return (
        f"SELECT rule, subject_key, string_agg(clear, ',' {order}) AS clear, "
        f"string_agg(masked, ',' {order}) AS masked, "
        "sha256(string_agg(DISTINCT digested, chr(10) ORDER BY digested)) AS digest "
        f"FROM {EVIDENCE_TABLE} WHERE {among('rule', rule_codes)} GROUP BY rule, subject_key"
    )


def _digested(rule: Rule, side: Evidence, columns: Sequence[str]) -> str:
    """SQL: what a row adds to the digest of its finding: feed and values, or the facts that the rule is digested by."""
    if not rule.digests:
        return f"{literal(side.feed)} || {_values(side.feed, columns, None)}::VARCHAR"
    facts = ", ".join(f'{literal(fact)}, f."{fact}"::VARCHAR' for fact in rule.digests)
    return f"json_object({facts})::VARCHAR"


def greater_digests(rule: Rule) -> str:
    """SQL: the digests, with commas between them, that a finding would have were what ``rises`` greater; else null."""
    if not rule.rises:
        return "NULL::VARCHAR"
    facts = ", ".join(
        f"{literal(fact)}, " + ("band" if fact == rule.rises else f'f."{fact}"::VARCHAR') for fact in rule.digests
    )
    bands = f"string_split(nullif(f.{GREATER}, ''), {literal(BETWEEN)})"
    return f"array_to_string(list_transform({bands}, lambda band: sha256(json_object({facts})::VARCHAR)), ',')"


def _columns(side: Evidence) -> tuple[str, ...]:
    """Columns of a side: the feed's key first, then what the declaration shows."""
    return tuple(dict.fromkeys((*FEEDS_BY_NAME[side.feed].key, *side.show)))


def _item(feed: str, columns: Sequence[str], audience: Audience) -> str:
    return (
        f"json_object('feed', {literal(feed)}, 'delivery', e._delivery, 'file', e._file, 'sheet', e._sheet, "
        f"'row', e._row, "
        f"'values', {_values(feed, columns, audience)})::VARCHAR"
    )


def _values(feed: str, columns: Sequence[str], audience: Audience | None) -> str:
    """SQL: the values of a row as an audience may read them; without one as they are, for the digest alone."""
    known = FEEDS_BY_NAME[feed].by_name
    pairs = []
    for name in columns:
        text = f'e."{name}"::VARCHAR'
        if name in known and isinstance(known[name].type, YesNo):
            text = f"CASE WHEN e.\"{name}\" THEN '是' WHEN NOT e.\"{name}\" THEN '否' END"
        mask = CLEAR if audience is None else mask_of(feed, name, audience)
        pairs.append(f"{literal(name)}, {mask.sql(text)}")
    return f"json_object({', '.join(pairs)})"
