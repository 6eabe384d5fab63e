"""Loading PostgreSQL from a published warehouse, beside ADBC of the same tables alone."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from pipelines.benching import baselines
from pipelines.benching.nights import Tell, ratio, run_job
from pipelines.benching.peak import peak_megabytes
from pipelines.benching.simulated import send

NAMES: Final[Mapping[str, str]] = {
    "loading": "liangxian: keys, audit on both sides, the version pointer moved",
    "adbc": "ADBC: the same tables into bare ones, nothing else",
}


def bench_loading(persons: int, rounds: int, server_url: str, tell: Tell = lambda _: None) -> dict[str, Any]:
    """Best seconds and peak megabytes of both, each time into an empty database of its own on the server."""
    with new_database(server_url):
        pass  # a server that refuses says so before a county is simulated for it
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        tell(f"simulate {persons:,} registered persons and run their night")
        send(home, persons, 1, 1)
        run_job("nights", home)
        runs: dict[str, list[dict[str, Any]]] = {job: [] for job in NAMES if job == "loading" or baselines.are_there()}
        for number in range(1, rounds + 1):
            for job, took in runs.items():
                tell(f"round {number} of {rounds}: {NAMES[job]}")
                with new_database(server_url) as url:
                    took.append(_run(job, home, url))
        size = (home / "warehouse.duckdb").resolve().stat().st_size
    best = {
        job: {
            "seconds": min(run["seconds"] for run in took),
            "cpu": min(run["cpu"] for run in took),
            "megabytes": max(run["megabytes"] for run in took),
        }
        for job, took in runs.items()
    }
    found: dict[str, Any] = {
        "persons": persons,
        "rounds": rounds,
        "cores": os.cpu_count(),
        "warehouse_bytes": size,
        "jobs": best,
    }
    if "adbc" in best:
        found["ratios"] = {"loading to adbc": ratio(best["loading"]["seconds"], best["adbc"]["seconds"])}
    return found


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """An empty database on the server, removed afterwards."""
    import uuid

    from sqlalchemy import create_engine, make_url, text

    from warehouse.books.connection import postgres_url

    name = f"liangxian_bench_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_url(server_url), isolation_level="AUTOCOMMIT", hide_parameters=True)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        url = make_url(server_url).set(drivername="postgresql", database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _run(job: str, home: Path, url: str) -> dict[str, Any]:
    # the URL may hold a password: other users can read a command line, but not an environment
    command = [sys.executable, "-m", "pipelines.benching.loading", job, str(home)]
    environment = os.environ | {"LIANGXIAN_BENCH_URL": url}
    told = subprocess.run(  # noqa: S603
        command, check=True, stdout=subprocess.PIPE, text=True, env=environment
    ).stdout
    took: dict[str, Any] = json.loads(told.splitlines()[-1])
    return took


def as_table(found: Mapping[str, Any]) -> Table:
    """One line each."""
    megabytes = found["warehouse_bytes"] / 1e6
    title = f"{found['persons']:,} registered persons, a warehouse of {megabytes:,.0f} MB, best of {found['rounds']}"
    table = Table("into PostgreSQL", "seconds", "CPU s", "MB at peak", title=title)
    for job, took in found["jobs"].items():
        table.add_row(NAMES[job], f"{took['seconds']:.1f}", f"{took['cpu']:.1f}", f"{took['megabytes']:,}")
    for what, value in found.get("ratios", {}).items():
        table.add_row(what, f"× {value:.2f}", "", "")
    return table


def main() -> None:
    """Load once and print what it took."""
    from warehouse.lake import Lake
    from warehouse.loading.versions import published_version
    from warehouse.postgres.loading import publish_to_postgres

    job, lake, url = sys.argv[1], Lake(Path(sys.argv[2])), os.environ["LIANGXIAN_BENCH_URL"]
    version = published_version(lake)
    if version is None:
        raise FileNotFoundError("no warehouse has been published")
    started, cpu = time.perf_counter(), time.process_time()
    if job == "loading":
        publish_to_postgres(lake, url)
    else:
        baselines.load("adbc").load(version, url)
    took = {
        "seconds": round(time.perf_counter() - started, 3),
        "cpu": round(time.process_time() - cpu, 3),
        "megabytes": peak_megabytes(),
    }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
