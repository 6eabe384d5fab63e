"""A department's database with a table of its own for each test, on a real server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from actors import TESTER
from feed_tables import COUNTY
from source_tables import COLUMNS, Source, new_source

from pipelines.house.settings import Settings, open_settings
from pipelines.pulling.config import FeedSource, PullConfig, Watermark
from warehouse.books.deliveries import Delivery

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
VARIABLE = "LIANGXIAN_TEST_SOURCE_URL"


@pytest.fixture(params=["postgres", "mariadb"])
def source(request: pytest.FixtureRequest, server: Callable[[str], str]) -> Iterator[Source]:
    """An empty table on each kind of server."""
    with new_source(server(request.param)) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return open_settings(tmp_path / "home", inbox=None, policy=None, actor=TESTER, now=lambda: NOW)


def config_of(source: Source, watermark: Watermark | None = None, **more: Any) -> PullConfig:
    """The configuration that pulls the table."""
    feed = FeedSource("low_income_members", table=source.name, columns=tuple(COLUMNS.items()), watermark=watermark)
    return replace(PullConfig(COUNTY, VARIABLE, (feed,), wait_seconds=0), **more)


@pytest.fixture
def configure(source: Source) -> Callable[..., PullConfig]:
    """``config_of`` for the test's table."""
    return lambda *a, **k: config_of(source, *a, **k)


@pytest.fixture
def environment(source: Source) -> dict[str, str]:
    """The environment that holds the URL."""
    return {VARIABLE: source.url}


@pytest.fixture
def staged(settings: Settings) -> Callable[[Delivery], list[dict[str, Any]]]:
    """The staged rows of a delivery."""

    def rows(delivery: Delivery) -> list[dict[str, Any]]:
        lake = settings.home.lake
        return pq.read_table(lake.staged(delivery.feed, delivery.county, delivery.id)).to_pylist()

    return rows
