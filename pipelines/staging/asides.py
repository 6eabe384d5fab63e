"""What was taken though it was not quite what was asked for: one sentence a table, column and cause."""

from collections.abc import Sequence

import numpy as np

from expectations.feed import Feed
from pipelines.reading import RawTable
from pipelines.reading.notices import Cause, Notice
from pipelines.staging.rows import Aside

_ROWS_SHOWN = 10

_SAID = {
    Cause.TIME_OF_DAY: "“{heading}”列的日期带有钟点，只取日期。请核对是否导出了正确的列",
    Cause.WORD_FOR_NOTHING: "“{heading}”列写的是“空”的意思（如NULL、无数据、--），按空白处理。确实没有的请留空",
}


def tell_asides(feed: Feed, table: RawTable, asides: Sequence[Aside]) -> list[Notice]:
    """The sentences for one table, in order of columns."""
    found: dict[tuple[int, Cause], list[Aside]] = {}
    for aside in asides:
        found.setdefault((aside.column, aside.cause), []).append(aside)
    out = []
    for (place, cause), some in sorted(found.items()):
        rows = np.concatenate([a.rows for a in some])
        heading = table.layout.columns[feed.columns[place].name].text
        first = tuple(int(r) for r in rows[:_ROWS_SHOWN])
        said = _SAID[cause].format(heading=heading)
        out.append(Notice(cause, said, table.file, table.sheet, first, heading, len(rows)))
    return out
