"""Freezing: a named copy of the published warehouse that never changes again, for an evaluation."""

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from expectations.calendar import local_day
from expectations.errors import RequestError, ValueRefusedError
from pipelines.house.audit import log
from pipelines.house.home import hold
from pipelines.house.settings import Settings
from warehouse.books.heads import freeze_heads
from warehouse.books.schema import snapshots
from warehouse.lake import atomic_path, sha256_file, sync, umask
from warehouse.loading import NothingPublishedError
from warehouse.loading.versions import open_version, published_version, snapshot_of

_NAME = re.compile(r"[\w][\w.-]{0,63}")


class NameTakenError(RequestError):
    """A snapshot of this name exists; what is frozen is never written again."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is frozen already", advice="choose another name")


@dataclass(frozen=True)
class Snapshot:
    """A frozen snapshot: the copy's SHA-256, the published version that it is of, and the runs that it holds.

    ``found`` says what a look at the file found: ``whole``, ``altered`` or ``missing``; empty where nobody looked.
    """

    name: str
    frozen_at: datetime
    who: str
    purpose: str
    version: str
    sha256: str
    bytes: int
    runs: tuple[str, ...]
    path: Path
    found: str = ""

    def __str__(self) -> str:
        """One line: its name, what a look found, what it is for, who froze it, and its hash."""
        seen = f" {self.found}" if self.found else ""
        return f"{self.name}{seen}: {self.purpose} ({self.who}, {local_day(self.frozen_at)}), sha256 {self.sha256}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values; ``path`` by its name in the folder of snapshots."""
        return vars(self) | {"frozen_at": self.frozen_at.isoformat(), "runs": list(self.runs), "path": self.path.name}


def freeze(settings: Settings, name: str) -> Snapshot:
    """Copy the published warehouse to ``HOME/frozen/<name>.duckdb``, read-only, and note its hash in the books.

    Who froze it and what for are the actor's name and purpose. Raises NameTakenError for a name that is taken,
    RequestError for one that is no name or without a purpose, NothingPublishedError. A kill leaves a copy that the
    books do not know; the next attempt writes it again.
    """
    home = settings.home
    if not _NAME.fullmatch(name):
        raise ValueRefusedError(f"{name!r} is no name: letters, digits, . _ - and at most 64 of them")
    actor = settings.actor
    if not actor.purpose:
        raise RequestError("a snapshot is frozen for a purpose only")
    with hold(home.lake, "freezing"), hold(home.lake, "publishing"):
        if any(known.name == name for known in list_snapshots(settings)):
            raise NameTakenError(name)
        version = published_version(home.lake)
        if version is None:
            raise NothingPublishedError()
        target = home.lake.frozen_snapshot(name)
        with atomic_path(target) as temporary:
            shutil.copyfile(version, temporary)
            sync(temporary)
        target.chmod(0o444 & ~umask())
        sync(target.parent)
        row: dict[str, Any] = {
            "name": name,
            "frozen_at": settings.now().astimezone(UTC),
            "who": actor.who,
            "purpose": actor.purpose[:400],
            "version": snapshot_of(version),
            "sha256": sha256_file(target),
            "bytes": target.stat().st_size,
            "runs": _runs_of(target),
        }
        log(
            home,
            at=settings.now(),
            who=row["who"],
            what="freeze",
            purpose=row["purpose"],
            asked={"name": name, "version": row["version"]},
            rows=len(row["runs"]),
            sha256=row["sha256"],
        )
        freeze_heads(home.books, home.lake.frozen_heads(name))
        try:
            with home.books.begin() as connection:
                connection.execute(insert(snapshots), row)
        except IntegrityError:
            raise NameTakenError(name) from None
    return next(known for known in list_snapshots(settings) if known.name == name)


def list_snapshots(settings: Settings, *, look: bool = False) -> list[Snapshot]:
    """The frozen snapshots, oldest first; ``look`` reads each file again and compares its hash."""
    lake = settings.home.lake
    with settings.home.books.connect() as connection:
        rows = [dict(r._mapping) for r in connection.execute(select(snapshots).order_by(snapshots.c.frozen_at))]
    found = []
    for row in rows:
        path = lake.frozen_snapshot(row["name"])
        at = row["frozen_at"]
        row |= {"frozen_at": at if at.tzinfo else at.replace(tzinfo=UTC), "runs": tuple(row["runs"])}
        found.append(Snapshot(**row, path=path, found=_look(path, row["sha256"]) if look else ""))
    return found


def frozen_runs(books: Engine) -> Collection[str]:
    """Runs that some snapshot holds."""
    with books.connect() as connection:
        return {run for runs in connection.execute(select(snapshots.c.runs)).scalars() for run in runs}


def _look(path: Path, sha256: str) -> str:
    if not path.exists():
        return "missing"
    return "whole" if sha256_file(path) == sha256 else "altered"


def _runs_of(path: Path) -> list[str]:
    with open_version(path) as connection:
        return [
            run for (run,) in connection.execute("SELECT DISTINCT run FROM warehouse.fact_load ORDER BY ALL").fetchall()
        ]
