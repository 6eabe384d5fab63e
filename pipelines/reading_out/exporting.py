"""``liangxian export``: what an evaluator is given, for a purpose, under his own pseudonyms, audited first."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import pyarrow as pa

from expectations.errors import RequestError
from pipelines.house.settings import Settings
from pipelines.reading_out.reads import record_read
from warehouse.evaluation.datasets import Dataset, read_aggregates, read_datasets
from warehouse.evaluation.formats import CODEBOOK, Target, write_codebook, write_dataset, write_duckdb
from warehouse.evaluation.pseudonyms import ALGORITHM, RecipientKey, recipient_key
from warehouse.evaluation.releases import remember, remembered_of
from warehouse.keys import Keys, Use
from warehouse.lake import Lake, scratch_prefix
from warehouse.loading import NothingPublishedError, reading_published
from warehouse.loading.versions import published_version, snapshot_of

DUCKDB: Final = "duckdb"
"""Beside the files' formats: one file with everything, ``published/<recipient>.duckdb``."""


@dataclass(frozen=True)
class Exported:
    """An export that lies where it was asked for."""

    path: Path
    key_id: str
    rows: Mapping[str, int]


def export(
    settings: Settings,
    *,
    target: str,
    recipient: str,
    out: Path | None = None,
    aggregates: bool = False,
    rounded: bool = False,
    renew_key: bool = False,
    bom: bool = False,
) -> Exported:
    """Write the evaluators' views for one recipient. ``aggregates``: the indicators alone, small cells hidden.

    ``rounded``: aggregates with counts rounded to 5 instead. ``bom``: CSV with the mark by which Excel knows UTF-8.

    The audit log has the export before it is given out. Raises PurposeMissingError, NothingPublishedError, or
    RequestError where the export would replace what is none; ReleaseHeldError, MixedReleaseError where aggregates would
    give small cells back together with what the recipient was given before.
    """
    settings.actor.need_purpose()
    if rounded and not aggregates:
        raise RequestError("only aggregates are rounded", advice="add --aggregates")
    lake = settings.home.lake
    memory: pa.Table | None = None
    snapshot = _snapshot(lake)
    key = recipient_key(lake, recipient, renew=renew_key)
    with reading_published(lake) as connection:
        if aggregates:
            rounding = Keys(lake).of(Use.ROUNDING) if rounded else None
            datasets, memory = read_aggregates(connection, key, remembered_of(lake, recipient), rounding)
        else:
            datasets = list(read_datasets(connection, key))
        days = connection.execute("SELECT county, max(as_of) FROM warehouse.fact_load GROUP BY 1 ORDER BY 1").fetchall()
    about = _about(
        recipient,
        settings.actor.purpose,
        snapshot,
        key,
        {county: str(day) for county, day in days},
        aggregates=aggregates,
    )
    place = out or (lake.published(recipient) / target if target != DUCKDB else _duckdb_path(lake, recipient))
    _check_place(place, is_file=target == DUCKDB)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=scratch_prefix(), dir=place.parent))
    try:
        made = _write(datasets, about, scratch, target, bom=bom)
        asked = {k: v for k, v in about.items() if k != "purpose"} | {"to": target}
        rows = {dataset.name: dataset.table.num_rows for dataset in datasets}
        total = sum(rows.values())
        record_read(settings, what="export", asked=asked, rows=total, content=made.read_bytes())
        if memory is not None:
            remember(lake, recipient, memory)
        _give_out(scratch, made, place, is_file=target == DUCKDB)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Exported(place, key.key_id, rows)


def _snapshot(lake: Lake) -> str:
    version = published_version(lake)
    if version is None:
        raise NothingPublishedError()
    return snapshot_of(version)


def _about(
    recipient: str, purpose: str, snapshot: str, key: RecipientKey, days: Mapping[str, str], *, aggregates: bool
) -> dict[str, Any]:
    """What stands beside the data: for whom, what for, of which warehouse, under which key."""
    return {
        "name": "liangxian-evaluation",
        "title": "两线合一评估数据（已脱敏）",
        "recipient": recipient,
        "purpose": purpose,
        "snapshot": snapshot,
        "as_of": dict(days),
        "rows_of_persons": not aggregates,
        "pseudonyms": {"key_id": key.key_id, "algorithm": ALGORITHM},
    }


def _duckdb_path(lake: Lake, recipient: str) -> Path:
    """``published/<recipient>.duckdb``."""
    folder = lake.published(recipient)
    return folder.with_name(f"{folder.name}.duckdb")


def _write(datasets: list[Dataset], about: Mapping[str, Any], folder: Path, target: str, *, bom: bool) -> Path:
    """Write everything; return the file whose hash stands for it all."""
    if target == DUCKDB:
        path = folder / "export.duckdb"
        write_duckdb(datasets, about, path)
        return path
    files = [write_dataset(dataset, folder, cast(Target, target), bom=bom) for dataset in datasets]
    return write_codebook(datasets, files, about, folder)


def _check_place(place: Path, *, is_file: bool) -> None:
    """Refuse to replace what is no export of ours."""
    if is_file and place.is_dir():
        raise RequestError(f"{place.name} is a folder")
    if (
        not is_file
        and place.exists()
        and not (place / CODEBOOK).is_file()
        and (place.is_file() or any(place.iterdir()))
    ):
        raise RequestError(f"{place.name} is no earlier export, and would be lost")


def _give_out(scratch: Path, made: Path, place: Path, *, is_file: bool) -> None:
    """Put the export in its place; an older one goes."""
    if is_file:
        made.chmod(0o600)
        made.replace(place)
        return
    if place.exists():
        old = Path(tempfile.mkdtemp(prefix=scratch_prefix(), dir=place.parent))
        place.rename(old / "old")
        shutil.rmtree(old)
    scratch.chmod(0o700)
    scratch.rename(place)
