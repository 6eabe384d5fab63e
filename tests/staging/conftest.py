"""A bench of its own for each test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from feed_tables import AS_OF, COUNTY

from expectations.feed import Feed
from warehouse.books.connection import open_books
from warehouse.lake import Lake


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A lake, books and an inbox of their own; any share of bad rows is allowed unless a test says otherwise."""
    lake = Lake(tmp_path / "home")
    return Bench(lake, open_books(lake))


def canonical(feed: Feed, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the canonical columns only."""
    return [{c.name: row[c.name] for c in feed.columns} for row in rows]


@pytest.fixture
def content() -> Callable[[Feed, Sequence[dict[str, Any]]], list[dict[str, Any]]]:
    """``canonical`` as a fixture: conftest modules cannot be imported by name in importlib mode."""
    return canonical


__all__ = ["AS_OF", "COUNTY"]
