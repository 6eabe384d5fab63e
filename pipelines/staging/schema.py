"""The Parquet schemas of a staged delivery and of what was refused in it."""

import pyarrow as pa

from expectations.feed import Feed
from pipelines.staging.parsing import arrow_type
from warehouse.refused import UNREADABLE

_PROVENANCE = (
    pa.field("_delivery", pa.string()),
    pa.field("_file", pa.string()),
    pa.field("_sheet", pa.string()),
    pa.field("_row", pa.int64()),
)

PROBLEMS = pa.schema(
    [
        pa.field("delivery", pa.string()),
        pa.field("scope", pa.string()),
        pa.field("file", pa.string()),
        pa.field("sheet", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("column", pa.string()),
        pa.field("heading", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("first", pa.bool_()),
        pa.field("value", pa.string()),
        pa.field("detail", pa.string()),
    ]
)
"""What was refused, one row a problem, in order of rows and declared columns.

``detail`` says what exactly is wrong, where a reason has several causes (expectations.reasons.Detail)."""


def staged_schema(feed: Feed) -> pa.Schema:
    """Canonical columns in declared order, each with what stands beside it (``Column.beside``), then provenance."""
    fields = []
    for column in feed.columns:
        fields.append(pa.field(column.name, arrow_type(column)))
        if column.beside is not None:
            fields.append(pa.field(column.beside, pa.string()))
    return pa.schema([*fields, *_PROVENANCE])


def quarantined_schema(feed: Feed) -> pa.Schema:
    """Canonical columns as text, provenance, the reason that counts, and the columns whose value is none (UNREADABLE).

    What stands in the other columns is canonical, as it would have been staged: rules ask whom a refused row is about.
    """
    return pa.schema(
        [
            *(pa.field(c.name, pa.string()) for c in feed.columns),
            *_PROVENANCE,
            pa.field("_reason", pa.string()),
            pa.field(UNREADABLE, pa.string()),
        ]
    )
