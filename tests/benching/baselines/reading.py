"""pandas reads the newest month's files as text, one after the other, and no more."""

from pathlib import Path

import pandas as pd

from pipelines.reading.names import parse_file_name


def read(home: Path) -> None:
    """The files that a night has archived."""
    files = [path for path in (home / "archive").rglob("*") if path.is_file()]
    dates = {path: named.as_of for path in files if (named := parse_file_name(path.name)) is not None}
    newest = max(day for day in dates.values() if day is not None)
    for path, day in sorted(dates.items()):
        if day == newest:
            pd.read_csv(path, dtype=str, keep_default_na=False)
