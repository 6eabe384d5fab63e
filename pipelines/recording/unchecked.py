"""Findings that tonight cannot say anything of: a row or a value that concerns them is among those that we refused.

They are not found, and that proves nothing: the row that showed them may be the one that was refused (decision 0030).
"""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.feeds import FEEDS
from expectations.finding import CLOSED_STATES
from expectations.rule import Rule
from expectations.terms.refusals import KINDS
from pipelines.recording.over_arrow import over_arrow
from warehouse.concern import concerns, counted_in, reads
from warehouse.refused import LINKS, Refusals
from warehouse.sql import among, cases, literal, outside

UNCHECKED_SCHEMA: Final = pa.schema({"finding_id": pa.string()})
_OF_SUBJECT: Final = "relocation_no"
"""Of KINDS what a ledger has in no column of its own: it is the whole key of whatever is known by it."""
_SHOWN: Final = (
    *("finding_id", "rule", "subject_key", "period", "actual", "evidence"),
    *(kind for kind in KINDS if kind != _OF_SUBJECT),
)


def hidden(found: pa.Table, book: pa.Table, older: pa.Table | None, refusals: Refusals | None) -> pa.Table:
    """UNCHECKED_SCHEMA: open findings that tonight did not find, and that something refused may hide."""
    if older is None or refusals is None:
        return UNCHECKED_SCHEMA.empty_table()
    from expectations.rules import RULES

    with over_arrow(found=found, book=book, older=older) as connection:
        gone = connection.execute(
            f"""SELECT o.* FROM older o SEMI JOIN (FROM book WHERE {outside("state", CLOSED_STATES)}) USING (finding_id)
            ANTI JOIN found USING (finding_id)"""
        ).to_arrow_table()
    return unchecked(gone, refusals, RULES)


def unchecked(gone: pa.Table, refusals: Refusals, rules: Sequence[Rule]) -> pa.Table:
    """UNCHECKED_SCHEMA: those of ``gone``, rows of the ledger that tonight did not find, that a refusal may hide."""
    asked = [rule for rule in rules if rule.code in set(gone["rule"].to_pylist())]
    if not asked:
        return UNCHECKED_SCHEMA.empty_table()
    by_key = [
        f"SELECT f.finding_id FROM f JOIN touched AS t ON f.rule = {literal(rule.code)} AND {on}"
        for rule in asked
        for on in concerns(rule, clearing=True)
    ]
    by_key += [
        f"SELECT f.finding_id FROM f JOIN refused AS r ON f.rule = {literal(rule.code)} AND {_was_counted(rule)}"
        for rule in asked
        if rule.compares
    ]
    by_evidence = [_ITEM_IS_REFUSED.format(of=of, on=on, read=_of_rule(asked)) for of, on in _SAME_ROW]
    query = f"""WITH items AS ({_ITEMS}),
        there AS ({_there(refusals)}),
        missing AS (FROM items ANTI JOIN there USING (feed, row_key)),
        f AS (SELECT *, subject_key AS {_OF_SUBJECT}, concat_ws('|', subject_key, period, actual) AS asked FROM gone)
    SELECT finding_id FROM ({" UNION ".join([*by_key, *by_evidence])}) ORDER BY finding_id"""
    with over_arrow(gone=gone.select(_SHOWN), touched=refusals.touched, refused=refusals.rows) as connection:
        return connection.execute(query).to_arrow_table().cast(UNCHECKED_SCHEMA)


def _was_counted(rule: Rule) -> str:
    """The condition that a refused row would be counted for a finding, by what its key says."""
    if rule.compares is None:
        return "false"
    place = rule.subject.key.index(rule.compares.column) + 1
    return counted_in(rule.compares, f"split_part(f.subject_key, '|', {place})", "r")


def _there(refusals: Refusals) -> str:
    """SQL: (feed, row_key) of the rows that are there tonight, in feeds of which a refused row lost its key."""
    keyless = refusals.rows.filter(pc.is_null(refusals.rows["row_key"]))
    rows = ["SELECT NULL::VARCHAR AS feed, NULL::VARCHAR AS row_key LIMIT 0"]
    for name in sorted(set(keyless["feed"].to_pylist()) & set(refusals.beside)):
        current = refusals.beside[name]
        key = " || '|' || ".join(f"{column}::VARCHAR" for column in current.feed.key)
        rows.append(f"SELECT {literal(name)}, {key} FROM ({current.sql()})")
    return " UNION ALL ".join(f"({one})" for one in rows)


def _of_rule(rules: Sequence[Rule]) -> str:
    """The condition that the item's rule needs the refused row's feed, and where it is a value reads its column."""
    of_rule = {
        rule.code: f"({among('r.feed', rule.needs)} AND (r.refused IS NULL OR {reads(rule, 'r')})"
        + ("" if rule.reads_before else " AND NOT r.before")
        + ")"
        for rule in rules
    }
    return cases("i.rule", of_rule, "false")


def _of_feed(column: str, names: dict[str, str | None]) -> str:
    """SQL: a text of an item's values that each feed calls by its own name."""
    outcomes = {feed: f"item->'values'->>{literal(name)}" for feed, name in names.items() if name is not None}
    return f"{cases('''item->>'feed' ''', outcomes, 'NULL')} AS {column}"


_NUMBERS: Final = {feed.name: next(iter(feed.identity_columns), None) for feed in FEEDS}
_NAMES: Final = {feed.name: feed.name_beside(n) if (n := _NUMBERS[feed.name]) else None for feed in FEEDS}
_KEYS: Final = cases(
    "item->>'feed'",
    {feed.name: " || '|' || ".join(f"(item->'values'->>{literal(name)})" for name in feed.key) for feed in FEEDS},
    "NULL",
)
_ITEMS: Final = f"""SELECT finding_id, rule, item->>'feed' AS feed, {_KEYS} AS row_key,
        {_of_feed("person_id", _NUMBERS)}, {_of_feed("name", _NAMES)},
        {", ".join(f"item->'values'->>{literal(link)} AS {link}" for link in LINKS)}
    FROM (SELECT finding_id, rule, unnest(json_extract(evidence, '$[*]')) AS item FROM gone)
    WHERE item->>'feed' IS NOT NULL"""
"""The rows that stand behind a finding, as the night that showed it last wrote them down."""

_SAME_ROW: Final = (
    ("items", "r.feed = i.feed AND r.row_key = i.row_key"),
    ("items", "(r.keyless OR r.feed = i.feed AND r.row_key IS NULL) AND r.person_id = i.person_id"),
    # what is there no more may be what lost its key, unless the two are somebody's each; a book of M* never showed it
    (
        "missing",
        "r.feed = i.feed AND r.row_key IS NULL AND NOT r.before AND coalesce(r.person_id = i.person_id, true)"
        " AND coalesce(r.name = i.name, true)",
    ),
)
_ITEM_IS_REFUSED: Final = "SELECT i.finding_id FROM {of} AS i JOIN refused AS r ON {on} AND {read} AND " + " AND ".join(
    f"(r.{link} IS NULL OR i.{link} IS NULL OR r.{link} = i.{link})" for link in LINKS
)
