"""Scanning the inbox: nothing is remembered between scans, so a scan can be lost or done twice."""

import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.landing.door import PassedOver, Why, may_take, why_passed_over
from pipelines.reading.arrival import Arrival
from pipelines.reading.clean_names import as_sent, clean_name
from pipelines.reading.names import FileName, guess_feed_and_county, parse_file_name

_TEMPORARY_STARTS = (".", "~$")
_TEMPORARY_ENDS = ("~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".writing")
_NO_COUNTY = "000000"
_LEFT_LYING = 3_600
"""Seconds after which nobody writes a file of a temporary name any more."""


@dataclass(frozen=True)
class Waiting:
    """A delivery that is not there whole; ``parts`` says which parts are, such as ``1,3 of 3``."""

    feed: str
    county: str
    as_of: date | None
    parts: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class InboxScan:
    """What an inbox holds: deliveries in order of intake, what waits, what has no name of a delivery, and the rest."""

    ready: tuple[Arrival, ...]
    waiting: tuple[Waiting, ...]
    unknown: tuple[Arrival, ...]
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def whole(self) -> tuple[Arrival, ...]:
        """All that can be taken in, a name that says too little included: it is rejected with a reason."""
        return (*self.ready, *self.unknown)


@dataclass(frozen=True)
class _Found:
    path: Path
    modified: float
    order: tuple[int, str]
    says: FileName

    @property
    def identity(self) -> tuple[str, str, date | None]:
        return self.says.feed, self.says.county, self.says.as_of


def scan_inbox(
    *, inbox: Path, now: datetime, settle_seconds: float = 0, counties: Collection[str] | None = None
) -> InboxScan:
    """Look through the inbox and its sub-folders, of the given counties only.

    A file younger than ``settle_seconds`` may still be written: its delivery waits. Deliveries come in order of
    modification time (of the part that came last), then path.
    """
    found, unknown, passed_over = _look(inbox, now.timestamp())
    if counties is not None:
        found = [f for f in found if f.says.county in counties]
        unknown = [u for u in unknown if u.county in counties or u.county == _NO_COUNTY]
    newest = now.timestamp() - settle_seconds
    ready: list[tuple[tuple[int, str], Arrival]] = []
    waiting: list[Waiting] = []
    for files in _sets(found):
        parts = files[0].says.parts
        names = tuple(clean_name(f.path.name) for f in files)
        if len(files) < parts:
            there = ",".join(str(f.says.part) for f in files)
            waiting.append(Waiting(*files[0].identity, f"{there} of {parts}", names))
        elif settle_seconds > 0 and any(f.modified > newest for f in files):
            waiting.append(Waiting(*files[0].identity, f"{parts} of {parts}, still being written", names))
        else:
            arrival = Arrival(
                *files[0].identity, tuple(f.path for f in files), names, tuple(as_sent(f.path.name) for f in files)
            )
            ready.append((max(f.order for f in files), arrival))
    return InboxScan(
        ready=tuple(arrival for _, arrival in sorted(ready, key=lambda r: r[0])),
        waiting=tuple(waiting),
        unknown=tuple(unknown),
        passed_over=tuple(passed_over),
    )


def _look(inbox: Path, now: float) -> tuple[list[_Found], list[Arrival], list[PassedOver]]:
    """Named files, and those whose names fit nothing, in order of modification time, then path; and what is no file."""
    found: list[_Found] = []
    unknown: list[tuple[tuple[int, str], Arrival]] = []
    passed: list[tuple[str, PassedOver]] = []
    for path in inbox.rglob("*") if inbox.is_dir() else ():
        relative = path.relative_to(inbox)
        try:
            status = path.lstat()
        except (FileNotFoundError, PermissionError):
            # taken away while we look: the next scan sees what is there then; or in a folder that is named itself
            continue
        is_folder = stat.S_ISDIR(status.st_mode) and (parse_file_name(path.name) is None or _temporary(path.name))
        order = (status.st_mtime_ns, relative.as_posix())
        why = None if is_folder else why_passed_over(status)
        if why is None and not may_take(path):
            if not os.path.lexists(path):  # taken away, as above
                continue
            why = Why.NO_RIGHTS
        elif is_folder:
            continue
        if any(_temporary(part) for part in relative.parts):
            # what is being written is nobody's concern until it is left lying
            why = Why.TEMPORARY if status.st_mtime < now - _LEFT_LYING else None
            if why is None:
                continue
        if why is not None:
            name = clean_name(path.name)
            passed.append((order[1], PassedOver(name, why, guess_feed_and_county(name)[1])))
            continue
        says = parse_file_name(path.name)
        if says is None:
            name, sent = clean_name(path.name), as_sent(path.name)
            feed, county = guess_feed_and_county(name)
            unknown.append((order, Arrival(feed, county, None, (path,), (name,), (sent,))))
        else:
            found.append(_Found(path, status.st_mtime, order, says))
    found.sort(key=lambda f: f.order)
    others = [arrival for _, arrival in sorted(unknown, key=lambda u: u[0])]
    return found, others, [one for _, one in sorted(passed, key=lambda p: p[0])]


def _sets(found: Iterable[_Found]) -> list[list[_Found]]:
    """Files that belong together, in order of parts; where a part is there twice, the earlier makes the first set."""
    sets: dict[tuple[str, str, date | None, int], list[dict[int, _Found]]] = {}
    for file in found:
        group = sets.setdefault((*file.identity, file.says.parts), [])
        place = next((s for s in group if file.says.part not in s), None)
        if place is None:
            place = {}
            group.append(place)
        place[file.says.part] = file
    return [[s[k] for k in sorted(s)] for group in sets.values() for s in group]


def _temporary(name: str) -> bool:
    return name.startswith(_TEMPORARY_STARTS) or name.lower().endswith(_TEMPORARY_ENDS)
