"""What is said of a pulled file names table, column and keys: its rows have numbers that no department ever saw."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.feed import Feed
from expectations.reasons import Reason
from pipelines.reading.headings import Headings, normalise_heading
from pipelines.reading.notices import Cause, Notice
from pipelines.reading.origins import Origin, read_origin
from pipelines.staging.masking import mask_refused
from pipelines.staging.parsing import normal_key

_KEYS_SHOWN: Final = 3
_OF_ROWS: Final = frozenset({*Reason, Cause.TIME_OF_DAY, Cause.WORD_FOR_NOTHING})
"""What is said of rows of data, and not of headings."""


def tell_origin(notices: Sequence[Notice], feed: Feed, paths: Sequence[Path]) -> tuple[Notice, ...]:
    """The same of a pulled file, with table, column and keys behind the sentence; of any other as they are."""
    origin = read_origin(paths[0]) if len(paths) == 1 and notices else None
    if origin is None:
        return tuple(notices)
    pulled = _Pulled(origin, feed, paths[0])
    return tuple(replace(n, said=f"{n.said}（{pulled.place(n)}）") for n in notices)


class _Pulled:
    def __init__(self, origin: Origin, feed: Feed, path: Path) -> None:
        self._origin = origin
        self._feed = feed
        self._path = path
        self._columns = {normalise_heading(h): c for h, c in origin.columns.items()}

    def place(self, notice: Notice) -> str:
        """Table, column and the first keys that a notice is about."""
        parts = [self._origin.said]
        if notice.heading and (column := self._columns.get(normalise_heading(notice.heading))):
            parts.append(f"字段{column}")
        if notice.rows and notice.reason in _OF_ROWS and len(self._keys):
            first = [row - 1 for row in notice.rows[:_KEYS_SHOWN] if row <= len(self._keys)]
            more = "等" if (notice.count or len(notice.rows)) > len(first) else ""
            parts.append(f"主键{'、'.join(self._keys.take(pa.array(first, pa.int64())).to_pylist())}{more}")
        return "，".join(parts)

    @cached_property
    def _keys(self) -> pa.ChunkedArray | pa.Array:
        """The key of each row, masked where it is personal."""
        known = Headings(self._feed)
        names = pq.read_schema(self._path).names
        found = {r[0].name: n for n in names if (r := known.recognise(n)) is not None}
        wanted = [(name, found[name]) for name in self._feed.key if name in found]
        if not wanted:
            return pa.array([], pa.string())
        table = pq.read_table(self._path, columns=[heading for _, heading in wanted]).combine_chunks()
        parts = [self._shown(table[heading], name) for name, heading in wanted]
        return parts[0] if len(parts) == 1 else pc.utf8_trim(pc.binary_join_element_wise(*parts, "/"), "/")

    def _shown(self, column: pa.ChunkedArray, name: str) -> pa.Array:
        texts = pc.fill_null(column.cast(pa.string()), "")
        plain = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        return mask_refused(normal_key(plain), self._feed.name, name)
