"""The home that is open: its lake, its books, its key, its locks, and the version of the code."""

import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from warehouse.books.connection import open_books
from warehouse.lake import Lake, atomic_path

logger = logging.getLogger(__name__)

_KEY_BYTES = 32


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

    @property
    def finding_key(self) -> bytes:
        """The key of finding ids: ``LIANGXIAN_FINDING_KEY`` (hex), else made once in the home (decision 0004)."""
        given = os.environ.get("LIANGXIAN_FINDING_KEY")
        if given:
            return bytes.fromhex(given)
        path = self.lake.finding_key
        if not path.exists():
            with hold(self.lake, "key"):
                if not path.exists():
                    with atomic_path(path) as temporary:
                        temporary.write_text(secrets.token_hex(_KEY_BYTES))
                    path.chmod(0o600)
        return bytes.fromhex(path.read_text().strip())


@contextmanager
def hold(lake: Lake, name: str) -> Iterator[None]:
    """One writer at a time for ``name`` (a county, the intake); a second one waits and says who holds it.

    The kernel releases the lock when its holder dies.
    """
    path = lake.lock(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    holder = path.with_suffix(".holder")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text() if holder.exists() else "another process"
        logger.warning("waiting for %s, held by %s", name, who)
        lock.acquire()
    try:
        holder.write_text(f"process {os.getpid()}")
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
