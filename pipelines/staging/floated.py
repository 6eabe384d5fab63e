"""Keys that went through floating point: ``1001.0`` is 1001 where the whole column ends so, and else nobody knows."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Feed
from pipelines.reading import RawBatch, RawTable
from pipelines.staging.parsing.cleaning import clean
from pipelines.staging.parsing.columns import is_text_key
from pipelines.staging.parsing.octets import POINT, traits_of
from pipelines.staging.parsing.text import FLOATED

_WRITTEN: Final = r"^[\x21-\x7e]+$"
"""A key, and no total or note that stands in the same column."""


def find_floated_keys(feed: Feed, table: RawTable, first: RawBatch) -> frozenset[str]:
    """Names of the text keys all of whose cells end in ``.0``.

    ``first`` is the table's first batch: only where it has such a column is the table read to its end for it.
    """
    places = {
        c.name: table.layout.columns[c.name].position
        for c in feed.columns
        if c.name in table.layout.columns and is_text_key(c)
    }
    floated = {name for name, place in places.items() if _all_floated(first.columns[place], at_least_one=True)}
    if not floated:
        return frozenset()
    for batch in table.batches():
        floated = {name for name in floated if _all_floated(batch.columns[places[name]])}
    return frozenset(floated)


def _all_floated(cells: pa.Array, *, at_least_one: bool = False) -> bool:
    if at_least_one and not traits_of(cells) & POINT:
        return False
    text = clean(cells)
    given = text.filter(pc.match_substring_regex(text, _WRITTEN))
    if not len(given):
        return not at_least_one
    return bool(pc.all(pc.match_substring_regex(given, FLOATED)).as_py())
