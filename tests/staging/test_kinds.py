"""Every kind of thing that a cell can say, in every column of every feed, in every format.

What is expected follows from the declaration: a kind that is added here is asked of all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

import pytest
from feed_tables import rows_of, text_table
from sent_files import FORMATS, rows_before

from expectations.feed import (
    Code,
    Column,
    CountyCode,
    Date,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from expectations.feeds import FEEDS
from pipelines.staging import Outcome

Fault = tuple[str, str | None]
"""Reason and detail."""


def junk_in(column: Column, in_text: Fault) -> Fault | None:
    """What is said of text that means nothing: by a text column the given, by an identity number nothing but ID01."""
    match column.type:
        case Text() | Name():
            return in_text
        case Code() | YesNo():
            return "unknown_code", None
        case Money():
            return "bad_money", None
        case Integer() | Year():
            return "bad_number", None
        case Date() | Month() | SchoolYear():
            return "bad_date", None
        case VillageCode() | CountyCode():
            return "bad_area", None
        case IdentityNumber():
            return None
        case never:
            assert_never(never)


def as_blank(column: Column) -> Fault | None:
    """A word for nothing: missing where a value is required, else no problem."""
    return ("missing", "word_for_nothing") if column.must_be_there and not column.is_identity_number else None


@dataclass(frozen=True)
class Kind:
    """A kind of cell: what is written instead of the value, and what is said of it; None: nothing.

    ``same``: the value is staged as if it were written plainly.
    """

    write: Callable[[str], str]
    says: Callable[[Column], Fault | None]
    same: bool = False


KINDS = {
    "a word for nothing": Kind(lambda _: "NULL", as_blank),
    "a database's word for nothing": Kind(lambda _: r"\N", as_blank),
    "a word for nothing in Chinese": Kind(lambda _: " 无数据\u3000", as_blank),
    "a figure that could not be had": Kind(lambda _: "-inf", lambda _: ("missing", "no_figure")),
    "an error value": Kind(lambda _: "#VALUE!", lambda _: ("error_value", None)),
    "a cell too narrow": Kind(lambda _: "######", lambda _: ("error_value", None)),
    "a lost character": Kind(lambda _: "甲乙\ufffd", lambda c: junk_in(c, ("bad_text", "lost_characters"))),
    "another encoding": Kind(lambda _: "鐜嬩紵", lambda c: junk_in(c, ("bad_text", "foreign_encoding"))),
    "format characters": Kind(lambda text: f"\u200b{text}\u00ad\u202c", lambda _: None, same=True),
    "blanks of other kinds": Kind(lambda text: f"\u3000{text}\u00a0", lambda _: None, same=True),
    "a spreadsheet's protection": Kind(lambda text: f'="{text}"', lambda _: None, same=True),
    "an apostrophe": Kind(lambda text: f"'{text}", lambda _: None, same=True),
}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
@pytest.mark.parametrize("form", FORMATS)
def test_every_kind_of_cell_says_in_every_column_what_the_declaration_makes_of_it(bench, content, feed, form):
    asked = [(column, name) for column in feed.columns for name in KINDS]
    rows = rows_of(feed, len(asked) + 1)
    table = text_table(feed, rows)
    expected: dict[tuple[int, str], tuple[str, str, str | None]] = {}
    same = {len(asked): rows[-1]}
    for n, (column, name) in enumerate(asked):
        kind, at = KINDS[name], feed.columns.index(column)
        plain = table[n + 1][at]
        table[n + 1][at] = kind.write(plain)
        if kind.same and plain:
            same[n] = rows[n]
        fault = kind.says(column)
        if fault is not None:
            scope = "row" if column.must_be_there and not column.is_identity_number else "value"
            expected[n + 1 + rows_before(form), column.name] = (scope, *fault)
    staged = bench.send(form, feed, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.refusals
    conditional = {c.name for c in feed.columns if c.required_where is not None}

    def plainly(found):  # what another column asks for is missing_conditional, whatever stands for nothing
        return {k: v for k, v in found.items() if not (k[1] in conditional and v[1].startswith("missing"))}

    assert plainly(bench.found(staged)) == plainly(expected)
    there = {row["_row"]: row for row in bench.rows(staged)}
    first = 1 + rows_before(form)
    for n, row in same.items():
        assert content(feed, [there[n + first]]) == [row], asked[n] if n < len(asked) else "clean"
