"""What a county sent, month by month."""

import re
from datetime import date
from itertools import groupby
from pathlib import Path


def months_of(folder: Path) -> dict[date, list[Path]]:
    """The files of a folder by the as-of date in their names, both in order."""

    def as_of(path: Path) -> str:
        found = re.search(r"_(\d{8})", path.name)
        if found is None:
            raise ValueError(f"{path.name} has no as-of date in its name")
        return found[1]

    paths = sorted((p for p in folder.iterdir() if p.is_file()), key=lambda p: (as_of(p), p.stat().st_mtime_ns, p.name))
    return {date.fromisoformat(day): list(group) for day, group in groupby(paths, key=as_of)}
