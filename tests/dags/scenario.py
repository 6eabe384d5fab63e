"""Days at three counties: what is dropped, in which order, and what the command line makes of the same files.

Two counties send today; the third (``PAST``) sent on the three days before, but never its pupils.
"""

import csv
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from actors import TESTER, acting

from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from pipelines.desk.releasing import release
from pipelines.house.settings import Settings, open_settings
from pipelines.night import flow
from pipelines.night.intake import ingest
from pipelines.reading.names import parse_file_name
from pipelines.simulator import simulate
from pipelines.simulator.inbox_months import months_of

COUNTIES = ("522601", "522622")
PAST = "522623"
LATE = "students"
NEEDS_LATE = "CV03"
ANEW = ("housing_renovations", "insurance_enrolments")
"""What the third county sends anew on its second and third day."""
ALL_COUNTIES = sorted((*COUNTIES, PAST))
ZONE = ZoneInfo("Asia/Shanghai")
HOUSEHOLDS = 25
MONTHS = 2
KEY = "5a" * 32
REASON = "已电话核实"
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def today() -> date:
    """The counties' day."""
    return datetime.now(ZONE).date()


@cache
def past_days() -> list[date]:
    """The three days before the newest night, which begins at 02:00; the same when another begins meanwhile."""
    night = (datetime.now(ZONE) - timedelta(hours=2)).date()
    return [night - timedelta(days=ago) for ago in (3, 2, 1)]


def at_one(day: date) -> datetime:
    """An hour before that day's night."""
    return datetime.combine(day, clock(1), ZONE).astimezone(UTC)


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

    def prepare_past(self, policy: Path) -> dict[date, list[Path]]:
        """Simulate the third county; what it sent on each of its days, never its pupils (``late``)."""
        sent = {}
        for day in past_days():
            out = self.folder / "out" / PAST / f"{day}"
            simulate(county=PAST, as_of=day, households=HOUSEHOLDS, seed=len(COUNTIES), out=out, policy=policy)
            wanted = [feed.name for feed in CORE_FEEDS if feed.name != LATE] if not sent else ANEW
            sent[day] = [path for path in sorted(out.iterdir()) if path.name.startswith(tuple(wanted))]
        return sent

    def late(self) -> Path:
        """The pupils of the third county's last day."""
        (path,) = (self.folder / "out" / PAST / f"{past_days()[-1]}").glob(f"{LATE}_*")
        return path

    def keep(self, path: Path, name: str) -> None:
        """Keep a copy, to be dropped again by hand."""
        kept = self.folder / "dropped" / f"{len(self.dropped):03d}" / name
        kept.parent.mkdir(parents=True)
        shutil.copyfile(path, kept)
        self.dropped.append(kept)

    def drop(self, path: Path, name: str = "") -> str:
        """Put a file into the inbox whole: under another name, then renamed. Returns its name."""
        name = name or path.name
        self.keep(path, name)
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


def receive_past(settings: Settings, departments: Departments, sent: Mapping[date, Sequence[Path]]) -> None:
    """What the third county sent was received then, before anybody had an Airflow; no night was run."""
    for day, paths in sent.items():
        for path in paths:
            departments.keep(path, path.name)
        ingest(replace(settings, now=lambda day=day: at_one(day)), day, paths, archive=False)


def run_past_nights(home: Path, policy: Path, sent: Mapping[date, Sequence[Path]]) -> Settings:
    """The third county's nights as the command line ran them then, each over what had been received."""
    settings = open_settings(home, inbox=None, policy=policy, actor=TESTER, now=lambda: datetime.now(UTC))
    for day, paths in sent.items():
        then = replace(settings, now=lambda day=day: at_one(day))
        ingest(then, day, paths, archive=False)
        flow.reconcile_county(then, PAST, day)
    return settings


def run_by_hand(home: Path, departments: Departments, policy: Path, released: str, day: date) -> Settings:
    """The command line's way over the same files in the same order; nothing is sent out."""
    inbox = home / "inbox"
    for number, path in enumerate(departments.dropped):
        target = inbox / f"{number:03d}" / path.name if "of2" not in path.name else inbox / "parts" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1_700_000_000 + number, 1_700_000_000 + number))
    settings = open_settings(
        home, inbox=None, policy=policy, actor=TESTER, now=lambda: datetime.now(UTC), dispatch=False
    )
    ingest(settings, day)
    release(acting(settings, "admin"), released, REASON)
    for county in flow.counties_with_data(settings):
        flow.reconcile_county(settings, county, day)
    return settings


def people_in(folder: Path) -> set[str]:
    """Every name, number and other personal value of the files below a folder."""
    found = set()
    for path in folder.rglob("*.csv"):
        about = parse_file_name(path.name)
        assert about is not None
        feed = FEEDS_BY_NAME[about.feed]
        heading, *rows = read(path)
        places = [heading.index(column.title) for column in feed.columns if column.personal]
        found |= {row[place] for row in rows for place in places}
    return found - {""}


def named_in(texts: Sequence[str], people: set[str]) -> set[str]:
    """Personal values that stand in the texts, escaped or not."""
    whole = (ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text) for text in texts)
    words = {word for text in whole for word in re.findall(r"[\w·]+", text)}
    return {value for value in people if any(value in word for word in words)}


def read(path: Path) -> list[list[str]]:
    """Cells of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write cells as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
