"""Publishing: one lock, one build, one rename of the link that readers open."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from filelock import FileLock

from expectations.errors import DamagedError
from warehouse.lake import Lake
from warehouse.loading.build import build_warehouse, definitions_digest
from warehouse.loading.errors import NothingPublishedError, OtherReleaseError
from warehouse.loading.run import Recorded, RunToLoad
from warehouse.loading.versions import open_version, published_version, remove_old_versions, snapshot_of, swap_link


@dataclass(frozen=True)
class Published:
    """The version that readers see now: the file, and the name of its snapshot (a hash of what it holds)."""

    path: Path
    snapshot: str


def load_and_publish(*, lake: Lake, run: RunToLoad, history: Sequence[Recorded] = ()) -> Published:
    """Load one run and publish; see :func:`load_and_publish_all`."""
    return load_and_publish_all(lake=lake, runs=[run], history=history)


def load_and_publish_all(
    *,
    lake: Lake,
    runs: Iterable[RunToLoad],
    history: Sequence[Recorded] = (),
    forgotten: Collection[tuple[str, date]] = (),
    memory_limit: str | None = None,
) -> Published:
    """Load runs, audit and publish them at once; waits for another publisher. The same runs again change nothing.

    ``history``: the last recorded run (no replay) of every county and D; what the published version lacks of it,
    because a load failed, was killed, or the tables changed, is loaded too. ``forgotten``: parts (county, D) whose rows
    were erased on schedule; they are not in the version that is published. ``memory_limit`` ("1GB"): DuckDB's, beyond
    which it spills. Raises AuditFailed or HistoryMissing; what was published stays.
    """
    with _publishing(lake):
        version = build_warehouse(lake=lake, runs=runs, history=history, forgotten=forgotten, memory_limit=memory_limit)
        return publish(lake, version)


def publish(lake: Lake, version: Path) -> Published:
    """Make a whole version the one that readers see. To be called under the publishing lock."""
    if version != published_version(lake):
        swap_link(lake, version)
    remove_old_versions(lake)
    return Published(version, snapshot_of(version))


def open_published(lake: Lake) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published version, which stays that version while it is open.

    Raises NothingPublishedError, or DamagedError where the version cannot be read.
    """
    while (version := published_version(lake)) is not None:
        try:
            # by its own name: within a process DuckDB would give a file that the link named earlier
            return open_version(version)
        except DamagedError:
            if version.exists():
                raise  # otherwise two newer ones were published meanwhile: open the one that is there now
    raise NothingPublishedError()


@contextmanager
def reading_published(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """:func:`open_published`, closed afterwards, and :func:`as_of_its_release`."""
    with closing(open_published(lake)) as connection, as_of_its_release(connection):
        yield connection


@contextmanager
def as_of_its_release(version: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What a version of another release does not have is no mistake of ours.

    Raises OtherReleaseError where a statement asks for what such a version lacks.
    """
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        if is_of_this_release(version):
            raise
        raise OtherReleaseError() from error


def published_snapshot(lake: Lake) -> str:
    """The name of the version that is published. Raises NothingPublishedError."""
    version = published_version(lake)
    if version is None:
        raise NothingPublishedError()
    return snapshot_of(version)


def is_of_this_release(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether all that a version holds was loaded by the statements that this release has."""
    try:
        made = connection.execute("SELECT DISTINCT definitions FROM warehouse.fact_load").fetchall()
    except duckdb.Error:
        return False
    return made == [(definitions_digest(),)]


@contextmanager
def _publishing(lake: Lake) -> Iterator[None]:
    """The publishing lock, which the kernel releases when its holder dies."""
    path = lake.lock("publish")
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path):
        yield
