"""Versioned warehouse files, and the link that names the published one. Readers never see a file that is not whole."""

import shutil
from pathlib import Path

import duckdb

from expectations.errors import DamagedError
from warehouse.lake import Lake, sync

KEPT = 3
"""Versions that stay: the published one, and the two before it for readers that still have them open."""

_BUILDING = "building"


def version_path(lake: Lake, snapshot: str) -> Path:
    """The file of a version."""
    return lake.warehouse_versions / f"warehouse-{snapshot}.duckdb"


def snapshot_of(version: Path) -> str:
    """The snapshot's name of a version's file."""
    return version.stem.removeprefix("warehouse-")


def building_path(lake: Lake) -> Path:
    """Where a version is built: one at a time, under the publishing lock."""
    return lake.warehouse_versions / f"{_BUILDING}.duckdb"


def remove_unfinished(lake: Lake) -> None:
    """Remove what a kill left of a version (file, log, spill folder). Under the publishing lock."""
    for path in lake.warehouse_versions.glob(f"{_BUILDING}.*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def published_version(lake: Lake) -> Path | None:
    """The file that the link names, or None where nothing is published."""
    link = lake.warehouse_link
    if not link.is_symlink():
        return None
    version = link.parent / link.readlink()
    return version if version.exists() else None


def open_version(version: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a version. Raises DamagedError where its file cannot be read."""
    try:
        return duckdb.connect(str(version), read_only=True)
    except duckdb.Error as error:
        advice = f"remove {version.parent.name}/{version.name} from the home, then: liangxian publish"
        raise DamagedError("the warehouse cannot be read", why=type(error).__name__, advice=advice) from error


def swap_link(lake: Lake, version: Path) -> None:
    """Let the link name another version: one rename, so that it always names a whole file."""
    link = lake.warehouse_link
    upcoming = link.with_name(f".next-{link.name}")
    upcoming.unlink(missing_ok=True)
    upcoming.symlink_to(version.relative_to(link.parent))
    upcoming.replace(link)
    sync(link.parent)


def remove_old_versions(lake: Lake, kept: int = KEPT) -> int:
    """Keep the published version and the newest others; how many went. Who has one open reads it to the end."""
    published = published_version(lake)
    versions = lake.warehouse_versions.glob("warehouse-*.duckdb")
    others = sorted((v for v in versions if v != published), key=lambda v: (v.stat().st_mtime_ns, v.name))
    gone = others[: max(0, len(others) - (kept - 1))]
    for version in gone:
        version.unlink()
    return len(gone)
