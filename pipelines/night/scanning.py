"""Looking for what has arrived: in the inbox, or among files that somebody names."""

from collections.abc import Collection
from pathlib import Path

from pipelines.house.settings import Settings
from pipelines.landing import InboxScan, Waiting, scan_inbox
from pipelines.reading.arrival import Arrival


def scan_of(settings: Settings) -> InboxScan:
    """What lies in the inbox."""
    return scan_inbox(
        inbox=settings.inbox,
        now=settings.now(),
        settle_seconds=settings.settle_seconds,
        counties=settings.counties or None,
    )


def scan_paths(settings: Settings, paths: Collection[Path]) -> InboxScan:
    """Named files and folders instead of the inbox; they stay where they are."""
    ready: list[Arrival] = []
    waiting: list[Waiting] = []
    unknown: list[Arrival] = []
    folders = sorted({p if p.is_dir() else p.parent for p in paths})
    wanted = {p.resolve() for p in paths}
    for folder in folders:
        scan = scan_inbox(inbox=folder, now=settings.now(), counties=settings.counties or None)
        whole = folder.resolve() in wanted
        ready += [a for a in scan.ready if whole or any(p.resolve() in wanted for p in a.paths)]
        unknown += [a for a in scan.unknown if whole or any(p.resolve() in wanted for p in a.paths)]
        waiting += scan.waiting if whole else []
    return InboxScan(tuple(ready), tuple(waiting), tuple(unknown))
