"""A database of its own on the tests' PostgreSQL server, for a test."""

from collections.abc import Callable, Iterator

import pytest
from databases import new_database


@pytest.fixture
def database(server: Callable[[str], str]) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    with new_database(server("postgres")) as url:
        yield url
