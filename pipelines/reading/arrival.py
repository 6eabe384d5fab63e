"""A delivery as it is handed over to be read: by name, with its files."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Arrival:
    """A delivery that is there whole: its files in order of parts, by the names that they came under, cleaned.

    ``sent``: the names as they came, where they were cleaned, else None.
    """

    feed: str
    county: str
    as_of: date | None
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    sent: tuple[str | None, ...] = ()
