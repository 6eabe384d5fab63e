"""Looking for what has arrived: in the inbox, or among files that somebody names."""

from collections.abc import Collection
from pathlib import Path

from pipelines.house.settings import Settings
from pipelines.landing import InboxScan, PassedOver, Waiting, scan_inbox
from pipelines.reading.arrival import Arrival
from pipelines.reading.clean_names import clean_name


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
    passed: list[PassedOver] = []
    folders = sorted({p if p.is_dir() else p.parent for p in paths})
    wanted = {p.resolve() for p in paths}
    for folder in folders:
        scan = scan_inbox(inbox=folder, now=settings.now(), counties=settings.counties or None)
        whole = folder.resolve() in wanted
        ready += [a for a in scan.ready if whole or any(p.resolve() in wanted for p in a.paths)]
        unknown += [a for a in scan.unknown if whole or any(p.resolve() in wanted for p in a.paths)]
        waiting += scan.waiting if whole else []
        named = {clean_name(p.name) for p in paths}
        passed += [one for one in scan.passed_over if whole or one.name in named]
    return InboxScan(tuple(ready), tuple(waiting), tuple(unknown), tuple(passed))
