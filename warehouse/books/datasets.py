"""The door to what a run wrote to the lake: findings, ledger, and what was before it are known again by the books.

The books hold a digest of each under the home's key, and the journal vouches for it with the run. Where a ledger is
written anew (somebody sent findings out), the recorded one lies beside it until the transaction has ended: a kill in
between leaves both, and the recorded one is read.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, select

from expectations.errors import DamagedError
from warehouse.books.keyed import keyed_digest
from warehouse.books.schema import runs
from warehouse.lake import Lake, sha256_file


class Dataset(StrEnum):
    """What a run wrote; the value is its folder in the lake."""

    FINDINGS = "findings"
    LEDGER = "ledger"
    BEFORE = "before"


class DatasetChangedError(DamagedError):
    """What a run wrote to the lake is no longer what it wrote: nothing is shown or published of it."""

    def __init__(self, run: str, dataset: Dataset) -> None:
        self.run, self.dataset = run, dataset
        super().__init__(
            f"lake/{dataset}/{run}.parquet is not what the run wrote",
            advice=f"put lake/{dataset} back from a backup; of the newest run of a county: liangxian run-withdraw, "
            "then the night again",
        )


_COLUMNS: Final = {
    Dataset.FINDINGS: runs.c.findings_digest,
    Dataset.LEDGER: runs.c.ledger_digest,
    Dataset.BEFORE: runs.c.before_digest,
}


DIGESTS: Final = tuple(column.name for column in _COLUMNS.values())
"""Columns of ``runs``."""


def ledger_of(books: Engine | Connection, lake: Lake, run: str) -> Path:
    """The ledger as the run left it. Raises DatasetChangedError."""
    return recorded(books, lake, run, Dataset.LEDGER)


def recorded(books: Engine | Connection, lake: Lake, run: str, dataset: Dataset) -> Path:
    """A dataset of a run as it was recorded; of a run that is not recorded as it lies. Raises DatasetChangedError."""
    told: set[str] = set()
    while True:
        with _asking(books) as connection:
            digest = connection.execute(select(_COLUMNS[dataset]).where(runs.c.id == run)).scalar()
            if digest is None:
                return _path(lake, run, dataset)
            if found := _find(connection, lake, run, dataset, digest):
                return found
        if digest in told:
            raise DatasetChangedError(run, dataset)
        told.add(digest)  # somebody may have recorded another meanwhile


def digests_of(connection: Connection, lake: Lake, run: str, datasets: Iterable[Dataset] = Dataset) -> dict[str, Any]:
    """What the books hold of datasets of a run, by the columns of ``runs``; nothing of those that are not there."""
    paths = ((dataset, _path(lake, run, dataset)) for dataset in datasets)
    return {_COLUMNS[one].name: _digest(connection, run, one, path) for one, path in paths if path.exists()}


def unsound(connection: Connection, lake: Lake, row: Any) -> list[str]:
    """The datasets of a run (its row of the books) that are not there as it wrote them."""
    return [
        f"{dataset} of {row['id']}"
        for dataset, column in _COLUMNS.items()
        if row[column.name] is not None and _find(connection, lake, row["id"], dataset, row[column.name]) is None
    ]


@contextmanager
def kept_until_recorded(books: Engine, lake: Lake, run: str) -> Iterator[None]:
    """The ledger that is recorded stays beside the one that the block writes, until the block has ended well."""
    path = lake.ledger(run)
    aside = lake.ledger_aside(run)
    if path.exists() and ledger_of(books, lake, run) == path:
        aside.unlink(missing_ok=True)
        os.link(path, aside)
    yield
    aside.unlink(missing_ok=True)


def _find(connection: Connection, lake: Lake, run: str, dataset: Dataset, digest: str) -> Path | None:
    for one in (_path(lake, run, dataset), *([lake.ledger_aside(run)] if dataset is Dataset.LEDGER else [])):
        try:
            if _digest(connection, run, dataset, one) == digest:
                return one
        except FileNotFoundError:
            continue
    return None


def _digest(connection: Connection, run: str, dataset: Dataset, path: Path) -> str:
    return keyed_digest(connection, ["dataset", dataset.value, run, sha256_file(path)])


def _path(lake: Lake, run: str, dataset: Dataset) -> Path:
    return {Dataset.FINDINGS: lake.findings, Dataset.LEDGER: lake.ledger, Dataset.BEFORE: lake.before}[dataset](run)


@contextmanager
def _asking(books: Engine | Connection) -> Iterator[Connection]:
    if isinstance(books, Connection):
        yield books
    else:
        with books.connect() as connection:
            yield connection
