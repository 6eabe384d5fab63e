"""From staged rows, ledger and books to a published warehouse: write, audit, publish."""

from warehouse.loading.errors import AuditFailed, HistoryMissing, NothingPublishedError, OtherReleaseError
from warehouse.loading.publish import (
    Published,
    load_and_publish,
    load_and_publish_all,
    open_published,
    published_snapshot,
    reading_published,
)
from warehouse.loading.run import Recorded, RunToLoad

__all__ = [
    "AuditFailed",
    "HistoryMissing",
    "NothingPublishedError",
    "OtherReleaseError",
    "Published",
    "Recorded",
    "RunToLoad",
    "load_and_publish",
    "load_and_publish_all",
    "open_published",
    "published_snapshot",
    "reading_published",
]
