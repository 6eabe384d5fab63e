"""A bench of its own for each test."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from feed_tables import AS_OF, COUNTY

from expectations.feed import Feed
from warehouse.books.connection import open_books
from warehouse.lake import Lake


@pytest.fixture(scope="session")
def new_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with all their tables and nothing in them: copied in a tenth of the time in which they are made."""
    lake = Lake(tmp_path_factory.mktemp("new_books"))
    open_books(lake).dispose()
    return lake.books


@pytest.fixture
def bench(tmp_path: Path, new_books: Path) -> Bench:
    """A lake, books and an inbox of their own; any share of bad rows is allowed unless a test says otherwise."""
    lake = Lake(tmp_path / "home")
    lake.home.mkdir()
    shutil.copyfile(new_books, lake.books)
    return Bench(lake, open_books(lake))


def canonical(feed: Feed, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the canonical columns only."""
    return [{c.name: row[c.name] for c in feed.columns} for row in rows]


@pytest.fixture
def content() -> Callable[[Feed, Sequence[dict[str, Any]]], list[dict[str, Any]]]:
    """``canonical`` as a fixture: conftest modules cannot be imported by name in importlib mode."""
    return canonical


__all__ = ["AS_OF", "COUNTY"]
