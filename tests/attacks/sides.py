"""A release, a home that it made, and its commands: what every attack begins with."""

import csv
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
COUNTY, DAY = "522601", "2026-06-30"
HOUSEHOLDS = 60
PATIENCE = 600
Result = tuple[bool, str]


@dataclass(frozen=True)
class Side:
    """A release, and a home that it made: copied for each attack."""

    tree: Path
    home: Path

    def call(
        self, *words: str, home: Path | None = None, memory: int = resource.RLIM_INFINITY, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """A command on a home, in English."""
        command = [sys.executable, "-m", "pipelines.cli", *words]
        told = {**os.environ, "PYTHONPATH": str(self.tree), "LIANGXIAN_LANG": "en", "COLUMNS": "300", **env}
        told |= {"LIANGXIAN_STAGING_MEMORY": "1GB", "LIANGXIAN_HOME": str(home or self.home)}
        return subprocess.run(
            command, cwd=self.home.parent, env=told, capture_output=True, text=True, errors="backslashreplace",
            timeout=PATIENCE, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (memory, memory)), umask=0o022,
        )  # fmt: skip

    def copy(self) -> Path:
        """A home of one's own to spoil."""
        other = Path(tempfile.mkdtemp(dir=self.home.parent)) / "home"
        shutil.copytree(self.home, other, symlinks=True)
        return other

    def numbers(self) -> set[str]:
        """Every true identity number of the county."""
        found: set[str] = set()
        for path in (self.home.parent / "sent").rglob("*"):
            found |= {n.decode().upper() for n in re.findall(rb"\d{17}[\dXx]", path.read_bytes())}
        return found

    def export(self, recipient: str, form: str = "csv", *, aggregates: bool = False) -> Path:
        """What a recipient is given."""
        target = self.home.parent / f"{recipient}.{form}"
        if not target.exists():
            words = ("--aggregates",) if aggregates else ()
            done = self.call(
                "export",
                "--to",
                form,
                "--recipient",
                recipient,
                "--purpose",
                "evaluation",
                "--out",
                str(target),
                *words,
            )
            assert done.returncode == 0, done.stderr
        return target


def books(home: Path, *statements: str) -> list[list[tuple[object, ...]]]:
    """As whoever can write to the books would."""
    with sqlite3.connect(home / "books.sqlite") as connection:
        return [connection.execute(one).fetchall() for one in statements]


def tables(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for path in sorted(folder.rglob("*.csv")) if folder.is_dir() else [folder]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield path.stem, list(csv.DictReader(stream))


def make(
    tree: Path, folder: Path, *, households: int = HOUSEHOLDS, change: Callable[[Path], None] = lambda sent: None
) -> Side:
    """A home with one night, and what departments sent for it beside it: a simulated county, ``change``d."""
    side = Side(tree, folder / "home")
    folder.mkdir(parents=True, exist_ok=True)
    done = side.call(
        "simulate", "--county", COUNTY, "--as-of", DAY, "--households", str(households), "--seed", "7",
        "--out", str(folder / "sent"), "--policy", str(side.home / "policy"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    change(folder / "sent")
    shutil.copytree(folder / "sent", side.home / "inbox")
    done = side.call("run", "--as-of", DAY)
    assert done.returncode == 0, done.stderr
    return side


def edit(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Change the rows of a file that a department sends."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
