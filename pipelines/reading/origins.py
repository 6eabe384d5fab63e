"""Where the rows of a pulled file come from, kept in the file: a department finds its table again, not our row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

KEY: Final = "liangxian.origin"


@dataclass(frozen=True)
class Origin:
    """The table (or that it was a query) in words, and the database's columns by heading."""

    said: str
    columns: Mapping[str, str]

    def text(self) -> str:
        """As it stands in the file."""
        return json.dumps({"said": self.said, "columns": dict(self.columns)}, ensure_ascii=False, sort_keys=True)


def read_origin(path: Path) -> Origin | None:
    """The origin of a pulled file; None for any other file."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
        content = json.loads(metadata[KEY.encode()])
        return Origin(str(content["said"]), {str(h): str(c) for h, c in content["columns"].items()})
    except (pa.ArrowException, OSError, LookupError, ValueError, TypeError, AttributeError):
        return None
