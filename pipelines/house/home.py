"""The home that is open: its lake, its books, its key, its locks, and the version of the code."""

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from pipelines.house.language import say
from warehouse.books.connection import open_books
from warehouse.keys import Keys
from warehouse.lake import Lake

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Home:
    """One home folder; ``database_url`` moves the books to PostgreSQL. Nothing is opened before it is used."""

    folder: Path
    database_url: str | None = None

    @cached_property
    def lake(self) -> Lake:
        """Where files lie."""
        return Lake(self.folder)

    @cached_property
    def books(self) -> Engine:
        """The transactional record."""
        return open_books(self.lake, self.database_url)

    @cached_property
    def keys(self) -> Keys:
        """The home's keys: one secret, and what follows from it."""
        return Keys(self.lake)

    @property
    def finding_key(self) -> bytes:
        """The key of finding ids (decision 0004)."""
        return self.keys.finding


@contextmanager
def hold(lake: Lake, name: str) -> Iterator[None]:
    """One writer at a time for ``name`` (a county, the intake); a second one waits and says who holds it.

    The kernel releases the lock when its holder dies. Whoever writes closes a home that was left open to others.
    """
    path = lake.lock(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    lake.close()
    holder = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text().strip() if holder.exists() else "another process"
        logger.warning("%s", say(f"等待 {name}，由 {who} 占用", f"waiting for {name}, held by {who}"))
        lock.acquire()
    try:
        holder.write_text(f"process {os.getpid()}\n")
        yield
    finally:
        lock.release()


@lru_cache(maxsize=1)
def code_version() -> str:
    """SHA-256 over the sources of our packages: what the same input was judged by."""
    root = Path(__file__).resolve().parent.parent.parent
    digest = hashlib.sha256()
    for package in ("expectations", "pipelines", "warehouse"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".yaml", ".j2"}:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
