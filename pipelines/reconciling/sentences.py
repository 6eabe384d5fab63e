"""Templates to SQL: a rule's Chinese sentence over its fact columns, as each audience may read it.

Facts lie in the local DuckDB whatever engine found them, so sentences are written there, for findings only.
"""

from string import Formatter

from ibis import Schema

from expectations.masks import CLEAR, WHOLE, Audience, mask_of_fact
from expectations.rule import Rule
from warehouse.sql import literal

NOTHING = "无"


def fields_of(template: str) -> tuple[str, ...]:
    """Fact columns that a template names, in order."""
    return tuple(field for _, field, _, _ in Formatter().parse(template) if field)


def shown(rule: Rule, schema: Schema, column: str, audience: Audience) -> str:
    """A fact column as an audience reads it: 3000.00, 2026-06-30, 是/否; nothing there is 无.

    Where it is hidden, a list that the rule itself has masked stands as ``<column>_masked`` beside it.
    """
    mask = mask_of_fact(column, rule.facts, audience)
    by_the_rule = mask not in (CLEAR, WHOLE) and f"{column}_masked" in schema
    text = f'"{column}_masked"' if by_the_rule else mask.sql(_plain(schema, column))
    return f"coalesce({text}, {literal(NOTHING)})"


def _plain(schema: Schema, column: str) -> str:
    if schema[column].is_boolean():
        return f"CASE WHEN \"{column}\" THEN '是' WHEN NOT \"{column}\" THEN '否' END"
    return f'"{column}"::VARCHAR'


def render(template: str, rule: Rule, schema: Schema, audience: Audience) -> str:
    """The sentence as an SQL expression over the facts."""
    parts = []
    for text, field, _, _ in Formatter().parse(template):
        if text:
            parts.append(literal(text))
        if field:
            parts.append(shown(rule, schema, field, audience))
    return " || ".join(parts)


def subject_key(rule: Rule, schema: Schema, audience: Audience | None = None) -> str:
    """The key columns joined by ``|``, as an SQL expression; without an audience as they are, for ids and joins."""
    if audience is None:
        keys = [f"coalesce({_plain(schema, column)}, {literal(NOTHING)})" for column in rule.subject.key]
    else:
        keys = [shown(rule, schema, column, audience) for column in rule.subject.key]
    return " || '|' || ".join(keys)
