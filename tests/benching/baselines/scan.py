"""The limit: what the rules look at, read from Parquet and hashed once by DuckDB, and nothing else."""

import re
from pathlib import Path

import duckdb
from baselines import sql

from expectations.feeds import CORE_FEEDS
from pipelines.benching.rules.county import BenchCounty


def find(b: BenchCounty) -> None:
    """Every column that the hand-written SQL names."""
    texts = [*sql.views(b).values(), *sql.rules(b).values()]
    words = set(re.findall(r"\w+", " ".join(text for text in texts if not text.startswith("SELECT * FROM read_parq"))))
    with duckdb.connect() as connection:
        for feed in CORE_FEEDS:
            used = ", ".join(c.name for c in feed.columns if c.name in words)
            connection.execute(f"SELECT bit_xor(hash({used})) FROM read_parquet('{b.path(feed.name)}')").fetchall()


def scan_staged(home: Path) -> None:
    """Every staged column of each county's newest delivery."""
    with duckdb.connect() as connection:
        for feed in CORE_FEEDS:
            for county in sorted((home / "lake" / "staged" / feed.name).iterdir()):
                newest = max(county.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
                connection.execute("SELECT bit_xor(hash(COLUMNS(*))) FROM read_parquet(?)", [str(newest)]).fetchall()
