"""Tables as departments' databases really hold them (``sent/``), pulled from a real server of their kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from pipelines.house.settings import Settings
from pipelines.night.pulling import load_pull_config, pull
from warehouse.books.deliveries import Delivery

SENT = Path(__file__).parent / "sent"
D = date(2026, 3, 31)

pytestmark = pytest.mark.services


@dataclass(frozen=True)
class Pulled:
    """What came of a case: deliveries by feed, their staged rows and recorded cells."""

    settings: Settings
    deliveries: dict[str, Delivery]

    def rows(self, feed: str) -> list[dict[str, Any]]:
        """Staged rows in the order of their keys."""
        return self._read("staged", feed)

    def found(self, feed: str) -> list[tuple[str, str, str, str | None]]:
        """Recorded cells: scope, column, reason, detail."""
        return [(p["scope"], p["column"], p["reason"], p["detail"]) for p in self._read("problems", feed)]

    def _read(self, what: str, feed: str) -> list[dict[str, Any]]:
        d = self.deliveries[feed]
        return pq.read_table(getattr(self.settings.home.lake, what)(d.feed, d.county, d.id)).to_pylist()


@pytest.fixture
def pulled(
    server: Callable[[str], str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Pulled]]:
    """Pull a case out of a database that exists for as long as the test."""
    name, made = f"case_{uuid4().hex[:12]}", []

    def pull_case(case: str) -> Pulled:
        (script,) = (SENT / case).glob("*.sql")
        url = make_url(server({"postgresql": "postgres", "mariadb": "mariadb"}[script.stem]))
        admin = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(admin)
        own = url.set(database=name)
        with create_engine(own, poolclass=NullPool).begin() as connection:
            lines = [line for line in script.read_text(encoding="utf-8").splitlines() if not line.startswith("--")]
            for statement in "\n".join(lines).split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement)
        monkeypatch.setenv("CASE_URL", own.render_as_string(hide_password=False))
        config = load_pull_config(SENT / case / "pull.yaml")
        found = pull(settings, config, D, {"CASE_URL": own.render_as_string(hide_password=False)})
        assert found.failures == ()
        return Pulled(settings, {d.feed: d for d in found.deliveries})

    yield pull_case
    for admin in made:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))


def test_a_number_that_is_none_and_a_day_without_end_cost_their_cells(pulled):
    found = pulled("50a-pg-numeric-nan-infinity-date")
    feed = "low_income_households"
    assert found.found(feed) == [
        ("row", "monthly_income", "missing", "word_for_nothing"),
        ("value", "end_date", "missing", "no_figure"),
    ]


def test_a_day_without_end_in_one_feed_costs_the_other_nothing(pulled):
    found = pulled("50g-pg-infinity-two-feeds")
    assert [d.status for d in found.deliveries.values()] == ["accepted", "accepted"]
    assert (len(found.rows("students")), len(found.rows("low_income_households"))) == (3, 4)
    assert found.found("low_income_households") == [("value", "end_date", "missing", "no_figure")]


def test_yes_and_no_as_bits_are_yes_and_no(pulled):
    rows = pulled("51c-my-bit1").rows("register_households")
    assert [r["housing_safe"] for r in rows] == [False, True, False, True]
    assert [r["water_safe"] for r in rows] == [True, False, True, False]


def test_names_as_bytes_of_gbk_are_the_names(pulled):
    rows = pulled("51g-my-varbinary-gbk").rows("low_income_households")
    assert [r["head_name"] for r in rows] == ["王伟伟", "李涛军", "张华杰", "刘杰超"]


def test_every_case_has_a_test():
    names = {"50a-pg-numeric-nan-infinity-date", "50g-pg-infinity-two-feeds", "51c-my-bit1", "51g-my-varbinary-gbk"}
    assert {path.name for path in SENT.iterdir()} == names
