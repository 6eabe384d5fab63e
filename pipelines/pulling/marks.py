"""How far a pull got, kept in the pulled file itself: what was restored or rejected needs no second bookkeeping."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

KEY: Final = "liangxian.pull"


@dataclass(frozen=True)
class Mark:
    """What a pulled file holds: by which configuration, since when without a full pull, up to which watermark."""

    source: str
    full_as_of: date
    watermark: Any

    def text(self) -> str:
        """As it stands in the file."""
        kind = type(self.watermark).__name__
        value = self.watermark.isoformat() if isinstance(self.watermark, date) else self.watermark
        content = {"source": self.source, "full_as_of": self.full_as_of.isoformat(), "kind": kind, "watermark": value}
        return json.dumps(content, sort_keys=True)


def read_mark(path: Path) -> Mark | None:
    """The mark of a pulled file; None for any other file."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (pa.ArrowException, OSError):
        return None
    raw = metadata.get(KEY.encode())
    if raw is None:
        return None
    content = json.loads(raw)
    value = content["watermark"]
    match content["kind"]:
        case "datetime":
            value = datetime.fromisoformat(value)
        case "date":
            value = date.fromisoformat(value)
    return Mark(content["source"], date.fromisoformat(content["full_as_of"]), value)


def step_back(watermark: Any, overlap: int) -> Any:
    """Where the next pull begins: ``overlap`` seconds before a time (days for a date), units before a number."""
    if isinstance(watermark, datetime):
        return watermark - timedelta(seconds=overlap)
    if isinstance(watermark, date):
        return watermark - timedelta(days=-(-overlap // 86_400))
    return watermark - overlap
