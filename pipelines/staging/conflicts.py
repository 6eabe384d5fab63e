"""Taking repeats and conflicting rows out of the candidates, and recording why."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.feed import Feed
from expectations.reasons import Reason
from pipelines.reading import RawTable
from pipelines.staging.masking import mask_accepted
from pipelines.staging.repeats import Duplicates
from pipelines.staging.schema import quarantined_schema, staged_schema
from pipelines.staging.spool import COMPRESSION, PROBLEM_ROWS

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Conflicts:
    """Rows that contradict each other, as refused rows and as problems (with their ``order``)."""

    quarantined: pa.Table
    problems: pa.Table


def write_without(candidates: Path, target: Path, duplicates: Duplicates, feed: Feed) -> pa.Table:
    """Write the candidates but for repeats and conflicts to ``target``; give back the conflicting rows, typed."""
    dropped = np.concatenate([duplicates.repeated, duplicates.conflicting])
    conflicting: list[pa.Table] = []
    start = 0
    with (
        pq.ParquetFile(candidates) as source,
        pq.ParquetWriter(target, staged_schema(feed), compression=COMPRESSION, write_page_checksum=True) as out,
    ):
        for group in range(source.num_row_groups):
            rows = source.read_row_group(group)
            here = np.arange(start, start + len(rows))
            start += len(rows)
            clash = np.isin(here, duplicates.conflicting)
            if clash.any():
                conflicting.append(rows.filter(pa.array(clash)))
            kept = ~np.isin(here, dropped)
            if kept.any():
                out.write_table(rows if kept.all() else rows.filter(pa.array(kept)))
    return pa.concat_tables([staged_schema(feed).empty_table(), *conflicting])


def describe_conflicts(rows: pa.Table, order: Indices, feed: Feed, tables: list[RawTable]) -> Conflicts:
    """Refused rows and problems for rows that share a key; the problem stands at the first key column."""
    reason = pa.repeat(pa.scalar(Reason.CONFLICTING_KEY.value), len(rows))
    texts = [as_text(rows[c.name]) for c in feed.columns]
    provenance = [rows[name] for name in ("_delivery", "_file", "_sheet", "_row")]
    schema = quarantined_schema(feed).append(pa.field("order", pa.int64()))
    readable = pa.nulls(len(rows), pa.string())
    quarantined = pa.table([*texts, *provenance, reason, readable, pa.array(order)], schema=schema)
    place = next(i for i, c in enumerate(feed.columns) if c.key)
    column = feed.columns[place]
    headings = {(t.file, t.sheet): t.layout.columns[column.name].text for t in tables}
    shown = [headings[f, s] for f, s in zip(rows["_file"].to_pylist(), rows["_sheet"].to_pylist(), strict=True)]
    problems = pa.table(
        [
            pa.array(order),
            pa.repeat(pa.scalar("row"), len(rows)),
            rows["_file"],
            rows["_sheet"],
            rows["_row"],
            pa.repeat(pa.scalar(column.name), len(rows)),
            pa.array(shown, pa.string()),
            reason,
            pa.repeat(pa.scalar(True), len(rows)),
            pc.fill_null(mask_accepted(as_text(rows[column.name]), feed.name, column.name), ""),
            pa.nulls(len(rows), pa.string()),
            pa.repeat(pa.scalar(place, pa.int16()), len(rows)),
        ],
        schema=PROBLEM_ROWS,
    )
    return Conflicts(quarantined, problems)


def as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Staged values as they stand among refused rows."""
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "是", "否")
    return values.cast(pa.string())
