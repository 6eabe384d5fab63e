"""One door for all formats."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Feed
from pipelines.reading.columnar import open_parquet
from pipelines.reading.delimited import open_delimited
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.excel import open_workbook
from pipelines.reading.explaining import explain_twins
from pipelines.reading.magic import refuse_wrong_kind, told_by_another_name
from pipelines.reading.notices import Cause, Notice, notice_of
from pipelines.reading.tables import Opened, RawTable


def open_file(path: Path, name: str, suffix: str, feed: Feed) -> Opened:
    """Tables of a file that came as ``name``; what cannot be read is a problem, never an error."""
    try:
        if path.stat().st_size == 0:
            raise UnreadableFileError("文件是空的。请重新导出后报送")
        kind = refuse_wrong_kind(path, suffix)
        opened = _OPENERS[suffix](path, name, feed)
        ambiguous = tuple(notice for table in opened.tables for notice in _ambiguous(table, feed))
    except UnreadableFileError as error:
        return Opened(problems=(notice_of(error.at(name)),))
    if ambiguous:
        return replace(opened, tables=(), problems=ambiguous)
    renamed = told_by_another_name(kind, suffix)
    told = (Notice(Cause.WRONG_KIND, renamed, name),) if renamed else ()
    scaled = (n for table in opened.tables for n in _scaled(table))
    return replace(opened, warnings=(*told, *opened.warnings, *scaled))


_OPENERS = {"csv": open_delimited, "xlsx": open_workbook, "xls": open_workbook, "parquet": open_parquet}


def _scaled(table: RawTable) -> list[Notice]:
    """What was made of units that stand elsewhere than behind a heading: nobody should be surprised."""
    layout = table.layout
    return [Notice(Cause.UNIT, layout.stated, table.file, table.sheet, (layout.row,))] if layout.stated else []


def _ambiguous(table: RawTable, feed: Feed) -> list[Notice]:
    """Columns that two headings claim with equal right, where their cells are not the same in every row."""
    layout = table.layout
    asked = dict(layout.twins)
    differing: set[str] = set()
    if not asked:
        return []
    for batch in table.batches():
        for name in asked.keys() - differing:
            first, *others = (pc.utf8_trim_whitespace(batch.columns[p]) for p in asked[name])
            if not all(_equal(first, other) for other in others):
                differing.add(name)
        if len(differing) == len(asked):
            break
    return [explain_twins(c, layout, table.file, table.sheet) for c in feed.columns if c.name in differing]


def _equal(one: pa.Array, other: pa.Array) -> bool:
    return bool(np.all(pc.equal(one, other).to_numpy(zero_copy_only=False)))
