"""A day at two counties: what is dropped, in which order, and what the command line makes of the same files."""

import csv
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from expectations.feeds import FEEDS_BY_NAME
from pipelines import flow
from pipelines.demo import months_of
from pipelines.releasing import release
from pipelines.simulator import simulate

COUNTIES = ("522601", "522622")
HOUSEHOLDS = 25
MONTHS = 2
KEY = "5a" * 32
REASON = "已电话核实"


def today() -> date:
    """The counties' day."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


@dataclass
class Departments:
    """Files that departments send, and a copy of each in the order in which it was dropped."""

    folder: Path
    inbox: Path
    dropped: list[Path] = field(default_factory=list)

    def prepare(self, policy: Path) -> list[Path]:
        """Simulate the counties; their files, older month first."""
        day = today()
        for number, county in enumerate(COUNTIES):
            simulate(
                county=county,
                as_of=day,
                households=HOUSEHOLDS,
                seed=number,
                months=MONTHS,
                out=self.folder / "out" / county,
                policy=policy,
            )
        self.inbox.mkdir(parents=True, exist_ok=True)
        months = [months_of(self.folder / "out" / county) for county in COUNTIES]
        return [path for month in zip(*(m.values() for m in months), strict=True) for part in month for path in part]

    def drop(self, path: Path, name: str = "") -> str:
        """Put a file into the inbox whole: under another name, then renamed. Returns its name."""
        name = name or path.name
        kept = self.folder / "dropped" / f"{len(self.dropped):03d}" / name
        kept.parent.mkdir(parents=True)
        shutil.copyfile(path, kept)
        self.dropped.append(kept)
        temporary = self.inbox / f".{name}.writing"
        shutil.copyfile(path, temporary)
        temporary.rename(self.inbox / name)
        return name

    def drop_slowly(self, paths: Sequence[Path], pause: float) -> list[str]:
        """One after the other."""
        names = []
        for path in paths:
            names.append(self.drop(path))
            time.sleep(pause)
        return names

    def split(self, path: Path) -> list[tuple[Path, str]]:
        """A delivery in two parts: files, and the names under which they are sent."""
        heading, *rows = read(path)
        half = len(rows) // 2
        parts = []
        for number, part in enumerate((rows[:half], rows[half:]), start=1):
            target = self.folder / f"part{number}.csv"
            write(target, [heading, *part])
            parts.append((target, f"{path.stem}_{number}of2.csv"))
        return parts

    def corrected(self, path: Path) -> Path:
        """The same delivery without its last row."""
        target = self.folder / "corrected" / path.name
        target.parent.mkdir(exist_ok=True)
        write(target, read(path)[:-1])
        return target

    def spoiled(self, path: Path, column: str) -> Path:
        """The same delivery with a value that no reader can accept in one of ten rows: more than is let through."""
        feed = FEEDS_BY_NAME[path.name.partition(f"_{COUNTIES[0][:2]}")[0]]
        heading, *rows = read(path)
        place = heading.index(feed[column].title)
        for row in rows[::10]:
            row[place] = "看不懂"
        target = self.folder / "spoiled" / path.name
        target.parent.mkdir(exist_ok=True)
        write(target, [heading, *rows])
        return target


def run_by_hand(home: Path, departments: Departments, policy: Path, released: str, day: date) -> flow.Settings:
    """The command line's way over the same files in the same order; nothing is sent out."""
    inbox = home / "inbox"
    for number, path in enumerate(departments.dropped):
        target = inbox / f"{number:03d}" / path.name if "of2" not in path.name else inbox / "parts" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1_700_000_000 + number, 1_700_000_000 + number))
    settings = flow.open_settings(home, inbox=None, policy=policy, now=lambda: datetime.now(UTC), dispatch=False)
    flow.ingest(settings, day)
    release(settings, released, REASON, "admin")
    for county in flow.counties_with_data(settings):
        flow.reconcile_county(settings, county, day)
    return settings


def read(path: Path) -> list[list[str]]:
    """Cells of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write cells as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
