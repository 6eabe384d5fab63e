"""What lies in the inbox, for whoever watches it. Imports little: what waits for a watcher waits for a file."""

from datetime import datetime
from pathlib import Path

from pipelines.landing import InboxScan, mark_files, scan_inbox

__all__ = ["InboxScan", "look_into", "marks_of"]


def look_into(inbox: Path, now: datetime, settle_seconds: float) -> InboxScan:
    """Files that are whole, and those that wait for others or to settle."""
    return scan_inbox(inbox=inbox, now=now, settle_seconds=settle_seconds)


def marks_of(scan: InboxScan) -> frozenset[str]:
    """A mark for each whole file, from its name, size and time: no content, so that it may be kept elsewhere."""
    return frozenset(mark_files(scan))
