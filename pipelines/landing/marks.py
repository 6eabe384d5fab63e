"""Marks of what lies in the inbox: by them a watcher knows what is new, without keeping anybody's file names."""

import hashlib

from pipelines.landing.inbox import InboxScan

_MARK_DIGITS = 16


def mark_files(scan: InboxScan) -> list[str]:
    """A short mark of each whole file by its path, size and time: what changes when something arrives."""
    marks = []
    for path in (path for arrival in scan.whole for path in arrival.paths):
        try:
            status = path.stat()
        except FileNotFoundError:  # taken in since the scan
            continue
        text = f"{path}|{status.st_size}|{status.st_mtime_ns}"
        marks.append(hashlib.sha256(text.encode()).hexdigest()[:_MARK_DIGITS])
    return marks
