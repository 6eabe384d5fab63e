"""退回清单: rows in quarantine and values left out, of rejected deliveries too, newest first; masked."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.errors import UnknownError
from expectations.reasons import fault_of
from pipelines.house.deliveries import find_named
from pipelines.house.records.findings import ProblemRow, RefusedRow
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title
from pipelines.reading import parse_file_name
from pipelines.staging.fates import is_file
from warehouse.books.deliveries import Delivery, list_deliveries


@dataclass(frozen=True)
class WantedRefused:
    """Which part of the list is asked for. ``delivery``: by number or id; ``file``: a base name, a zip's member too."""

    delivery: str | None = None
    feeds: Collection[str] = ()
    file: str = ""
    sheet: str | None = None
    row: int | None = None


def list_refused(settings: Settings, wanted: WantedRefused | None = None) -> list[RefusedRow]:
    """One entry a problem, the newest delivery first, within it in order of the file's rows.

    Raises UnknownError for an unknown delivery or file.
    """
    wanted = wanted or WantedRefused()
    return [row for one in deliveries_of(settings, wanted) for row in problems_of(settings, one, wanted)]


def deliveries_of(settings: Settings, wanted: WantedRefused) -> list[Delivery]:
    """The deliveries that are meant, of those that the actor sees, newest first.

    Raises UnknownError for a delivery or file that is not there.
    """
    if wanted.delivery is not None:
        chosen = [find_named(settings, wanted.delivery)]
    else:
        known = list_deliveries(settings.home.books)
        chosen = [d for d in known if not settings.counties or d.county in settings.counties]
    if wanted.feeds:
        chosen = [d for d in chosen if d.feed in wanted.feeds]
    if wanted.file:
        chosen = [d for d in chosen if _holds(d, wanted.file)]
        if not chosen:
            raise UnknownError("file", wanted.file)
    return sorted(chosen, key=lambda d: (d.received_at, d.number), reverse=True)


def problems_of(settings: Settings, delivery: Delivery, wanted: WantedRefused) -> list[RefusedRow]:
    """What was refused in one delivery, in order of rows and columns."""
    path = settings.home.lake.problems(delivery.feed, delivery.county, delivery.id)
    if not path.exists():
        return []  # rejected before its rows were looked at
    table = pq.read_table(path)
    if wanted.row is not None:
        table = table.filter(pc.equal(table["row"], wanted.row))
    found = cast(list[ProblemRow], table.to_pylist())
    return [
        _told(delivery, problem)
        for problem in found
        if (not wanted.file or is_file(problem["file"], wanted.file)) and wanted.sheet in {None, problem["sheet"]}
    ]


def _told(delivery: Delivery, problem: ProblemRow) -> RefusedRow:
    fault = fault_of(problem["reason"], problem.get("detail"))
    return {
        **problem,
        "reason_text": fault.label,
        "remedy": fault.remedy,
        "feed": delivery.feed,
        "feed_title": feed_title(delivery.feed),
        "county": delivery.county,
        "status": delivery.status,
        "number": delivery.number,
    }


def _holds(delivery: Delivery, file: str) -> bool:
    """Whether a delivery came with a file of that name, or can hold it in a zip: both names say the same."""
    if any(is_file(one.name, file) for one in delivery.files):
        return True
    says = parse_file_name(PurePosixPath(file).name)
    zipped = any(one.name.lower().endswith(".zip") for one in delivery.files)
    meant = (delivery.feed, delivery.county, delivery.as_of)
    return zipped and says is not None and (says.feed, says.county, says.as_of) == meant
