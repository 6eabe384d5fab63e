"""One measurement: ``python -m pipelines.benching.job JOB FILE FOLDER`` prints its seconds and peak megabytes.

What a job needs is imported before its clock starts; the peak is the whole process's, imports too.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pipelines.benching import baselines
from pipelines.benching.messy import COUNTY, FEED
from pipelines.benching.peak import peak_megabytes


def staging(file: Path, folder: Path) -> Callable[[], object]:
    """The delivery as a night would take it in."""
    from pipelines.reading.arrival import Arrival
    from pipelines.staging import stage_delivery
    from pipelines.staging.lean_import import import_great_expectations
    from warehouse.books.connection import open_books
    from warehouse.lake import Lake

    import_great_expectations()  # two seconds that a night pays once

    lake = Lake(folder / "home")
    books = open_books(lake)
    arrival = Arrival(FEED.name, COUNTY, date(2026, 6, 30), (file,), (file.name,))
    return lambda: stage_delivery(
        lake=lake,
        books=books,
        arrival=arrival,
        received_at=datetime(2026, 7, 1, tzinfo=UTC),
        policy_value=lambda _key: Decimal(100),
    )


def reading(file: Path, _folder: Path) -> Callable[[], object]:
    """pandas reads the file as text, and no more."""
    plainly = baselines.load("plainly")
    return lambda: plainly.read(file)


def cleaning(file: Path, folder: Path) -> Callable[[], object]:
    """The same cleaning in pandas."""
    plainly = baselines.load("plainly")
    return lambda: plainly.clean(file, folder / "plain.parquet")


JOBS = {"staging": staging, "reading": reading, "cleaning": cleaning}


def main() -> None:
    """Run one job and print what it took."""
    job, file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    work = JOBS[job](file, folder)
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": round(seconds, 2), "megabytes": peak_megabytes()}) + "\n")


if __name__ == "__main__":
    main()
