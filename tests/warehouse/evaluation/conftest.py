"""What evaluators are given of one night, on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from evaluators import Evaluators, evaluators_of


@pytest.fixture(scope="session")
def evaluators(night_home: Path, server: Callable[[str], str]) -> Iterator[Evaluators]:
    """PostgreSQL with one night's warehouse, as two recipients' logins read it: to be read only."""
    with evaluators_of(night_home, server("postgres")) as found:
        yield found
