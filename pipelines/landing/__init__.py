"""The inbox: what has arrived whole, what waits for its other parts, and where taken files go."""

from pipelines.landing.archive import archive_files
from pipelines.landing.door import PassedOver, Why
from pipelines.landing.inbox import InboxScan, Waiting, scan_inbox
from pipelines.landing.marks import mark_files

__all__ = ["InboxScan", "PassedOver", "Waiting", "Why", "archive_files", "mark_files", "scan_inbox"]
