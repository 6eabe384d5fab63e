"""Templates to SQL: a rule's Chinese sentence over its fact columns, in clear and masked.

Facts lie in the local DuckDB whatever engine found them, so sentences are written there, for findings only.
"""

from string import Formatter

from ibis import Schema

from expectations.feed import Personal
from expectations.feeds import FEEDS
from warehouse.evaluation.masking import MASKS
from warehouse.sql import literal

NOTHING = "无"

PERSONAL_COLUMNS: dict[str, Personal] = {
    column.name: column.personal for feed in FEEDS for column in feed.columns if column.personal
} | {"dead_name": Personal.NAME}
"""Personal fact columns by name: the feeds' own, and those that rules derive from them."""


def fields_of(template: str) -> tuple[str, ...]:
    """Fact columns that a template names, in order."""
    return tuple(field for _, field, _, _ in Formatter().parse(template) if field)


def shown(schema: Schema, column: str, mask: bool) -> str:
    """A fact column as people read it: 3000.00, 2026-06-30, 是/否; nothing there is 无.

    Masked where asked and where it is personal; a rule that makes a list of names gives ``<column>_masked`` beside it.
    """
    if mask and f"{column}_masked" in schema:
        text = f'"{column}_masked"'
    elif mask and column in PERSONAL_COLUMNS:
        text = MASKS[PERSONAL_COLUMNS[column]].sql(f'"{column}"')
    elif schema[column].is_boolean():
        text = f"CASE WHEN \"{column}\" THEN '是' WHEN NOT \"{column}\" THEN '否' END"
    else:
        text = f'"{column}"::VARCHAR'
    return f"coalesce({text}, {literal(NOTHING)})"


def render(template: str, schema: Schema, mask: bool) -> str:
    """The sentence as an SQL expression over the facts."""
    parts = []
    for text, field, _, _ in Formatter().parse(template):
        if text:
            parts.append(literal(text))
        if field:
            parts.append(shown(schema, field, mask))
    return " || ".join(parts)


def subject_key(schema: Schema, key: tuple[str, ...], mask: bool) -> str:
    """The key columns joined by ``|``, as an SQL expression."""
    return " || '|' || ".join(shown(schema, column, mask) for column in key)
