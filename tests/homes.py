"""A small home as one real night leaves it: a simulated county, a few refused values, one rejected delivery."""

import csv
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from actors import TESTER

from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.settings import Settings, open_settings
from pipelines.night.flow import run_night
from pipelines.simulator import simulate

COUNTY = "522601"
AS_OF = date(2026, 6, 30)
NIGHT = datetime(2026, 7, 1, 2, tzinfo=UTC)
HOUSEHOLDS = 60

REFUSED_ROW = 2
"""Row of register_households that lies in quarantine: its village belongs to another county."""

REFUSED_VALUE_ROW = 3
"""Row of register_members that is staged without one value: a state of health that no code list has."""

REJECTED = "students_522601_20260531.csv"
"""A delivery that is rejected whole: every status in it is unknown."""


def settings_of(home: Path) -> Settings:
    """The home opened as the command line opens it, at the night's time."""
    return open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: NIGHT)


def make_home(home: Path) -> Path:
    """Simulate a county into the home's inbox, spoil a little of it, and run the night."""
    fill_inbox(home)
    run_night(settings_of(home), AS_OF)
    return home


def fill_inbox(home: Path) -> None:
    """A home before its night: a simulated county in its inbox, a few values spoiled, one delivery altogether."""
    shutil.rmtree(home, ignore_errors=True)
    inbox = home / "inbox"
    simulate(county=COUNTY, as_of=AS_OF, households=HOUSEHOLDS, seed=1, out=inbox, policy=home / "policy")
    students = inbox / _file("students")
    _spoil(students, inbox / REJECTED, "students", "student_status", lambda row: True)
    households, members = inbox / _file("register_households"), inbox / _file("register_members")
    _spoil(households, households, "register_households", "village_code", lambda row: row == REFUSED_ROW)
    _spoil(members, members, "register_members", "health", lambda row: row == REFUSED_VALUE_ROW)


def copy_home(home: Path, target: Path) -> Path:
    """A copy to write in: links stay links, files keep their times, and what others have at work there stays behind.

    Tests in other processes read the home meanwhile, so SQLite copies its own databases: what still lies in a ``-wal``
    is in the copy, which has none of its own.
    """
    passing = shutil.ignore_patterns("*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.sqlite-journal")

    def left_out(folder: str, names: list[str]) -> set[str]:
        return set(names) if Path(folder) == home / "spill" else passing(folder, names)

    shutil.copytree(home, target, symlinks=True, ignore=left_out)
    for path in home.rglob("*.sqlite"):
        copy = target / path.relative_to(home)
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as source,
            closing(sqlite3.connect(copy)) as into,
        ):
            source.backup(into)
        shutil.copystat(path, copy)
    return target


def read_of(home: Path) -> list[str]:
    """What the home's audit log says was read there: nothing, as its night leaves it."""
    with closing(sqlite3.connect(f"{(home / 'books.sqlite').as_uri()}?mode=ro", uri=True, timeout=60)) as books:
        return [f"{what} {asked}" for what, asked in books.execute("SELECT what, filter FROM audit ORDER BY seq")]


def rows_of(path: Path) -> list[list[str]]:
    """The cells of a CSV file; row number n of a department stands at n - 1."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def _file(feed: str) -> str:
    return f"{feed}_{COUNTY}_{AS_OF:%Y%m%d}.csv"


def _spoil(source: Path, target: Path, feed: str, column: str, wrong: Callable[[int], bool]) -> None:
    """Write a file again with a value that no reader can accept in some of its rows."""
    rows = rows_of(source)
    place = rows[0].index(FEEDS_BY_NAME[feed][column].title)
    for number, row in enumerate(rows[1:], start=2):
        if wrong(number):
            row[place] = "看不懂"
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
